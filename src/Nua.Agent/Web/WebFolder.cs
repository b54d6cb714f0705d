using System.Runtime.InteropServices;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Web;

/// <summary>
/// Opens files below one folder. The kernel itself sees to it that no <c>..</c> and no link leads out (openat2 with
/// RESOLVE_BENEATH); where a seccomp profile does not know that call, links are not followed at all.
/// </summary>
internal sealed unsafe partial class WebFolder : IDisposable
{
    private const int _openat2 = 437;
    private const ulong _noMagicLinks = 2, _beneath = 8;
    private readonly int _fd;
    private bool _hasOpenat2 = true;

    private WebFolder(int fd) => _fd = fd;

    /// <exception cref="Foundation.ProblemException">NUA6071</exception>
    public static WebFolder Open(string path)
    {
        var fd = Libc.Open(Posix.Path(path), Libc.OPath | Libc.ODirectory | Libc.OCloExec, 0);
        return fd < 0 ? throw Refusal.NoWebRoot(path) : new WebFolder(fd);
    }

    /// <summary>Opens a file or folder for reading.</summary>
    /// <param name="relative">Without a leading slash.</param>
    /// <returns>a descriptor; or minus the errno.</returns>
    public int OpenBelow(string relative)
    {
        var path = Posix.Path(relative.Length == 0 ? "." : relative.TrimEnd('/'));
        if (_hasOpenat2)
        {
            var how = new OpenHow
            {
                Flags = Libc.ORdOnly | Libc.OCloExec | Libc.ONonBlock,
                Resolve = _beneath | _noMagicLinks,
            };
            fixed (byte* start = path)
            {
                var fd = (int)SysCall(_openat2, _fd, start, &how, (nuint)sizeof(OpenHow));
                if (fd >= 0)
                {
                    return fd;
                }
            }

            if (Posix.LastError is not (Native.ENoSys or Libc.EPerm))
            {
                return -Posix.LastError;
            }

            _hasOpenat2 = false;
        }

        return OpenStepByStep(relative.TrimEnd('/').Split('/'));
    }

    public void Dispose() => _ = Libc.Close(_fd);

    private int OpenStepByStep(string[] segments)
    {
        var directory = _fd;
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            var flags = Libc.ONoFollow | Libc.OCloExec | (isLast
                ? Libc.ORdOnly | Libc.ONonBlock : Libc.OPath | Libc.ODirectory);
            var next = Libc.OpenAt(directory, Posix.Path(segments[i].Length == 0 ? "." : segments[i]), flags, 0);
            var error = Posix.LastError;
            if (directory != _fd)
            {
                _ = Libc.Close(directory);
            }

            if (next < 0)
            {
                return -error;
            }

            directory = next;
        }

        return directory;
    }

    /// <summary>glibc has no wrapper for openat2.</summary>
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SysCall(nint number, nint directory, byte* path, OpenHow* how, nuint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
