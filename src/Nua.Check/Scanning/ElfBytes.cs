namespace Nua.Check.Scanning;

/// <summary>
/// The parts of an ELF file that are kept while it streams by: its beginning, where linkers put headers and names, and
/// the dynamic table, which lies further back. At most <see cref="MostKept"/> bytes, whatever the file's size.
/// </summary>
public sealed class ElfBytes
{
    public const int MostKept = 32 << 20;
    private const int MostTable = 64 << 10;

    private byte[] _head = [];
    private int _length;
    private byte[] _table = [];
    private long _tableAt = -1;
    private bool _tableKnown;

    public ReadOnlySpan<byte> Head => _head.AsSpan(0, _length);

    /// <summary>Forgets the file, keeps the memory.</summary>
    public void Clear()
    {
        _length = 0;
        _tableAt = -1;
        _tableKnown = false;
    }

    /// <summary>Takes the next bytes of the file; <paramref name="offset"/> is where they begin.</summary>
    public void Add(ReadOnlySpan<byte> chunk, long offset)
    {
        var room = Math.Min(chunk.Length, MostKept - _length);
        if (room > 0)
        {
            Grow(_length + room);
            chunk[..room].CopyTo(_head.AsSpan(_length));
            _length += room;
        }

        if (offset + chunk.Length > MostKept)
        {
            KeepTable(chunk, offset);
        }
    }

    /// <summary>Exactly <paramref name="size"/> bytes at <paramref name="offset"/>, or none.</summary>
    public ReadOnlySpan<byte> At(long offset, int size)
    {
        var span = From(offset, size);
        return span.Length == size ? span : default;
    }

    /// <summary>Up to <paramref name="most"/> bytes from <paramref name="offset"/>.</summary>
    public ReadOnlySpan<byte> From(long offset, int most)
    {
        if (offset >= 0 && offset < _length)
        {
            return _head.AsSpan((int)offset, (int)Math.Min(most, _length - offset));
        }

        if (_tableAt >= 0 && offset >= _tableAt && offset < _tableAt + _table.Length)
        {
            var start = (int)(offset - _tableAt);
            return _table.AsSpan(start, Math.Min(most, _table.Length - start));
        }

        return default;
    }

    private void KeepTable(ReadOnlySpan<byte> chunk, long offset)
    {
        if (!_tableKnown)
        {
            _tableKnown = true;
            if (ElfFile.DynamicTable(Head) is { Size: > 0 and <= MostTable } found && found.Offset >= MostKept)
            {
                _tableAt = found.Offset;
                _table = new byte[found.Size];
            }
        }

        if (_tableAt < 0)
        {
            return;
        }

        var from = Math.Max(offset, _tableAt);
        var to = Math.Min(offset + chunk.Length, _tableAt + _table.Length);
        if (from < to)
        {
            chunk[(int)(from - offset)..(int)(to - offset)].CopyTo(_table.AsSpan((int)(from - _tableAt)));
        }
    }

    private void Grow(int length)
    {
        if (length > _head.Length)
        {
            Array.Resize(ref _head, Math.Min(MostKept, Math.Max(length, _head.Length * 2)));
        }
    }
}
