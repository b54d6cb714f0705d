using System.Diagnostics.CodeAnalysis;
using Nua.Foundation;

namespace Nua.Oci;

/// <summary>
/// Names an image in a registry: <c>HOST[:PORT]/REPOSITORY[:TAG][@DIGEST]</c> (distribution-spec). The host is never
/// guessed. <see cref="ToString"/> gives back exactly what was parsed.
/// </summary>
public sealed record ImageReference(string Host, string Repository)
{
    public string? Tag { get; init; }

    public Digest? Digest { get; init; }

    /// <exception cref="ProblemException">NUA3201; exit code 2.</exception>
    public static ImageReference Parse(string text) => TryParse(text, out var reference, out var why)
        ? reference
        : throw new ProblemException(new Problem("NUA3201", $"'{Printable.Escape(text, 120)}' is not an image reference")
        {
            Why = why,
            Remedy = "write HOST/NAME:TAG or HOST/NAME@sha256:…, for example registry.example.org/team/notes:1.0",
        })
        { ExitCode = 2 };

    public static bool TryParse(string text, [NotNullWhen(true)] out ImageReference? reference, out string why)
    {
        reference = null;
        if (text.Length > 1024)
        {
            why = "it is longer than 1024 characters";
            return false;
        }

        var rest = text;
        Digest? digest = null;
        var at = rest.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0)
        {
            if (!Oci.Digest.TryParse(rest[(at + 1)..], out var parsed))
            {
                why = "what follows '@' is not a digest";
                return false;
            }

            digest = parsed;
            rest = rest[..at];
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !IsHost(rest[..slash]))
        {
            why = "it does not begin with a registry's host name, 'localhost' or an address";
            return false;
        }

        var colon = rest.LastIndexOf(':');
        var tag = colon > slash ? rest[(colon + 1)..] : null;
        var repository = tag is null ? rest[(slash + 1)..] : rest[(slash + 1)..colon];
        if (tag is not null && !ReferenceGrammar.IsTag(tag))
        {
            why = "a tag is 1 to 128 letters, digits, '_', '.' and '-', and does not begin with '.' or '-'";
            return false;
        }

        if (!ReferenceGrammar.IsRepository(repository) || slash + 1 + repository.Length > 255)
        {
            why = "a repository is lower-case letters, digits and single separators in parts joined by '/', "
                + "with its host at most 255 characters";
            return false;
        }

        why = "";
        reference = new ImageReference(rest[..slash], repository) { Tag = tag, Digest = digest };
        return true;
    }

    /// <summary>Whether the first part of <c>a/b</c> is a host rather than a part of a name: it has a dot or a port, or
    /// is <c>localhost</c>.</summary>
    public static bool IsHost(string text) => ReferenceGrammar.IsHost(text);

    public override string ToString() =>
        $"{Host}/{Repository}{(Tag is null ? "" : ":" + Tag)}{(Digest is null ? "" : "@" + Digest)}";
}
