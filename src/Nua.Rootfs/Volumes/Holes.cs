using Nua.Foundation.Linux;

namespace Nua.Rootfs.Volumes;

/// <summary>Where a sparse file has content.</summary>
internal static class Holes
{
    /// <summary>The pieces with content, in order, ends exclusive. A file system that does not tell has one piece.</summary>
    public static List<(long Start, long End)> DataOf(int fd, long size, string shown)
    {
        var pieces = new List<(long, long)>();
        long at = 0;
        while (at < size)
        {
            var start = VolumeCalls.Seek(fd, at, VolumeCalls.SeekData);
            if (start < 0)
            {
                if (Posix.LastError == VolumeCalls.ENxIo)
                {
                    break;
                }

                if (Posix.LastError == Libc.EInval)
                {
                    return [(0, size)];
                }

                Posix.Throw(Posix.LastError, "reading", shown);
            }

            var end = VolumeCalls.Seek(fd, start, VolumeCalls.SeekHole);
            if (end < 0)
            {
                Posix.Throw(Posix.LastError, "reading", shown);
            }

            if (start >= size)
            {
                break;
            }

            end = Math.Min(end, size);
            pieces.Add((start, end));
            at = end;
        }

        return pieces;
    }
}
