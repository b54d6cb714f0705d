using System.Globalization;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Oci.Tar;

/// <summary>
/// Reads a tar archive from a stream, in bounded memory, and refuses whatever two programs might understand
/// differently. Formats: old (v7), ustar, pax, GNU
/// long names. The verdicts:
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A wrong checksum is an error, a zero one too; only a whole block of zeros ends the archive.</item>
/// <item>After the end only zeros may follow. One end block, or none, is accepted (<see cref="HasEndMarker"/>
/// tells).</item>
/// <item>A pax header holds for the next entry, and its <c>size</c> counts instead of the header's own. Two pax headers in a
/// row, a pax header together with GNU long names, a key twice in one header: refused.</item>
/// <item>A global pax header may carry comments only (as git writes).</item>
/// <item>Extended attributes are byte for byte. Any other value with a NUL is refused.</item>
/// <item>Sparse files and kinds that POSIX does not define are refused, and content on links, directories and
/// devices.</item>
/// </list>
/// </remarks>
public sealed class TarReader : IDisposable
{
    private const long MaxSize = 1L << 50;

    private readonly TarLimits _limits;
    private readonly TarProblem _problem;
    private readonly TarInput _input;
    private readonly TarContent _content;
    private long _entryOffset;
    private long _headerBytes;
    private long _xattrBytes;
    private int _entries;
    private bool _hasEnded;

    /// <param name="where">What the stream is, for messages.</param>
    public TarReader(Stream input, string where, TarLimits? limits = null)
    {
        _limits = limits ?? TarLimits.Default;
        _problem = new TarProblem(where);
        _input = new TarInput(input, _problem);
        _content = new TarContent(_input);
    }

    /// <summary>The bytes of the entry that <see cref="Next"/> gave last, once. What is not read is skipped.</summary>
    public Stream Content => _content;

    /// <summary>Where in the stream the content of the entry that <see cref="Next"/> gave last begins.</summary>
    public long ContentOffset { get; private set; }

    /// <summary>After the end: whether the archive had the two zero blocks it should have.</summary>
    public bool HasEndMarker { get; private set; }

    /// <summary>The next entry, or null after the last one; the stream has then been read to its end.</summary>
    /// <exception cref="ProblemException">NUA3020 to NUA3030, with the offset of the header.</exception>
    public TarEntry? Next()
    {
        if (_hasEnded)
        {
            return null;
        }

        _content.Skip();
        _entryOffset = _input.Position;
        PaxHeader? pax = null;
        byte[]? longName = null;
        byte[]? longLink = null;
        while (true)
        {
            var offset = _input.Position;
            if (!_input.ReadBlock())
            {
                return End(hasMeta: pax is not null || longName is not null || longLink is not null);
            }

            if (_input.Block.IndexOfAnyExcept((byte)0) < 0)
            {
                return EndAtZeros(hasMeta: pax is not null || longName is not null || longLink is not null);
            }

            var header = new TarHeader(_input.Block, offset, _problem);
            switch (header.Type)
            {
                case (byte)'x':
                    RefuseMixed(pax is not null || longName is not null || longLink is not null, offset);
                    pax = PaxHeader.Parse(ReadMeta(header), offset, _problem, _limits.AcceptsSparse);
                    CountXattrs(pax, offset);
                    break;
                case (byte)'g':
                    RefuseMixed(pax is not null || longName is not null || longLink is not null, offset);
                    RefuseGlobal(PaxHeader.Parse(ReadMeta(header), offset, _problem), offset);
                    _entryOffset = _input.Position;
                    break;
                case (byte)'L':
                    RefuseMixed(pax is not null || longName is not null, offset);
                    longName = LongText(ReadMeta(header), offset);
                    break;
                case (byte)'K':
                    RefuseMixed(pax is not null || longLink is not null, offset);
                    longLink = LongText(ReadMeta(header), offset);
                    break;
                default:
                    return MakeEntry(header, pax, longName, longLink);
            }
        }
    }

    /// <summary>Leaves the archive's stream open.</summary>
    public void Dispose() => _content.Dispose();

    private TarEntry MakeEntry(TarHeader header, PaxHeader? pax, byte[]? longName, byte[]? longLink)
    {
        if (++_entries > _limits.MaxEntries)
        {
            throw _problem.Limit(_entryOffset, $"it has more than {_limits.MaxEntries} entries");
        }

        var name = pax?.SparseName ?? pax?.Path ?? longName ?? header.Name;
        var type = TypeOf(header, name, _entryOffset);
        var size = pax?.Size ?? header.Size;
        if (size > MaxSize)
        {
            throw _problem.Number(_entryOffset, $"the size {size} is more than any file has");
        }

        if (pax?.SparseSize is { } sparse && (type != TarEntryType.File || sparse > MaxSize))
        {
            throw _problem.Unexpected(_entryOffset, $"a sparse size of {sparse} bytes on {Describe(type)}");
        }

        if (type != TarEntryType.File && size != 0)
        {
            throw _problem.Unexpected(_entryOffset, $"{size} bytes on {Describe(type)}");
        }

        var link = pax?.LinkPath ?? longLink ?? header.LinkName;
        CheckName(name, "the name");
        var isLink = type is TarEntryType.SymbolicLink or TarEntryType.HardLink;
        if (isLink)
        {
            CheckName(link, "the link's target");
        }

        var isDevice = type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice;
        ContentOffset = _input.Position;
        _content.Begin(size);
        return new TarEntry(RawName.FromBytes(name), type)
        {
            Mode = header.Mode,
            Uid = pax?.Uid ?? header.Uid,
            Gid = pax?.Gid ?? header.Gid,
            Size = size,
            SparseSize = pax?.SparseSize,
            Modified = pax?.Modified ?? new TarTime(header.Modified),
            LinkTarget = isLink ? RawName.FromBytes(link) : null,
            DeviceMajor = isDevice ? header.DeviceMajor : 0,
            DeviceMinor = isDevice ? header.DeviceMinor : 0,
            Xattrs = pax?.Xattrs ?? TarEntry.NoXattrs,
            Offset = _entryOffset,
        };
    }

