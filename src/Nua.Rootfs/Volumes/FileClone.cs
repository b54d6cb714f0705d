using System.Buffers;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Volumes;

/// <summary>Copies the content of one open file to another: by reflink where the file system can, else inside the kernel, else by hand. Holes
/// stay holes.</summary>
internal sealed unsafe class FileClone
{
    private const int Buffer = 1 << 20;
    private const nuint KernelStep = 256 << 20;

    private volatile bool _hasReflink = true;
    private volatile bool _hasKernelCopy = true;

    /// <summary>Bytes copied; 0 for a reflink.</summary>
    /// <param name="isReflink">The two share their content.</param>
    public long Copy(int from, int to, Node node, string shown, out bool isReflink)
    {
        isReflink = false;
        if (node.Size == 0)
        {
            return 0;
        }

        if (_hasReflink)
        {
            if (VolumeCalls.Reflink(to, from) == 0)
            {
                isReflink = true;
                return 0;
            }

            if (Posix.LastError is not (Libc.EOpNotSupp or Libc.EInval or VolumeCalls.EXDev or VolumeCalls.ENoTty or VolumeCalls.ENoSys or Libc.EPerm))
            {
                Posix.Throw(Posix.LastError, "copying", shown);
            }

            // One file may be special (a swap file gives EINVAL); a file system without reflinks gives the others.
            _hasReflink = Posix.LastError == Libc.EInval;
        }

        long copied = 0;
        if (node.IsSparse)
        {
            Posix.Check(VolumeCalls.Truncate(to, node.Size), "writing", shown);
            foreach (var (start, end) in Holes.DataOf(from, node.Size, shown))
            {
                copied += Range(from, to, start, end, shown);
            }
        }
        else
        {
            copied = Range(from, to, 0, node.Size, shown);
        }

        return copied;
    }

    private long Range(int from, int to, long start, long end, string shown)
    {
        var at = start;
        while (_hasKernelCopy && at < end)
        {
            var (source, target) = (at, at);
            var step = (nuint)Math.Min((long)KernelStep, end - at);
            var count = VolumeCalls.CopyFileRange(from, &source, to, &target, step, 0);
            if (count > 0)
            {
                at += count;
            }
            else if (count == 0)
            {
                throw Node.Changed(shown);
            }
            else if (Posix.LastError is VolumeCalls.EXDev or Libc.EInval or VolumeCalls.ENoSys or Libc.EOpNotSupp or Libc.EPerm)
            {
                _hasKernelCopy = false;
            }
            else if (Posix.LastError != Libc.EIntr)
            {
                Posix.Throw(Posix.LastError, "copying", shown);
            }
        }

        if (at < end)
        {
            ByHand(from, to, at, end, shown);
        }

        return end - start;
    }

    private static void ByHand(int from, int to, long at, long end, string shown)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        try
        {
            fixed (byte* pointer = buffer)
            {
                while (at < end)
                {
                    var count = Posix.Check(
                        VolumeCalls.ReadAt(from, pointer, (nuint)Math.Min(Buffer, end - at), at), "reading", shown);
                    if (count == 0)
                    {
                        throw Node.Changed(shown);
                    }

                    for (nint done = 0; done < count;)
                    {
                        done += Posix.Check(
                            VolumeCalls.WriteAt(to, pointer + done, (nuint)(count - done), at + done), "writing", shown);
                    }

                    at += count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
