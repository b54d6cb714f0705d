using System.Buffers;
using System.Globalization;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Oci.Tar;

/// <summary>
/// Writes a POSIX tar whose bytes depend on the entries alone: ustar headers, and a pax header in front of an entry only for
/// what ustar cannot hold (names over 100 bytes or not ASCII, sizes and ids too large, fractions of a second, times before
/// 1970, extended attributes). No names of users, no access times, no process ids. Entries come in the order of the caller, who
/// also sees to parents first and no path twice.
/// </summary>
public sealed class TarWriter : IDisposable
{
    private const int CopyBuffer = 1 << 20;

    private readonly Stream _output;
    private readonly byte[] _block = new byte[TarFormat.BlockSize];
    private bool _isComplete;

    /// <param name="output">Stays open.</param>
    public TarWriter(Stream output) => _output = output;

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    /// <summary>Writes an entry that has no content.</summary>
    public void Write(TarEntry entry) => Write(entry, []);

    /// <exception cref="ProblemException">NUA3031 the entry cannot be represented; NUA3032 the content has another
    /// length.</exception>
    public void Write(TarEntry entry, ReadOnlySpan<byte> content)
    {
        if (content.Length != entry.Size)
        {
            throw WrongLength(entry, content.Length);
        }

        WriteHeaders(entry);
        Emit(content);
        Pad(entry.Size);
    }

    /// <param name="content">Gives exactly <see cref="TarEntry.Size"/> bytes and then ends. A file that grew or shrank
    /// meanwhile is an error, after which the archive is of no use.</param>
    /// <exception cref="ProblemException">NUA3031 the entry cannot be represented; NUA3032 the content has another
    /// length.</exception>
    public void Write(TarEntry entry, Stream content)
    {
        WriteHeaders(entry);
        var buffer = ArrayPool<byte>.Shared.Rent(CopyBuffer);
        try
        {
            long copied = 0;
            int read;
            while ((read = content.Read(buffer, 0, CopyBuffer)) > 0)
            {
                copied += read;
                if (copied > entry.Size)
                {
                    throw WrongLength(entry, copied);
                }

                Emit(buffer.AsSpan(0, read));
            }

            if (copied != entry.Size)
            {
                throw WrongLength(entry, copied);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Pad(entry.Size);
    }

    /// <summary>Writes the two zero blocks that end an archive. Nothing more is added: padding to 10 KiB is for
    /// tapes.</summary>
    public void Complete()
    {
        if (!_isComplete)
        {
            _isComplete = true;
            _block.AsSpan().Clear();
            Emit(_block);
            Emit(_block);
        }
    }

    public void Dispose() => _output.Flush();

    private void WriteHeaders(TarEntry entry)
    {
        ObjectDisposedException.ThrowIf(_isComplete, this);
        CheckRepresentable(entry);
        var name = RawName.ToBytes(entry.Type == TarEntryType.Directory ? entry.Path + "/" : entry.Path);
        var link = entry.LinkTarget is null ? [] : RawName.ToBytes(entry.LinkTarget);
        var records = PaxRecords.Of(entry, name, link);
        if (records.Length > 0)
        {
            TarFormat.FormatHeader(_block, TarFormat.PaxHeaderName, 'x', mode: 0x1A4, size: records.Length);
            Emit(_block);
            Emit(records);
            Pad(records.Length);
        }

        TarFormat.FormatHeader(_block, entry, name, link);
        Emit(_block);
    }

    private static void CheckRepresentable(TarEntry entry)
    {
        var isLink = entry.Type is TarEntryType.SymbolicLink or TarEntryType.HardLink;
        if (entry.Path.Length == 0 || entry.Path.Contains('\0', StringComparison.Ordinal) || entry.Path.EndsWith('/'))
        {
            throw Unrepresentable(entry, "the path is empty, ends in '/' or contains a NUL");
        }

        var isNamed = entry.LinkTarget is { Length: > 0 } target && !target.Contains('\0', StringComparison.Ordinal);
        if (isLink ? !isNamed : entry.LinkTarget is not null)
        {
            throw Unrepresentable(entry, "links have a target, nothing else has one");
        }

        if (entry.Size < 0 || (entry.Size > 0 && entry.Type != TarEntryType.File))
        {
            throw Unrepresentable(entry, "only files have content");
        }
    }

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        Length += bytes.Length;
    }

    private void Pad(long size)
    {
        var rest = (int)(size % TarFormat.BlockSize);
        if (rest > 0)
        {
            Span<byte> zeros = stackalloc byte[TarFormat.BlockSize];
            zeros.Clear();
            Emit(zeros[rest..]);
        }
    }

    private static ProblemException Unrepresentable(TarEntry entry, string why) => new(
        new Problem("NUA3031", $"'{Printable.Escape(entry.Path, 200)}' cannot be put in a layer") { Why = why });

    private static ProblemException WrongLength(TarEntry entry, long found) => new(
        new Problem("NUA3032", $"'{Printable.Escape(entry.Path, 200)}' changed while it was read")
        {
            Why = $"it was {entry.Size} bytes and is {(found > entry.Size ? "more" : found.ToString(CultureInfo.InvariantCulture))} now",
            Remedy = "run the command again when nothing writes to the file",
        });
}