    private TarEntryType TypeOf(TarHeader header, byte[] name, long offset)
    {
        var endsInSlash = name.Length > 0 && name[^1] == '/';
        switch (header.Type)
        {
            case 0 when endsInSlash:
                // How archives from before 1988 write a directory; every reader agrees.
                return TarEntryType.Directory;
            case 0 or (byte)'0' or (byte)'7':
                return endsInSlash
                    ? throw _problem.Ambiguous(offset, "a file's name ends in '/'")
                    : TarEntryType.File;
            case (byte)'1':
                return TarEntryType.HardLink;
            case (byte)'2':
                return TarEntryType.SymbolicLink;
            case (byte)'3':
                return TarEntryType.CharacterDevice;
            case (byte)'4':
                return TarEntryType.BlockDevice;
            case (byte)'5':
                return TarEntryType.Directory;
            case (byte)'6':
                return TarEntryType.Fifo;
            case (byte)'S':
                throw _problem.Type(offset, "it is a GNU sparse file");
            default:
                throw _problem.Type(offset, $"its type is 0x{header.Type:x2}");
        }
    }

    private static string Describe(TarEntryType type) => type switch
    {
        TarEntryType.Directory => "a directory",
        TarEntryType.SymbolicLink or TarEntryType.HardLink => "a link",
        TarEntryType.File => "a file",
        _ => "a device or FIFO",
    };

    private void CheckName(ReadOnlySpan<byte> name, string what)
    {
        if (name.IsEmpty)
        {
            throw _problem.Name(_entryOffset, $"{what} is empty");
        }

        if (name.Length > _limits.MaxPathBytes)
        {
            throw _problem.Name(_entryOffset, $"{what} is {name.Length} bytes: '{Show(name)}'");
        }

        if (name.Contains((byte)0))
        {
            throw _problem.Name(_entryOffset, $"{what} has a NUL in it: '{Show(name)}'");
        }

        foreach (var part in name.Split((byte)'/'))
        {
            if (part.End.Value - part.Start.Value > _limits.MaxNameBytes)
            {
                throw _problem.Name(_entryOffset, $"a part of {what} is longer than {_limits.MaxNameBytes} bytes: '{Show(name)}'");
            }
        }
    }

    private static string Show(ReadOnlySpan<byte> name) =>
        Printable.Escape(RawName.FromBytes(name[..Math.Min(name.Length, 200)]), 120);

    /// <summary>GNU ends the text with a NUL; one inside would cut the name for some readers.</summary>
    private byte[] LongText(byte[] data, long offset)
    {
        var text = data.AsSpan().TrimEnd((byte)0);
        return text.Contains((byte)0) ? throw _problem.Name(offset, $"a long name has a NUL in it: '{Show(text)}'") : text.ToArray();
    }

    private void RefuseMixed(bool isMixed, long offset)
    {
        if (isMixed)
        {
            throw _problem.Ambiguous(offset, "an entry has more than one header that names it");
        }
    }

    private void RefuseGlobal(PaxHeader pax, long offset)
    {
        if (!pax.HasOnlyComments)
        {
            throw _problem.Ambiguous(offset, "a global header changes the entries after it");
        }
    }

    private void CountXattrs(PaxHeader pax, long offset)
    {
        foreach (var (name, value) in pax.Xattrs)
        {
            _xattrBytes += name.Length + value.Length;
        }

        if (_xattrBytes > _limits.MaxTotalXattrBytes)
        {
            throw _problem.Limit(offset, $"its extended attributes are more than {_limits.MaxTotalXattrBytes} bytes");
        }
    }

    private byte[] ReadMeta(TarHeader header)
    {
        _headerBytes += header.Size;
        if (header.Size > _limits.MaxHeaderBytes || _headerBytes > _limits.MaxTotalHeaderBytes)
        {
            throw _problem.Limit(header.Offset, $"an extended header of {header.Size} bytes, {_headerBytes} in all");
        }

        var data = new byte[header.Size];
        _input.ReadExactly(data);
        _input.SkipPadding(header.Size);
        return data;
    }

    private TarEntry? EndAtZeros(bool hasMeta)
    {
        HasEndMarker = _input.ReadBlock();
        if (HasEndMarker && _input.Block.IndexOfAnyExcept((byte)0) >= 0)
        {
            throw _problem.Trailing(_input.Position - TarFormat.BlockSize);
        }

        _input.ExpectZerosToEnd();
        return End(hasMeta);
    }

    private TarEntry? End(bool hasMeta)
    {
        _hasEnded = true;
        return hasMeta ? throw _problem.Truncated(_input.Position) : null;
    }
}
