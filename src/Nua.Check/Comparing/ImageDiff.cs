using Nua.Check.Scanning;
using Nua.Oci;

namespace Nua.Check.Comparing;

/// <summary>Compares two images by what a container of each would see.</summary>
public static class ImageDiff
{
    /// <summary>Reads both images whole, one after the other. Times of files are not compared.</summary>
    public static ImageDifference Compare(
        Image a, Image b, CheckOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= CheckOptions.Default;
        var paths = ImageScanner.NewPaths(options);
        var before = ImageScanner.Scan(a.Manifest, a.Config, a.Blobs, options, cancellation, paths);
        var after = ImageScanner.Scan(b.Manifest, b.Config, b.Blobs, options, cancellation, paths);
        return new ImageDifference(
            a.Digest.ToString(),
            b.Digest.ToString(),
            Changes(Packages(before), Packages(after)),
            new FileComparison(before.Tree, after.Tree),
            Changes(Configuration(before), Configuration(after)),
            Sizes(before),
            Sizes(after));
    }

    private static List<Change> Changes(
        SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
    [
        .. from name in before.Keys.Union(after.Keys).Order(StringComparer.Ordinal)
           let old = before.GetValueOrDefault(name)
           let now = after.GetValueOrDefault(name)
           where old != now
           select new Change(name, old, now),
    ];

    /// <summary>From the SBOM where there is one, else from what the package managers recorded.</summary>
    private static SortedDictionary<string, string> Packages(CheckSubject subject)
    {
        var listed = subject.Sbom.Root.Items("components").Select(c => PackageUrl.Parse(c.Text("purl") ?? ""))
            .OfType<PackageUrl>()
            .Select(url => ($"{url.Type}/{url.Name}", url.Version ?? ""));
        var installed = subject.Installed.Select(
            found => ($"{found.Component.Ecosystem}/{found.Component.Name}", found.Component.Version));
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var same in (subject.Sbom.Root is null ? installed : listed)
            .GroupBy(pair => pair.Item1, pair => pair.Item2))
        {
            result[same.Key] = string.Join(", ", same.Distinct().Order(StringComparer.Ordinal));
        }

        return result;
    }

    private static SortedDictionary<string, string> Configuration(CheckSubject subject)
    {
        var run = subject.Run;
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Platform"] = subject.Config.Platform.ToString(),
        };
        Add("User", run.User);
        Add("WorkingDir", run.WorkingDir);
        Add("StopSignal", run.StopSignal);
        Add("Created", subject.Config.Created);
        Add("Entrypoint", run.Entrypoint is null ? null : string.Join(' ', run.Entrypoint));
        Add("Cmd", run.Cmd is null ? null : string.Join(' ', run.Cmd));
        Add("ExposedPorts", run.ExposedPorts.Count == 0 ? null : string.Join(' ', run.ExposedPorts));
        Add("Volumes", run.Volumes.Count == 0 ? null : string.Join(' ', run.Volumes));
        Add("Healthcheck", run.HealthCheck is { } health
            ? $"{string.Join(' ', health.Test)} every {health.Interval?.TotalSeconds} s, {health.Timeout?.TotalSeconds} s, {health.Retries} times"
            : null);
        foreach (var item in run.Env)
        {
            var at = item.IndexOf('=', StringComparison.Ordinal);
            Add("Env." + (at < 0 ? item : item[..at]), at < 0 ? "" : item[(at + 1)..]);
        }

        foreach (var (name, value) in run.Labels)
        {
            Add("Labels." + name, value);
        }

        return result;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                result[name] = value;
            }
        }
    }

    private static ImageSizes Sizes(CheckSubject subject) => new(
        subject.Manifest.Layers.Sum(layer => layer.Size),
        subject.Tree.Entries.Where(entry => entry.Kind == EntryKind.File).Sum(entry => entry.Size),
        subject.Manifest.Layers.Count);
}
