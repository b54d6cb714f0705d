using System.Text.Json.Serialization;
using Nua.Oci;

namespace Nua.Engine.Instances;

/// <summary>
/// What an instance is: the whole truth, one file that is replaced by rename. Whichever release and generation it names are in use;
/// anything else on the disk is either kept for a way back or left over.
/// </summary>
public sealed record InstanceRecord
{
    /// <summary>Of this form; a newer one is refused.</summary>
    public const int CurrentSchema = 1;

    public int Schema { get; init; } = CurrentSchema;

    public required string Name { get; init; }

    /// <summary><c>local</c> or <c>docker</c>; fixed when the instance is made.</summary>
    public required string Engine { get; init; }

    /// <summary>Counts every replacement; tells which of two copies is later without a clock.</summary>
    public required long Sequence { get; init; }

    public required Release Release { get; init; }

    /// <summary>The generation in use, from 1.</summary>
    public required int Generation { get; init; }

    /// <summary>Numbers are never used twice, so that what is left of a failed try cannot be mistaken for data.</summary>
    public required int LastGeneration { get; init; }

    /// <summary>The operator wants it running: after a crash or a restart of the machine it is to be started again.</summary>
    public required bool IsWanted { get; init; }

    public required InstanceSettings Settings { get; init; }

    /// <summary>Earlier generations with the releases that belong to them, latest first.</summary>
    public IReadOnlyList<KeptGeneration> Kept { get; init => field = value ?? []; } = [];

    /// <summary>UTC, informative only.</summary>
    public required DateTimeOffset Created { get; init; }
}

/// <summary>An image in use and what its contract says that an operator needs without opening it.</summary>
/// <param name="Image">Digest of the manifest; the name may move, this does not.</param>
/// <param name="Reference">What the operator called it.</param>
public sealed record Release(string Image, string Reference, string AppId, string Version, int DataVersion)
{
    [JsonIgnore]
    public Digest Digest => Digest.Parse(Image);
}

/// <summary>What the operator gave: the same for every verb and every release until they change it.</summary>
public sealed record InstanceSettings
{
    private static readonly IReadOnlyDictionary<string, string> None = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>As for <c>-p</c>: <c>ADDRESS:HOST:CONTAINER</c>, the last part empty for the image's port.</summary>
    public IReadOnlyList<string> Ports { get; init => field = value ?? []; } = [];

    /// <summary>Variables given by the operator and the generated ones that are not secret.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init => field = value ?? None; } = None;

    /// <summary>Absolute folders of this machine with what services are bound, by the binding's name.</summary>
    public IReadOnlyDictionary<string, string> Bindings { get; init => field = value ?? None; } = None;

    /// <summary>Which of the instance's sets of secrets; the first is 0.</summary>
    public int SecretSet { get; init; }

    /// <summary>Bytes; null leaves the host's.</summary>
    public long? Memory { get; init; }

    /// <summary>Processors, such as 1.5; null leaves the host's.</summary>
    public double? Cpus { get; init; }

    /// <summary>How many earlier generations are kept.</summary>
    public int Keep { get; init; } = 1;

    /// <summary>The instance may reach the network of the host, not only its bindings.</summary>
    public bool HasNetwork { get; init; }
}

/// <param name="Why"><c>upgrade</c>, <c>rollback</c> or <c>restore</c>: what replaced it.</param>
public sealed record KeptGeneration(int Generation, Release Release, string Why, DateTimeOffset Replaced)
{
    /// <summary>Where the safety backup made before it was replaced is (<see cref="InstanceFolder.ShortPlace"/>); it goes when this goes. Null for
    /// none.</summary>
    public string? SafetyBackup { get; init; }
}
