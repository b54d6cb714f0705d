using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nua.Engine.Instances;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    WriteIndented = true)]
[JsonSerializable(typeof(InstanceRecord))]
[JsonSerializable(typeof(OperationRecord))]
internal sealed partial class InstanceJson : JsonSerializerContext;
