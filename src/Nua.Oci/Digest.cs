using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Nua.Foundation;

namespace Nua.Oci;

/// <summary>
/// Names content by its hash: <c>algorithm:encoded</c> (image-spec, descriptor.md). Any algorithm that fits the grammar parses,
/// so that documents which mention it can be kept; only sha256 content is ever trusted. The default value names nothing and is
/// never a result of parsing.
/// </summary>
public readonly record struct Digest : IComparable<Digest>
{
    private const int MaxLength = 512;

    private readonly string? _text;

    private Digest(string text) => _text = text;

    /// <summary>What comes before the colon, such as <c>sha256</c>.</summary>
    public string Algorithm => Text[..Text.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>What comes after the colon; for sha256 it is 64 lower-case hexadecimal digits.</summary>
    public string Encoded => Text[(Text.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <summary>Whether Nua can check content against it.</summary>
    public bool IsVerifiable => Text.StartsWith("sha256:", StringComparison.Ordinal);

    private string Text => _text ?? "none:0";

    /// <summary>The digest of these bytes.</summary>
    public static Digest Sha256(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return FromHash(hash);
    }

    /// <summary>The digest whose 32 hash bytes are already known.</summary>
    public static Digest FromHash(ReadOnlySpan<byte> sha256)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha256.Length, SHA256.HashSizeInBytes);
        return new Digest("sha256:" + Convert.ToHexStringLower(sha256));
    }

    /// <exception cref="ProblemException">NUA3005: the text is not a digest.</exception>
    public static Digest Parse(string text, string? where = null) =>
        TryParse(text, out var digest)
            ? digest
            : throw new ProblemException(new Problem("NUA3005", $"'{Printable.Escape(text, 100)}' is not a digest")
            {
                Where = where,
                Why = "a digest is ALGORITHM:HASH, for sha256 with exactly 64 lower-case hexadecimal digits",
            });

    /// <summary>Refuses whatever does not fit the grammar, and known algorithms with the wrong length or upper-case
    /// digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null || text.Length > MaxLength)
        {
            return false;
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0 || !IsAlgorithm(text.AsSpan(0, colon)) || !IsEncoded(text.AsSpan(0, colon), text.AsSpan(colon + 1)))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    public int CompareTo(Digest other) => string.CompareOrdinal(Text, other.Text);

    public override string ToString() => Text;

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;

    private static bool IsAlgorithm(ReadOnlySpan<char> text)
    {
        var inComponent = false;
        foreach (var c in text)
        {
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            {
                inComponent = true;
            }
            else if (c is '+' or '.' or '_' or '-' && inComponent)
            {
                inComponent = false;
            }
            else
            {
                return false;
            }
        }

        return inComponent;
    }

    private static bool IsEncoded(ReadOnlySpan<char> algorithm, ReadOnlySpan<char> text) => algorithm switch
    {
        "sha256" or "blake3" => text.Length == 64 && IsLowerHex(text),
        "sha512" => text.Length == 128 && IsLowerHex(text),
        "sha384" => text.Length == 96 && IsLowerHex(text),
        // The general grammar allows letters, digits, '=', '_' and '-': never a dot or a slash, so it is safe as a file
        // name.
        _ => text.Length > 0 && text.IndexOfAnyExcept(CharacterSets.DigestEncoded) < 0
            && algorithm is not ("md5" or "sha1"),
    };

    private static bool IsLowerHex(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(CharacterSets.LowerHex) < 0;
}
