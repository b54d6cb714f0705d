using Nua.Check.Scanning;

namespace Nua.Check.Inspecting;

/// <summary>What is in an image, told without judging it. Texts from the image are raw; whoever prints them escapes
/// them.</summary>
public sealed record ImageInspection
{
    /// <summary>The manifest's digest.</summary>
    public required string Digest { get; init; }

    /// <summary><c>linux/amd64</c>.</summary>
    public required string Platform { get; init; }

    public required bool IsNuaImage { get; init; }

    /// <summary>Of a Nua image: identifier and version of the application.</summary>
    public string? AppId { get; init; }

    public string? AppVersion { get; init; }

    /// <summary>Base first.</summary>
    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    /// <summary>Everything below <c>/nua</c>, sorted.</summary>
    public required IReadOnlyList<InspectedFile> Tree { get; init; }

    /// <summary>The eight verbs; empty for other images.</summary>
    public required IReadOnlyList<InspectedVerb> Verbs { get; init; }

    /// <summary>What runs when the image is started, as words.</summary>
    public required IReadOnlyList<string> Start { get; init; }

    public required string? User { get; init; }

    /// <summary><c>8080/tcp</c>, sorted.</summary>
    public required IReadOnlyList<string> Ports { get; init; }

    /// <summary>The section <c>lifecycle</c> as JSON text; null for other images.</summary>
    public string? LifecycleJson { get; init; }

    /// <summary>How many components of each kind the SBOM has (<c>deb</c>, <c>npm</c>…, <c>other</c>),
    /// sorted.</summary>
    public required IReadOnlyDictionary<string, int> Components { get; init; }

    /// <summary>Files that neither a package nor a component accounts for, in the order of their names.</summary>
    public required IReadOnlyList<string> Unattributed { get; init; }

    /// <summary>Sorted by name.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Signatures, SBOMs and other statements beside the image; nearest first.</summary>
    public IReadOnlyList<InspectedAttachment> Attachments { get; init; } = [];

    /// <summary>Why what is told may not be all: layers that could not be read.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    /// <summary>Compressed bytes of all layers.</summary>
    public long Size => Layers.Sum(layer => layer.Size);
}

/// <param name="Purpose">From <c>build.json</c> (<c>base</c>, <c>packages</c>, <c>runtime</c>, <c>dependencies</c>,
/// <c>application</c>, <c>metadata</c>), else from the history; null when neither says.</param>
/// <param name="Size">Compressed bytes.</param>
/// <param name="FileBytes">Bytes of the files in it.</param>
/// <param name="Entries">Files, directories and links.</param>
public sealed record InspectedLayer(
    string Digest, string? DiffId, string? Purpose, long Size, long FileBytes, int Entries, int Whiteouts);

/// <param name="Path">Absolute.</param>
/// <param name="Type"><c>file</c>, <c>directory</c>, <c>symbolic link</c>…</param>
/// <param name="Size">Bytes; 0 for what is not a file.</param>
public sealed record InspectedFile(
    string Path, string Type, string Mode, long Uid, long Gid, long Size, string? Target);

public sealed record InspectedVerb(string Name, VerbOrigin Origin, string? Path);
