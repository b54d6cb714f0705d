using System.Text.Json;
using Nua.Build.Planning.Reading;
using Nua.Foundation;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>The parts of <c>package.json</c> that decide how an application is built and started.</summary>
internal sealed class PackageJson
{
    public const string FileName = "package.json";

    private readonly JsonElement _root;

    private PackageJson(JsonElement root)
    {
        _root = root;
        Dependencies = Names("dependencies");
        Optional = Names("optionalDependencies");
        Development = Names("devDependencies");
        Scripts = Read("scripts");
    }

    public string? Name => _root.Text("name");

    public string? Version => _root.Text("version");

    public string? Description => _root.Text("description");

    public string? Main => _root.Text("main");

    /// <summary>Package name to wanted range; values that are no text are skipped.</summary>
    public IReadOnlyDictionary<string, string> Dependencies { get; }

    public IReadOnlyDictionary<string, string> Optional { get; }

    public IReadOnlyDictionary<string, string> Development { get; }

    public IReadOnlyDictionary<string, string> Scripts { get; }

    public bool IsModule => _root.Text("type") == "module";

    public JsonElement Root => _root;

    /// <summary>Null when the file is absent.</summary>
    /// <exception cref="ProblemException">not JSON.</exception>
    public static PackageJson? Read(StackContext context) =>
        JsonManifest.Read(context.Folder, FileName, context.Notes.Problems, isStrict: !IsOfBun(context.Folder)) is { } root
            ? new PackageJson(root) : null;

    /// <summary>Bun takes comments and spare commas in a manifest; npm, pnpm and yarn refuse them.</summary>
    private static bool IsOfBun(AppFolder folder) => folder.IsFile("bun.lock") || folder.IsFile("bun.lockb");

    public bool Uses(string package) => Dependencies.ContainsKey(package) || Optional.ContainsKey(package)
        || Development.ContainsKey(package);

    public string? Script(string name) => Scripts.TryGetValue(name, out var text) && text.Trim().Length > 0
        ? text.Trim() : null;

    /// <summary>Globs of the workspaces, whichever way they are written.</summary>
    public IReadOnlyList<string> Workspaces(AppFolder folder)
    {
        var value = _root.Member("workspaces");
        var globs = value is { ValueKind: JsonValueKind.Object } table ? table.Member("packages").Texts()
            : value.Texts();
        return [.. globs.Concat(PnpmWorkspaces(folder)).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Folders of the source that are dependencies themselves: <c>file:</c>, <c>link:</c>,
    /// <c>portal:</c>.</summary>
    public IEnumerable<string> LocalDependencies() =>
        Dependencies.Concat(Optional).Concat(Development)
            .Select(pair => pair.Value)
            .Where(range => range.StartsWith("file:", StringComparison.Ordinal)
                || range.StartsWith("link:", StringComparison.Ordinal)
                    || range.StartsWith("portal:", StringComparison.Ordinal))
            .Select(range => AppFolder.Clean(range[(range.IndexOf(':') + 1)..]))
            .OfType<string>()
            .Where(path => path.Length > 0);

    private static IEnumerable<string> PnpmWorkspaces(AppFolder folder)
    {
        // A list under "packages:", one glob a line; the rest of the file does not matter here.
        var isList = false;
        foreach (var line in (folder.ReadText("pnpm-workspace.yaml") ?? "").Split('\n'))
        {
            var text = line.Trim();
            if (text.Length > 0 && !char.IsWhiteSpace(line[0]) && text[0] != '-' && text[0] != '#')
            {
                isList = text == "packages:";
            }
            else if (isList && text.StartsWith('-'))
            {
                var comment = text.IndexOf(" #", StringComparison.Ordinal);
                var glob = (comment < 0 ? text[1..] : text[1..comment]).Trim().Trim('"', '\'');
                if (glob.Length > 0)
                {
                    yield return glob;
                }
            }
        }
    }

    private SortedDictionary<string, string> Names(string member)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in _root.Member(member).Members())
        {
            found[item.Name] = item.Value.ValueKind == JsonValueKind.String ? item.Value.GetString()! : "";
        }

        return found;
    }

    private SortedDictionary<string, string> Read(string member)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in _root.Member(member).Members())
        {
            if (item.Value.ValueKind == JsonValueKind.String)
            {
                found[item.Name] = item.Value.GetString()!;
            }
        }

        return found;
    }
}
