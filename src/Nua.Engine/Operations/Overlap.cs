using Nua.Engine.Contracts;
using Nua.Engine.Engines;
using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>May a release take over while the old one still serves, on the same data, so that nobody is sent away (lifecycle contract, <c>overlap</c>)? Whatever
/// speaks against it costs the pause of an ordinary upgrade, nothing else.</summary>
internal static class Overlap
{
    /// <param name="settings">What the target will run with.</param>
    /// <param name="safety">The backup made before; null for none.</param>
    public static async Task<bool> IsPossibleAsync(
        Workplace place, Release target, InstanceSettings settings, SafetyBackup? safety, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        var (old, next) = (place.Containers.Contract(record.Release), place.Containers.Contract(target));
        return old.HasOverlap
            && next.HasOverlap
            && old.DataVersion == next.DataVersion
            && target.Image != record.Release.Image
            && safety is not SafetyBackup.AtRest
            && old.Port == next.Port
            && HasSameSurroundings(record.Settings, settings)
            && VolumesOf(next).IsSubsetOf(VolumesOf(old))
            && await place.Engine.StatusAsync(place.Folder, cancel) is { State: ServiceState.Ready, IsGateOpen: true };
    }

    /// <summary>Both share one network and one set of secrets, and only one port of the application can be another one for the second.</summary>
    private static bool HasSameSurroundings(InstanceSettings old, InstanceSettings next) =>
        old.Ports.SequenceEqual(next.Ports)
        && next.Ports.All(port => PublishedPort.Parse(port).Container is null)
        && old.HasNetwork == next.HasNetwork
        && old.SecretSet == next.SecretSet;

    private static HashSet<(string, string)> VolumesOf(AppContract contract) =>
        [.. contract.Volumes.Where(volume => !volume.IsCache).Select(volume => (volume.Name, volume.Path))];
}
