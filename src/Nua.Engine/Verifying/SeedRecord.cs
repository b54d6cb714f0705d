using System.Text.Json.Serialization;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Verifying;

/// <summary>What was seeded into an instance, <c>seeds.json</c>: needed to look for it later, and kept in the head of each backup.</summary>
public sealed record SeedRecord
{
    public IReadOnlyList<Seeding> Seedings { get; init => field = value ?? []; } = [];

    public int Next => Seedings.Count == 0 ? 1 : Seedings[^1].Number + 1;

    public static SeedRecord Load(InstanceFolder instance) =>
        StateFile.Read(PathOf(instance), SeedJson.Default.SeedRecord, why => new ProblemException(
            new Problem("NUA5223", "the list of what was seeded cannot be read")
            {
                Where = Printable.Escape(PathOf(instance), 300),
                Why = why,
                Remedy = "remove it: what was seeded is then no longer looked for",
            })) ?? new SeedRecord();

    public void Save(InstanceFolder instance) => StateFile.Replace(PathOf(instance), this, SeedJson.Default.SeedRecord);

    private static string PathOf(InstanceFolder instance) => $"{instance.Path}/seeds.json";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, WriteIndented = true)]
[JsonSerializable(typeof(SeedRecord))]
internal sealed partial class SeedJson : JsonSerializerContext;
