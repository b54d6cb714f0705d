using System.Globalization;
using System.Security.Cryptography;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Check.Comparing;

/// <summary>
/// Finds the first place where two images that ought to be one are not: entry by entry, in the order of the layers, with what
/// <see cref="ImageDiff"/> leaves out, such as times. For images that nua built itself: limits are those of the readers.
/// </summary>
public static class FirstDifference
{
    /// <returns>One line, safe to print; null when the manifests are equal.</returns>
    public static string? Find(Image a, Image b, CancellationToken cancellation = default)
    {
        if (a.Digest == b.Digest)
        {
            return null;
        }

        foreach (var (one, other) in a.Layers.Zip(b.Layers))
        {
            if (one.Blob.Digest != other.Blob.Digest)
            {
                return $"layer {one.Index + 1} of {a.Layers.Count}: " + (InLayer(a, one, b, other, cancellation)
                    ?? $"the same content is compressed to {one.Blob.Digest} and {other.Blob.Digest}");
            }
        }

        return a.Layers.Count != b.Layers.Count
            ? $"{a.Layers.Count} layers and {b.Layers.Count} layers"
            : InText("config", a.ConfigBytes, b.ConfigBytes) ?? InText("manifest", a.ManifestBytes, b.ManifestBytes);
    }

    private static string? InLayer(Image a, ImageLayer one, Image b, ImageLayer other, CancellationToken cancellation)
    {
        using var expandedOne = LayerStreams.OpenVerified(a, one);
        using var expandedOther = LayerStreams.OpenVerified(b, other);
        using var readerOne = new TarReader(expandedOne, one.Blob.Digest.ToString());
        using var readerOther = new TarReader(expandedOther, other.Blob.Digest.ToString());
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (before, after) = (readerOne.Next(), readerOther.Next());
            if (before is null && after is null)
            {
                return null;
            }

            if (before?.Path != after?.Path)
            {
                return $"one has {Shown(before)}, the other {Shown(after)} in its place";
            }

            if (Attributes(before!, after!) is { } attribute)
            {
                return $"{Shown(before)}: {attribute}";
            }

            if (!SHA256.HashData(readerOne.Content).AsSpan().SequenceEqual(SHA256.HashData(readerOther.Content)))
            {
                return $"{Shown(before)}: content";
            }
        }
    }

    private static string? Attributes(TarEntry a, TarEntry b) =>
        Unequal("type", a.Type.ToString(), b.Type.ToString())
        ?? Unequal("mode", Convert.ToString(a.Mode, 8), Convert.ToString(b.Mode, 8))
        ?? Unequal("owner", $"{a.Uid}:{a.Gid}", $"{b.Uid}:{b.Gid}")
        ?? Unequal("link target", a.LinkTarget ?? "", b.LinkTarget ?? "")
        ?? Unequal("size", a.Size.ToString(CultureInfo.InvariantCulture), b.Size.ToString(CultureInfo.InvariantCulture))
        ?? Unequal("time", a.Modified.ToString(), b.Modified.ToString())
        ?? Unequal("extended attributes", Xattrs(a), Xattrs(b));

    private static string? Unequal(string what, string a, string b) =>
        a == b ? null : $"{what} {Printable.Escape(a, 120)} and {Printable.Escape(b, 120)}";

    private static string Xattrs(TarEntry entry) => string.Join(
        ' ', entry.Xattrs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Convert.ToHexStringLower(pair.Value.Span)}"));

    private static string? InText(string document, ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b)
    {
        var at = a.Span.CommonPrefixLength(b.Span);
        return at == a.Length && at == b.Length ? null : $"{document}, byte {at}: …{Around(a, at)} and …{Around(b, at)}";
    }

    private static string Around(ReadOnlyMemory<byte> bytes, int at)
    {
        var start = Math.Max(0, at - 20);
        return Printable.Escape(System.Text.Encoding.UTF8.GetString(bytes.Span[start..Math.Min(bytes.Length, at + 40)]));
    }

    private static string Shown(TarEntry? entry) => entry is null ? "nothing" : "'" + Printable.Escape(entry.Path, 200) + "'";
}
