using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Nua.Oci.Tar;

/// <summary>The records of a pax header: <c>LENGTH KEY=VALUE\n</c>, the length counting itself. Values are
/// bytes.</summary>
internal static class PaxRecords
{
    public const string XattrPrefix = "SCHILY.xattr.";

    /// <summary>What the ustar header cannot hold, sorted by key (but for <c>hdrcharset</c>, which must come first);
    /// empty when it holds everything.</summary>
    public static byte[] Of(TarEntry entry, byte[] name, byte[] link)
    {
        using var output = new MemoryStream();
        var isBinary = !Utf8.IsValid(name) || !Utf8.IsValid(link);
        if (isBinary)
        {
            Add(output, "hdrcharset", "BINARY"u8);
        }

        if (entry.SparseSize is { } sparse)
        {
            Add(output, "GNU.sparse.major", "1"u8);
            Add(output, "GNU.sparse.minor", "0"u8);
            Add(output, "GNU.sparse.name", name);
            AddNumber(output, "GNU.sparse.realsize", sparse, isNeeded: true);
        }

        foreach (var (key, value) in entry.Xattrs.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(output, XattrPrefix + key, value.Span);
        }

        AddNumber(output, "gid", entry.Gid, entry.Gid > TarFormat.MaxOctal8);
        if (!TarFormat.FitsField(link))
        {
            Add(output, "linkpath", link);
        }

        if (entry.Modified.Nanoseconds != 0 || entry.Modified.Seconds is < 0 or > TarFormat.MaxOctal12)
        {
            Add(output, "mtime", Encoding.ASCII.GetBytes(FormatTime(entry.Modified)));
        }

        if (!TarFormat.FitsField(name))
        {
            Add(output, "path", name);
        }

        AddNumber(output, "size", entry.Size, entry.Size > TarFormat.MaxOctal12);
        AddNumber(output, "uid", entry.Uid, entry.Uid > TarFormat.MaxOctal8);
        return output.ToArray();
    }

    /// <summary>Decimal seconds with as many digits of fraction as needed. Half a second before 1970 is <c>-0.5</c>: the
    /// fraction of a written time counts away from zero, while ours always counts forward.</summary>
    public static string FormatTime(TarTime time)
    {
        if (time.Nanoseconds == 0)
        {
            return time.Seconds.ToString(CultureInfo.InvariantCulture);
        }

        var isNegative = time.Seconds < 0;
        var seconds = isNegative ? -(time.Seconds + 1) : time.Seconds;
        var nanoseconds = isNegative ? 1_000_000_000 - time.Nanoseconds : time.Nanoseconds;
        var fraction = nanoseconds.ToString("d9", CultureInfo.InvariantCulture).TrimEnd('0');
        return $"{(isNegative ? "-" : "")}{seconds.ToString(CultureInfo.InvariantCulture)}.{fraction}";
    }

    private static void AddNumber(MemoryStream output, string key, long value, bool isNeeded)
    {
        if (isNeeded)
        {
            Add(output, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static void Add(MemoryStream output, string key, ReadOnlySpan<byte> value)
    {
        var keyBytes = Encoding.UTF8.GetBytes(key);
        var rest = keyBytes.Length + value.Length + 3;
        var length = rest + Digits(rest);
        length = rest + Digits(length);
        output.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        output.WriteByte((byte)' ');
        output.Write(keyBytes);
        output.WriteByte((byte)'=');
        output.Write(value);
        output.WriteByte((byte)'\n');
    }

    private static int Digits(int value) => value.ToString(CultureInfo.InvariantCulture).Length;
}
