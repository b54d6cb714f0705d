using Microsoft.Win32.SafeHandles;

namespace Nua.Oci.Archives;

/// <summary>A part of a file. Several can be read at the same time, since reading does not move a common
/// position.</summary>
internal sealed class FileSlice(SafeFileHandle file, long start, long length) : ReadOnlyStream
{
    private long _position;

    public override bool CanSeek => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => _position = Math.Clamp(value, 0, length);
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Min(buffer.Length, length - _position);
        try
        {
            var read = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], start + _position);
            _position += read;
            return read;
        }
        catch (NotSupportedException error)
        {
            // What .NET makes of a disk that fails: it is a regular file.
            throw new IOException("the file cannot be read", error);
        }
    }
}
