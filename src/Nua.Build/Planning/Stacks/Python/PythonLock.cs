using System.Text.Json;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>
/// Exact versions from the lock file of another tool (poetry, uv, pdm, pipenv, <c>pylock.toml</c>), as requirements
/// that pip takes. Only what the application itself needs is taken, found by following the dependencies from its own
/// list.
/// </summary>
/// <param name="Pins">Like <c>flask==3.1.0</c>, with a marker where the package is not for every platform;
/// sorted.</param>
internal sealed record PythonLock(string File, IReadOnlyList<string> Pins)
{
    private static readonly string[] _names = ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"];

    /// <param name="own">Normal names of the packages that the application asks for itself.</param>
    public static PythonLock? Find(AppFolder folder, IReadOnlyCollection<string> own,
        ICollection<Nua.Foundation.Problem> warnings)
    {
        if (Array.Find(_names, folder.IsFile) is { } name && TomlManifest.Read(folder, name) is { } root)
        {
            return new PythonLock(name, FromToml(root, own));
        }

        return JsonManifest.Read(folder, "Pipfile.lock", warnings) is { } pipfile
            ? new PythonLock("Pipfile.lock", FromPipfile(pipfile))
            : null;
    }

    private static List<string> FromPipfile(JsonElement root)
    {
        var pins = new List<string>();
        foreach (var item in root.Member("default").Members())
        {
            var version = item.Value.Text("version") ?? "";
            var marker = item.Value.Text("markers") is { } text ? $" ; {text}" : "";
            pins.Add(item.Value.Text("git") is { } git ? $"{item.Name} @ git+{git}@{item.Value.Text("ref")}" : item.Name
                + version + marker);
        }

        pins.Sort(StringComparer.Ordinal);
        return pins;
    }

    private static List<string> FromToml(JsonElement root, IReadOnlyCollection<string> own)
    {
        var packages = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        var list = root.Member("package") ?? root.Member("packages");
        if (list is { ValueKind: JsonValueKind.Array })
        {
            foreach (var package in list.Value.EnumerateArray())
            {
                if (package.Text("name") is { } name)
                {
                    packages.TryAdd(PythonNames.Normal(name), package);
                }
            }
        }

        // pylock.toml lists exactly what is to be installed.
        var isFlat = root.Member("packages") is not null;
        var wanted = isFlat ? packages.Keys.ToDictionary(name => name, name => packages[name].Text("marker") ?? "")
            : Follow(packages, own);
        var pins = new List<string>();
        foreach (var (name, marker) in wanted.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (packages.TryGetValue(name, out var package) && Pin(name, package) is { } pin)
            {
                pins.Add(marker.Length == 0 ? pin : $"{pin} ; {marker}");
            }
        }

        return pins;
    }

    private static string? Pin(string name, JsonElement package)
    {
        var source = package.Member("source");
        if (source?.Text("git") is { } uvGit)
        {
            return $"{name} @ git+{uvGit.Split('?')[0].Split('#')[0]}@{uvGit.Split('#')[^1]}";
        }

        if (source?.Text("type") == "git")
        {
            return $"{name} @ git+{source.Value.Text("url")}@{source.Value.Text("resolved_reference")}";
        }

        var isLocal = source?.Member("virtual") is not null || source?.Member("editable") is not null
            || source?.Text("type") == "directory";
        return isLocal ? null : $"{name}=={package.Text("version")}";
    }

    /// <summary>Every package that is reached, with the marker it is reached by; empty when some way has
    /// none.</summary>
    private static Dictionary<string, string> Follow(SortedDictionary<string, JsonElement> packages,
        IReadOnlyCollection<string> own)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var waiting = new Queue<(string Name, string Marker)>(own.Select(name => (name, "")));
        while (waiting.TryDequeue(out var next))
        {
            if (found.TryGetValue(next.Name, out var known) && (known.Length == 0 || known == next.Marker))
            {
                continue;
            }

            // Two markers on two ways: the package may be needed by either, so it is installed whenever pip can.
            var marker = known is null ? next.Marker : "";
            found[next.Name] = marker;
            if (packages.TryGetValue(next.Name, out var package))
            {
                foreach (var (name, own2) in Needs(package))
                {
                    waiting.Enqueue((name, marker.Length == 0 ? own2 : own2.Length == 0 ? marker
                        : $"({marker}) and ({own2})"));
                }
            }
        }

        return found;
    }

    private static IEnumerable<(string Name, string Marker)> Needs(JsonElement package)
    {
        var dependencies = package.Member("dependencies");
        if (dependencies is { ValueKind: JsonValueKind.Array })
        {
            foreach (var item in dependencies.Value.EnumerateArray())
            {
                // uv: { name, marker }; pdm: a requirement as text.
                var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : item.Text("name") ?? "";
                if (PythonNames.OfRequirement(text) is { } name)
                {
                    var marker = item.ValueKind == JsonValueKind.String ? text.Split(';', 2) is [_, var after]
                        ? after.Trim() : "" : item.Text("marker");
                    yield return (name, WithoutExtra(marker ?? ""));
                }
            }
        }

        foreach (var item in dependencies.Members())
        {
            // poetry: name = "range", or { version, markers, optional }, or a list of such tables.
            var isOptional = item.Value.Member("optional").IsTrue();
            if (!isOptional)
            {
                yield return (PythonNames.Normal(item.Name), WithoutExtra(item.Value.Text("markers") ?? ""));
            }
        }
    }

    /// <summary>A marker that speaks of extras cannot be decided by pip for a plain requirement.</summary>
    private static string WithoutExtra(string marker) => marker.Contains("extra", StringComparison.Ordinal) ? ""
        : marker;
}
