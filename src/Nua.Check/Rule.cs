using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check;

/// <summary>One sentence of the specification that can be proven by reading an image.</summary>
public sealed record Rule
{
    internal Rule(
        string id,
        Severity severity,
        string title,
        string reference,
        string remedy,
        Func<CheckSubject, IEnumerable<Violation>> find)
    {
        Id = id;
        Severity = severity;
        Title = title;
        Reference = reference;
        Remedy = remedy;
        Find = find;
    }

    /// <summary>As on the specification page: <c>NUA-S02</c>. Never reused.</summary>
    public string Id { get; }

    public Severity Severity { get; }

    /// <summary>What the rule demands, word for word as on the specification page; true for a good image.</summary>
    public string Title { get; }

    /// <summary>Where it comes from: a section of our specification, or a page of image-spec.</summary>
    public string Reference { get; }

    /// <summary>What mends an image that breaks it.</summary>
    public string Remedy { get; }

    /// <summary>Also asked of images that are not Nua images.</summary>
    public bool IsForEveryImage { get; init; }

    /// <summary>Every place where the image breaks the rule; none when it keeps it. Lazy: the checker stops asking when
    /// it has enough.</summary>
    internal Func<CheckSubject, IEnumerable<Violation>> Find { get; }
}

/// <summary>A place where a rule is broken. Texts from the image are still raw; the checker escapes them.</summary>
/// <param name="Place">Absolute path in the image, or a document and its field.</param>
/// <param name="Layer">Index of the layer, base 0; null when the place is not in one layer.</param>
internal sealed record Violation(string What, string? Place = null, int? Layer = null)
{
    public static Violation At(ScannedEntry entry, string what) => new(what, "/" + entry.Path, entry.Layer);
}
