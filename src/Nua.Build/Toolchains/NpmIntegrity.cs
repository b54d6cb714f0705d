using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Nua.Build.Toolchains;

/// <summary>
/// The strongest hash of a Subresource Integrity text (<c>sha512-BASE64</c>) as npm publishes it for a tarball. sha1 is
/// not accepted: it can be forged.
/// </summary>
public sealed record NpmIntegrity
{
    private NpmIntegrity(HashAlgorithmName algorithm, byte[] hash)
    {
        Algorithm = algorithm;
        Hash = hash;
    }

    public HashAlgorithmName Algorithm { get; }
    public IReadOnlyList<byte> Hash { get; }

    /// <summary>The first 16 hex digits: enough to keep cache folders apart, not to trust content by.</summary>
    public string Short => Convert.ToHexStringLower([.. Hash.Take(8)]);

    /// <summary>Lower-case hex of all bytes, as SBOMs write it.</summary>
    public string Hex => Convert.ToHexStringLower([.. Hash]);

    public static bool TryParse(string? text, [NotNullWhen(true)] out NpmIntegrity? integrity)
    {
        integrity = null;
        foreach (var word in (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var found = ReadOne(word);
            if (found is not null && (integrity is null || found.Hash.Count > integrity.Hash.Count))
            {
                integrity = found;
            }
        }

        return integrity is not null;
    }

    /// <summary>Whether <paramref name="content"/>, read to its end, is what the publisher hashed.</summary>
    public async Task<bool> MatchesAsync(Stream content, CancellationToken cancellationToken)
    {
        using var hasher = IncrementalHash.CreateHash(Algorithm);
        var buffer = new byte[128 * 1024];
        int read;
        while ((read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            hasher.AppendData(buffer, 0, read);
        }

        return CryptographicOperations.FixedTimeEquals(hasher.GetHashAndReset(), [.. Hash]);
    }

    public bool Equals(NpmIntegrity? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(ToString());

    public override string ToString() => $"{Algorithm.Name!.ToLowerInvariant()}-{Convert.ToBase64String([.. Hash])}";

    private static NpmIntegrity? ReadOne(string word)
    {
        var dash = word.IndexOf('-', StringComparison.Ordinal);
        var (algorithm, length) = dash < 0 ? default : word[..dash] switch
        {
            "sha512" => (HashAlgorithmName.SHA512, 64),
            "sha384" => (HashAlgorithmName.SHA384, 48),
            "sha256" => (HashAlgorithmName.SHA256, 32),
            _ => default,
        };
        var base64 = dash < 0 ? "" : word[(dash + 1)..].Split('?')[0];
        var hash = new byte[length + 3];
        return length > 0 && Convert.TryFromBase64String(base64, hash, out var written) && written == length
            ? new NpmIntegrity(algorithm, hash[..length])
            : null;
    }
}
