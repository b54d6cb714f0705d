using Nua.Foundation.Linux;
using Nua.Oci;

namespace Nua.Rootfs.Volumes;

/// <summary>An open file from its beginning, as long as it was when it was looked at.</summary>
internal sealed unsafe class FileReadStream(int fd, long size, string shown) : ReadOnlyStream
{
    private long _at;

    /// <exception cref="Nua.Foundation.ProblemException">NUA4074: it has become shorter.</exception>
    public override int Read(Span<byte> buffer)
    {
        var wanted = (nuint)Math.Min(buffer.Length, size - _at);
        if (wanted == 0)
        {
            return 0;
        }

        fixed (byte* pointer = buffer)
        {
            var count = Posix.Check(VolumeCalls.ReadAt(fd, pointer, wanted, _at), "reading", shown);
            if (count == 0)
            {
                throw Node.Changed(shown);
            }

            _at += count;
            return (int)count;
        }
    }
}
