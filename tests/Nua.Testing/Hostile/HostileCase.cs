namespace Nua.Testing.Hostile;

/// <summary>An image that no honest program makes, or that arrived damaged, and what Nua says to it.</summary>
/// <param name="Id">Short words joined by <c>-</c>; never reused, since recorded results of other tools refer to it.</param>
/// <param name="What">What is wrong with it, for the reference page.</param>
public sealed record HostileCase(string Id, string What)
{
    /// <summary>Heading on the reference page.</summary>
    public required string Family { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>Given the sentinel, a folder outside that must not change and that links in the image point at.</summary>
    public required Func<string, HostileImage> Make { get; init; }

    public Forms Forms { get; init; } = Forms.Layout | Forms.OciArchive;

    public override string ToString() => Id;
}

/// <summary>In which forms a case can be written.</summary>
[Flags]
public enum Forms
{
    Layout = 1,
    OciArchive = 2,
    DockerArchive = 4,
    All = Layout | OciArchive | DockerArchive,
}

/// <summary>What Nua says. A code (<c>NUA3026</c>) is a refusal.</summary>
/// <param name="Check">Rules that <c>nua check</c> finds broken beyond those of the honest image, sorted, joined by spaces; or a
/// code.</param>
/// <param name="Load"><c>stored</c>: layers are kept as bytes and judged when they are used.</param>
/// <param name="Look">Of <c>nua inspect</c> and <c>nua diff</c>: a code, or the merged tree as <c>path=type[:link]</c>, sorted and
/// joined by spaces.</param>
/// <param name="Unpack">Of building on it and running it: a code, or the tree on the disk in the same form.</param>
public sealed record Verdict(string Check, string Load, string Look, string Unpack)
{
    public const string Stored = "stored";

    /// <summary>Layers are only judged when they are used.</summary>
    public static Verdict OfLayer(string unpack, string check, string? look = null) => new(check, Stored, look ?? unpack, unpack);

    /// <summary>Every way in refuses with the same code.</summary>
    public static Verdict Refused(string code, string check) => new(check, code, code, code);
}
