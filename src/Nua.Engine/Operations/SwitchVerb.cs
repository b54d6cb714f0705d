using Nua.Engine.Engines;
using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>One verb in the course of an operation.</summary>
/// <param name="Release">The image whose verb it is.</param>
/// <param name="Words">The verb and its arguments.</param>
/// <param name="Reason"><c>NUA_REASON</c>.</param>
/// <param name="TimeLimit">Seconds, for each try.</param>
public sealed record SwitchVerb(Release Release, IReadOnlyList<string> Words, string Reason, int TimeLimit)
{
    /// <summary>On top of what every container of the instance gets.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>On top of the volumes.</summary>
    public IReadOnlyList<VolumeMount> Mounts { get; init; } = [];

    /// <summary>The data is the present one of this release. It cannot be written, and a volume that only <see cref="Release"/> declares is not there yet.</summary>
    public Release? Reads { get; init; }

    public override string ToString() => string.Join(' ', Words);
}
