using System.Globalization;
using System.Text;
using Nua.Foundation.Linux;
using Nua.Oci;
using Nua.Oci.Tar;

namespace Nua.Rootfs.Volumes;

/// <summary>A sparse file in GNU tar's form 1.0: the map of its pieces, padded, then the pieces. See <see cref="SparseMap"/>.</summary>
internal sealed unsafe class SparseContent : ReadOnlyStream
{
    private readonly int _fd;
    private readonly string _shown;
    private readonly List<(long Start, long End)> _pieces;
    private readonly byte[] _map;
    private int _mapAt;
    private int _piece;
    private long _at;

    public SparseContent(int fd, long size, string shown)
    {
        (_fd, _shown) = (fd, shown);
        _pieces = Holes.DataOf(fd, size, shown);
        // GNU tar marks a hole at the end by an empty piece there.
        List<(long Start, long End)> listed = _pieces.Count > 0 && _pieces[^1].End == size ? _pieces : [.. _pieces, (size, size)];
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{listed.Count}\n");
        foreach (var (start, end) in listed)
        {
            text.Append(CultureInfo.InvariantCulture, $"{start}\n{end - start}\n");
        }

        _map = new byte[(text.Length + SparseMap.Block - 1) / SparseMap.Block * SparseMap.Block];
        Encoding.ASCII.GetBytes(text.ToString(), _map);
        _at = _pieces.Count > 0 ? _pieces[0].Start : 0;
    }

    /// <summary>Of map and pieces.</summary>
    public override long Length => _map.Length + _pieces.Sum(piece => piece.End - piece.Start);

    public override int Read(Span<byte> buffer)
    {
        if (_mapAt < _map.Length)
        {
            var count = Math.Min(buffer.Length, _map.Length - _mapAt);
            _map.AsSpan(_mapAt, count).CopyTo(buffer);
            _mapAt += count;
            return count;
        }

        if (_piece == _pieces.Count || buffer.IsEmpty)
        {
            return 0;
        }

        fixed (byte* pointer = buffer)
        {
            var wanted = (nuint)Math.Min(buffer.Length, _pieces[_piece].End - _at);
            var count = Posix.Check(VolumeCalls.ReadAt(_fd, pointer, wanted, _at), "reading", _shown);
            if (count == 0)
            {
                throw Node.Changed(_shown);
            }

            _at += count;
            if (_at == _pieces[_piece].End && ++_piece < _pieces.Count)
            {
                _at = _pieces[_piece].Start;
            }

            return (int)count;
        }
    }
}
