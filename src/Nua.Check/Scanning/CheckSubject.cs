using System.Text;
using System.Text.Json;
using Nua.Oci;

namespace Nua.Check.Scanning;

/// <summary>Everything that rules look at: the documents of one image, its layers as they were read, and what they add
/// up to.</summary>
internal sealed class CheckSubject
{
    public const string Agent = "nua/bin/nua-agent";

    /// <summary>The eight verbs, in the order of the contract.</summary>
    public static readonly IReadOnlyList<string> VerbNames =
        ["start", "stop", "restart", "healthcheck", "upgrade", "rollback", "backup", "restore"];

    public required ImageManifest Manifest { get; init; }

    public required ImageConfig Config { get; init; }

    /// <summary>Base first.</summary>
    public required IReadOnlyList<ScannedLayer> Layers { get; init; }

    /// <summary>False when a layer could not be read to its end: what is not in the tree may be in the image all the
    /// same.</summary>
    public required bool IsComplete { get; init; }

    public required MergedTree Tree { get; init; }

    /// <summary>Paths that Debian packages brought, relative to the root.</summary>
    public required PathSet PackagePaths { get; init; }

    public required MetadataDocument NuaConfig { get; init; }
    public required MetadataDocument Sbom { get; init; }
    public required MetadataDocument Build { get; init; }
    public required MetadataDocument Files { get; init; }

    public RunConfig Run => Config.Run;

    public bool IsNuaImage => NuaConfig.Entry is not null;

    /// <summary>Made from somebody else's image by adding layers only: it may keep what that one is.</summary>
    public bool IsWrapped => Runtime.Member("wrapped") is { ValueKind: JsonValueKind.True };

    /// <summary>Whether the builder put it there; of a wrapped image everything in the layers below was there before.</summary>
    public bool IsOurs(ScannedEntry entry) =>
        !IsWrapped || Build.Entry is not { } own || entry.Layer >= own.Layer - Build.Root.Items("layers").Count();

    public JsonElement? Lifecycle => NuaConfig.Root.Member("lifecycle");

    public JsonElement? Runtime => NuaConfig.Root.Member("runtime");

    public IReadOnlyList<Verb> Verbs => field ??= [.. VerbNames.Select(FindVerb)];

    /// <summary>What package managers recorded in the files that are left in the merged tree, with the record's
    /// path.</summary>
    public IReadOnlyList<(InstalledComponent Component, string Record)> Installed => field ??=
        [.. Tree.Entries.Where(e => e.Facts is not null).SelectMany(e => e.Facts!.Components.Select(c => (c, e.Path)))];

    /// <summary>Absolute directories of the image's <c>PATH</c>, relative to the root.</summary>
    public IReadOnlyList<string> SearchPath =>
        [.. (Run.Variable("PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").Split(':')
            .Where(directory => directory.StartsWith('/')).Select(directory => directory.Trim('/'))];

    /// <summary>Finds a program as <c>execvp</c> does: by path when there is a slash in it, else in
    /// <c>PATH</c>.</summary>
    public ScannedEntry? FindProgram(string name, string workingDirectory)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            return Tree.Follow(name.StartsWith('/') ? name : $"{workingDirectory}/{name}");
        }

        return SearchPath.Select(directory => Tree.Follow($"{directory}/{name}"))
            .FirstOrDefault(entry => entry is { IsFile: true, IsExecutable: true });
    }

    public Verb VerbNamed(string name) => Verbs.First(verb => verb.Name == name);

    private Verb FindVerb(string name)
    {
        var path = $"nua/scripts/{name}";
        var entry = Tree.Follow(path);
        var text = entry?.Facts is { Interpreter: not null, Content: { } content } ? Encoding.UTF8.GetString(content)
            : null;
        var origin = entry switch
        {
            null => VerbOrigin.Missing,
            { Path: Agent } => VerbOrigin.Agent,
            _ when text is null => VerbOrigin.Packager,
            _ when text.Contains($"/nua/bin/nua-agent do {name}", StringComparison.Ordinal) => VerbOrigin.Generated,
            _ => VerbOrigin.Packager,
        };
        return new Verb(name, path, origin, entry, text);
    }
}

/// <summary>Where the program behind a verb comes from.</summary>
public enum VerbOrigin
{
    Missing,

    /// <summary>The packager's own file, or one program for all verbs.</summary>
    Packager,

    /// <summary>A shell file that the builder wrote.</summary>
    Generated,

    /// <summary>A link to the agent.</summary>
    Agent,
}

/// <summary>One of the eight verbs as the image has it.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Entry">The file that runs, links followed.</param>
/// <param name="Text">Its content when it is a script.</param>
internal sealed record Verb(string Name, string Path, VerbOrigin Origin, ScannedEntry? Entry, string? Text)
{
    public bool IsPackagers => Origin == VerbOrigin.Packager;
}

/// <summary>A JSON document of <c>/nua/metadata</c>.</summary>
/// <param name="Path">Relative to the root.</param>
/// <param name="Entry">Null when the image does not have it.</param>
/// <param name="Root">Null when it is missing or cannot be read.</param>
/// <param name="Fault">Why it cannot be read.</param>
internal sealed record MetadataDocument(string Path, ScannedEntry? Entry, JsonElement? Root, string? Fault)
{
    public string Place => "/" + Path;
}
