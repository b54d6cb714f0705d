using System.Diagnostics;
using System.Runtime.InteropServices;
using Nua.Testing;

namespace Nua.Tests.Oci;

/// <summary>
/// A file system in a file, whose power can be cut as far as a file system can tell: the kernel drops everything of it that was not
/// flushed (the call that xfs_io's "shutdown" uses), then it is repaired and mounted again.
/// </summary>
internal sealed partial class LoopDisk : IDisposable
{
    private const ulong GoingDown = 0x8004587D;

    private readonly string _image;
    private readonly string _kind;

    private LoopDisk(string image, string mountPoint, string kind)
    {
        _image = image;
        _kind = kind;
        MountPoint = mountPoint;
    }

    public string MountPoint { get; }

    /// <param name="kind"><c>ext4</c> or <c>xfs</c>.</param>
    /// <returns>Null where the machine cannot do it: it needs root, loop devices and the tools of the file system.</returns>
    public static LoopDisk? TryCreate(TempDirectory directory, string kind)
    {
        var disk = new LoopDisk(directory["disk"], directory["mnt"], kind);
        Directory.CreateDirectory(disk.MountPoint);
        using (var file = File.Create(disk._image))
        {
            // The least that XFS takes; the file is sparse.
            file.SetLength(kind == "xfs" ? 300 << 20 : 48 << 20);
        }

        var isMade = kind == "xfs" ? Run("mkfs.xfs", "-q", "-f", disk._image) : Run("mkfs.ext4", "-q", "-F", disk._image);
        return isMade && disk.Mount() ? disk : null;
    }

    /// <summary>From now on every write fails; nothing that was not flushed will be there after <see cref="Restart"/>.</summary>
    public void CutPower()
    {
        var fd = open(MountPoint, 0);
        uint flags = 2; // Not even the journal is flushed.
        var result = ioctl(fd, GoingDown, ref flags);
        _ = close(fd);
        Assert.Equal(0, result);
    }

    public void Restart()
    {
        Assert.True(Run("umount", MountPoint), $"something keeps the file system busy: {string.Join(", ", Users())}");
        if (_kind == "ext4")
        {
            _ = Run("e2fsck", "-p", _image);
        }

        Assert.True(Mount(), "it cannot be mounted again");
    }

    public void Dispose() => Run("umount", MountPoint);

    /// <summary>What this process, or another one, still has open there.</summary>
    private IEnumerable<string> Users() =>
        from process in Directory.EnumerateDirectories("/proc", "*").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0]))
        from file in Opened(process)
        where file.StartsWith(MountPoint, StringComparison.Ordinal)
        select $"{Path.GetFileName(process)} has {file}";

    private static IEnumerable<string> Opened(string process)
    {
        try
        {
            return [.. Directory.GetFileSystemEntries($"{process}/fd").Append($"{process}/cwd")
                .Select(link => new FileInfo(link).LinkTarget ?? "")];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private bool Mount() => Run("mount", "-o", "loop", _image, MountPoint);

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, ulong request, ref uint argument);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
