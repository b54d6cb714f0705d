using System.Buffers.Text;
using System.Text;

namespace Nua.Oci.Tar;

/// <summary>What a pax header says about the next entry. Values are bytes; null means it does not say.</summary>
internal sealed class PaxHeader
{
    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _xattrs = new(StringComparer.Ordinal);
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly bool _acceptsSparse;

    private PaxHeader(bool acceptsSparse) => _acceptsSparse = acceptsSparse;

    public byte[]? Path { get; private set; }

    public byte[]? LinkPath { get; private set; }

    public long? Size { get; private set; }

    public uint? Uid { get; private set; }

    public uint? Gid { get; private set; }

    public TarTime? Modified { get; private set; }

    /// <summary>Length of a sparse file, holes included.</summary>
    public long? SparseSize { get; private set; }

    public byte[]? SparseName { get; private set; }

    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Xattrs => _xattrs;

    public bool HasOnlyComments => _keys.All(key => key == "comment");

    public static PaxHeader Parse(byte[] data, long offset, TarProblem problem, bool acceptsSparse = false)
    {
        var header = new PaxHeader(acceptsSparse);
        ReadOnlyMemory<byte> rest = data;
        while (!rest.IsEmpty)
        {
            var length = RecordLength(rest.Span, offset, problem, out var digits);
            var record = rest[(digits + 1)..(length - 1)];
            var equals = record.Span.IndexOf((byte)'=');
            if (rest.Span[length - 1] != '\n' || equals <= 0)
            {
                throw problem.Pax(offset, "a record has no '=' or does not end with its line");
            }

            var key = Encoding.UTF8.GetString(record.Span[..equals]);
            if (!header._keys.Add(key))
            {
                throw problem.Pax(offset, "a key occurs twice");
            }

            header.Set(key, record[(equals + 1)..], offset, problem);
            rest = rest[length..];
        }

        header.CheckSparse(offset, problem);
        return header;
    }

    private static int RecordLength(ReadOnlySpan<byte> rest, long offset, TarProblem problem, out int digits)
    {
        var isNumber = Utf8Parser.TryParse(rest[..Math.Min(rest.Length, 10)], out int length, out digits);
        return isNumber && rest[0] is >= (byte)'1' and <= (byte)'9' && digits < rest.Length && rest[digits] == ' '
            && length > digits + 2 && length <= rest.Length
            ? length
            : throw problem.Pax(offset, "a record's length is wrong");
    }

    private void Set(string key, ReadOnlyMemory<byte> value, long offset, TarProblem problem)
    {
        if (key.StartsWith(PaxRecords.XattrPrefix, StringComparison.Ordinal))
        {
            SetXattr(key[PaxRecords.XattrPrefix.Length..], value, offset, problem);
            return;
        }

        if (key.StartsWith("GNU.sparse.", StringComparison.Ordinal))
        {
            SetSparse(key["GNU.sparse.".Length..], value, offset, problem);
            return;
        }

        var isBinary = key.StartsWith("LIBARCHIVE.", StringComparison.Ordinal) || key == "comment";
        if (!isBinary && value.Span.Contains((byte)0))
        {
            throw problem.Pax(offset, "a value has a NUL in it");
        }

        switch (key)
        {
            case "path":
                Path = value.ToArray();
                break;
            case "linkpath":
                LinkPath = value.ToArray();
                break;
            case "size":
                Size = Integer(value.Span, offset, problem);
                break;
            case "uid":
                Uid = Id(value.Span, offset, problem);
                break;
            case "gid":
                Gid = Id(value.Span, offset, problem);
                break;
            case "mtime":
                Modified = Time(value.Span, offset, problem);
                break;
            default:
                // User names, other times, character sets, vendors' notes: nothing that a layer means.
                break;
        }
    }

    /// <summary>Only the form 1.0, which has its map in the content, and only where it is wanted.</summary>
    private void SetSparse(string key, ReadOnlyMemory<byte> value, long offset, TarProblem problem)
    {
        var isKnown = _acceptsSparse && key switch
        {
            "major" => value.Span.SequenceEqual("1"u8),
            "minor" => value.Span.SequenceEqual("0"u8),
            "name" or "realsize" => true,
            _ => false,
        };
        if (!isKnown)
        {
            throw problem.Type(offset, "it is a GNU sparse file in pax form");
        }

        if (key == "name")
        {
            SparseName = value.ToArray();
        }
        else if (key == "realsize")
        {
            SparseSize = Integer(value.Span, offset, problem);
        }
    }

    private void CheckSparse(long offset, TarProblem problem)
    {
        var keys = _keys.Count(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal));
        if (keys is not (0 or 4))
        {
            throw problem.Pax(offset, "a sparse file has not all of its records");
        }
    }

    private void SetXattr(string name, ReadOnlyMemory<byte> value, long offset, TarProblem problem)
    {
        if (name.Length is 0 or > 255 || name.Contains('\0', StringComparison.Ordinal))
        {
            throw problem.Pax(offset, "an extended attribute's name is empty, too long or has a NUL in it");
        }

        if (value.Length > 64 << 10)
        {
            throw problem.Pax(offset, $"an extended attribute of {value.Length} bytes; Linux has at most 65536");
        }

        // A copy: a slice would keep the whole header in memory, which may be a megabyte of comments.
        _xattrs[name] = value.ToArray();
    }

    private static uint Id(ReadOnlySpan<byte> value, long offset, TarProblem problem) =>
        Integer(value, offset, problem) is <= uint.MaxValue and var id
            ? (uint)id
            : throw problem.Number(offset, "an id is out of range");

    private static long Integer(ReadOnlySpan<byte> value, long offset, TarProblem problem) =>
        value.Length is > 0 and <= 19 && value.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0
        && Utf8Parser.TryParse(value, out long number, out _)
            ? number
            : throw problem.Number(offset, "a value of an extended header is not a decimal number");

    /// <summary>Decimal seconds; digits beyond nanoseconds are cut, towards the past.</summary>
    private static TarTime Time(ReadOnlySpan<byte> value, long offset, TarProblem problem)
    {
        var isNegative = value.StartsWith("-"u8);
        var digits = isNegative ? value[1..] : value;
        var point = digits.IndexOf((byte)'.');
        var whole = Integer(point < 0 ? digits : digits[..point], offset, problem);
        long nanoseconds = 0;
        var isInexact = false;
        if (point >= 0)
        {
            var fraction = digits[(point + 1)..];
            if (fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            {
                throw problem.Number(offset, "a time is not a decimal number");
            }

            for (var i = 0; i < 9; i++)
            {
                nanoseconds = (nanoseconds * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
            }

            isInexact = fraction.Length > 9 && fraction[9..].IndexOfAnyExcept((byte)'0') >= 0;
        }

        if (!isNegative)
        {
            return new TarTime(whole, (int)nanoseconds);
        }

        nanoseconds += isInexact ? 1 : 0;
        return nanoseconds == 0
            ? new TarTime(-whole)
            : nanoseconds == 1_000_000_000 ? new TarTime(-whole - 1) : new TarTime(-whole - 1, (int)(1_000_000_000 - nanoseconds));
    }
}
