using Nua.Foundation;

namespace Nua.Check;

/// <summary>One place where an image does not keep a rule. Texts are already safe to print, and never hold a secret's
/// value.</summary>
/// <param name="RuleId">Stable identifier of the specification: <c>NUA-S02</c>, <c>OCI-06</c>.</param>
/// <param name="What">One sentence without a final full stop, naming what is wrong.</param>
public sealed record Finding(string RuleId, Severity Severity, string What)
{
    /// <summary>Digest of the layer's blob; null when the place is not in one layer.</summary>
    public string? Layer { get; init; }

    /// <summary>The place in that layer or in the merged tree, absolute; or in a document: <c>config: Env</c>. Null for
    /// the image as a whole.</summary>
    public string? Place { get; init; }

    /// <summary>What mends it.</summary>
    public required string Remedy { get; init; }
}
