using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Engine.Instances;
using Nua.Foundation.Durable;

namespace Nua.Engine.Verifying;

/// <summary>What was seeded into an instance, <c>seeds.json</c>: needed to look for it later, and kept in the head of each backup.</summary>
public sealed record SeedRecord
{
    public IReadOnlyList<Seeding> Seedings { get; init; } = [];

    public int Next => Seedings.Count == 0 ? 1 : Seedings[^1].Number + 1;

    public static SeedRecord Load(InstanceFolder instance) =>
        File.Exists(PathOf(instance))
            ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(instance)), SeedJson.Default.SeedRecord) ?? new SeedRecord()
            : new SeedRecord();

    public void Save(InstanceFolder instance) =>
        DurableFile.Replace(PathOf(instance), JsonSerializer.SerializeToUtf8Bytes(this, SeedJson.Default.SeedRecord), 0x180);

    private static string PathOf(InstanceFolder instance) => $"{instance.Path}/seeds.json";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SeedRecord))]
internal sealed partial class SeedJson : JsonSerializerContext;
