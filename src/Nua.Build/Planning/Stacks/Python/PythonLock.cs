using System.Text.Json;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>
/// Exact versions from the lock file of another tool (poetry, uv, pdm, pipenv, <c>pylock.toml</c>), as requirements
/// that pip takes. Only what the application itself needs is taken, found by following the dependencies from its own
/// list.
/// </summary>
/// <param name="Pins">Sorted by name.</param>
internal sealed record PythonLock(string File, IReadOnlyList<PythonPin> Pins)
{
    private static readonly string[] _names = ["uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"];

    /// <param name="own">What the application asks for itself, as requirements or normal names.</param>
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

    private static List<PythonPin> FromPipfile(JsonElement root)
    {
        var pins = new List<PythonPin>();
        foreach (var item in root.Member("default").Members())
        {
            var version = item.Value.Text("version") ?? "";
            var marker = item.Value.Text("markers") is { } text ? $" ; {text}" : "";
            var requirement = item.Value.Text("git") is { } git ? $"{item.Name} @ git+{git}@{item.Value.Text("ref")}" : item.Name
                + version + marker;
            pins.Add(new PythonPin(requirement, [.. item.Value.Member("hashes").Texts().Order(StringComparer.Ordinal)]));
        }

        return [.. pins.OrderBy(pin => pin.Requirement, StringComparer.Ordinal)];
    }

    private static List<PythonPin> FromToml(JsonElement root, IReadOnlyCollection<string> own)
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
            : LockedPackages.Follow(packages, own);
        var pins = new List<PythonPin>();
        foreach (var (name, marker) in wanted.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (packages.TryGetValue(name, out var package) && Pin(name, package) is { } pin)
            {
                pins.Add(new PythonPin(marker.Length == 0 ? pin : $"{pin} ; {marker}", LockedPackages.HashesOf(package)));
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
}

/// <summary>One package with its exact version.</summary>
/// <param name="Requirement">Like <c>flask==3.1.0</c>, with a marker where the package is not for every platform.</param>
/// <param name="Hashes">As pip takes them (<c>sha256:…</c>), of the files that Linux can install; empty when the lock file has none.</param>
internal sealed record PythonPin(string Requirement, IReadOnlyList<string> Hashes);
