using System.Text.Json;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>The packages of a lock file in TOML: which of them an application needs, and the hashes of their files.</summary>
internal static class LockedPackages
{
    /// <summary>Every package that is reached, with the marker it is reached by; empty when some way has none.</summary>
    /// <param name="own">Requirements or normal names.</param>
    public static Dictionary<string, string> Follow(SortedDictionary<string, JsonElement> packages, IReadOnlyCollection<string> own)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var extras = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        var waiting = new Queue<Need>(own.Select(text => Need.OfRequirement(text) with { Marker = "" }));
        while (waiting.TryDequeue(out var next))
        {
            var seen = extras.TryGetValue(next.Name, out var had) ? had : extras[next.Name] = new HashSet<string>(StringComparer.Ordinal);
            var before = seen.Count;
            seen.UnionWith(next.Extras);
            var isNew = seen.Count > before;
            if (found.TryGetValue(next.Name, out var known) && !isNew && (known.Length == 0 || known == next.Marker))
            {
                continue;
            }

            // Two markers on two ways: the package may be needed by either, so it is installed whenever pip can.
            var marker = known is null || known == next.Marker ? next.Marker : "";
            found[next.Name] = marker;
            if (packages.TryGetValue(next.Name, out var package))
            {
                foreach (var need in Needs(package, seen))
                {
                    waiting.Enqueue(need with { Marker = marker.Length == 0 ? need.Marker : need.Marker.Length == 0 ? marker
                        : $"({marker}) and ({need.Marker})" });
                }
            }
        }

        return found;
    }

    /// <summary>Of the files that a Linux can install; empty when the lock file says none. poetry: <c>files = [{file, hash}]</c>; uv:
    /// <c>wheels</c> and <c>sdist</c> with <c>url</c> and <c>hash</c>; pylock: the same with <c>hashes.sha256</c>.</summary>
    public static IReadOnlyList<string> HashesOf(JsonElement package)
    {
        var files = package.Member("files").Items().Concat(package.Member("wheels").Items())
            .Concat(package.Member("sdist") is { } source ? (JsonElement[])[source] : []);
        return [.. files.Where(file => IsForLinux(file.Text("file") ?? file.Text("name") ?? file.Text("url") ?? ""))
            .Select(file => file.Text("hash") ?? (file.Member("hashes")?.Text("sha256") is { } hex ? "sha256:" + hex : null))
            .OfType<string>().Distinct().Order(StringComparer.Ordinal)];
    }

    private static bool IsForLinux(string file) => !file.EndsWith(".whl", StringComparison.Ordinal)
        || file.EndsWith("-any.whl", StringComparison.Ordinal) || file.Contains("linux", StringComparison.Ordinal);

    private static IEnumerable<Need> Needs(JsonElement package, IReadOnlySet<string> extras)
    {
        var dependencies = package.Member("dependencies");
        foreach (var item in dependencies.Items())
        {
            // uv: { name, extra, marker }; pdm: a requirement as text.
            yield return OfItem(item);
        }

        foreach (var item in dependencies.Members())
        {
            // poetry: name = "range", or { version, extras, markers, optional }.
            if (!item.Value.Member("optional").IsTrue())
            {
                yield return new Need(PythonNames.Normal(item.Name), item.Value.Member("extras").Texts(), WithoutExtra(item.Value.Text("markers") ?? ""));
            }
        }

        foreach (var extra in extras)
        {
            // uv: [package.optional-dependencies] extra = [{ name }]; poetry: [package.extras] extra = ["name (>=1)"].
            var optional = package.Member("optional-dependencies")?.Member(extra).Items() ?? [];
            foreach (var item in optional.Concat(package.Member("extras")?.Member(extra).Items() ?? []))
            {
                yield return OfItem(item);
            }
        }
    }

    private static Need OfItem(JsonElement item) => item.ValueKind == JsonValueKind.String ? Need.OfRequirement(item.GetString()!)
        : new Need(PythonNames.Normal(item.Text("name") ?? ""), item.Member("extra").Texts(), WithoutExtra(item.Text("marker") ?? ""));

    /// <summary>A marker that speaks of extras cannot be decided by pip for a plain requirement.</summary>
    private static string WithoutExtra(string marker) => marker.Contains("extra", StringComparison.Ordinal) ? "" : marker;

    private sealed record Need(string Name, IReadOnlyList<string> Extras, string Marker)
    {
        public static Need OfRequirement(string text)
        {
            var name = PythonNames.OfRequirement(text) ?? "";
            var (open, close) = (text.IndexOf('[', StringComparison.Ordinal), text.IndexOf(']', StringComparison.Ordinal));
            var end = text.IndexOfAny(['(', ';', '=', '<', '>', '~', '!', '@']);
            var extras = open > 0 && close > open && (end < 0 || open < end)
                ? text[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [];
            var marker = text.Split(';', 2) is [_, var after] ? WithoutExtra(after.Trim()) : "";
            return new Need(name, extras, marker);
        }
    }
}
