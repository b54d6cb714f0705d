using System.Diagnostics;
using System.Runtime.InteropServices;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

/// <summary>
/// Cuts the power, as far as a file system can tell: the kernel drops everything of it that was not flushed
/// (the ioctl that xfs_io's "shutdown" uses), then it is repaired and mounted again.
/// </summary>
/// <remarks>Alone: a mount namespace that another test makes meanwhile would keep the file system mounted.</remarks>
[CollectionDefinition("power cuts", DisableParallelization = true)]
public sealed class PowerCuts;

[Collection("power cuts")]
public sealed partial class PowerCutTests
{
    private const ulong GoingDown = 0x8004587D;

    [Fact]
    public void What_was_acknowledged_survives_a_power_cut()
    {
        using var directory = new TempDirectory();
        using var disk = Disk.TryCreate(directory);
        Assert.SkipWhen(disk is null, "needs root, loop devices and mkfs.ext4");
        var acknowledged = new Dictionary<string, Digest>();
        for (var round = 0; round < 12; round++)
        {
            var store = ImageStore.Open(Path.Combine(disk.MountPoint, "store"));
            Assert.Empty(store.Verify(VerifyDepth.Content));
            foreach (var (name, digest) in acknowledged)
            {
                Assert.Equal(digest, store.Resolve(name).Manifest.Digest);
            }

            for (var i = 0; i <= round % 3; i++)
            {
                var name = $"image{(round + i) % 5}:1";
                acknowledged[name] = TestImages.PublishTypical(store, name, seed: (round * 10) + i).Digest;
            }

            if (round % 4 == 3)
            {
                store.Prune(new PruneOptions { Grace = TimeSpan.Zero, CacheAge = TimeSpan.Zero });
            }

            disk.CutPower();
        }
    }

    [Fact]
    public void Written_archives_and_layouts_survive_a_power_cut()
    {
        using var directory = new TempDirectory();
        using var disk = Disk.TryCreate(directory);
        Assert.SkipWhen(disk is null, "needs root, loop devices and mkfs.ext4");
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "a:1");
        foreach (var form in (string[])["oci", "oci-archive", "docker-archive"])
        {
            var place = ImageLocation.Parse($"{form}:{Path.Combine(disk.MountPoint, form)}");
            ImageTransfer.Copy(ImageLocation.Parse("a:1"), place, store);
            disk.CutPower();
            using var source = ImageSource.Open(place, null);
            Assert.True(form == "docker-archive" || source.Root.Digest == root.Digest);
            Nua.Oci.Layers.ImageTree.Read(source.OpenImage());
        }
    }

    /// <summary>An ext4 file system in a file.</summary>
    private sealed class Disk : IDisposable
    {
        private readonly string _image;

        private Disk(string image, string mountPoint)
        {
            _image = image;
            MountPoint = mountPoint;
        }

        public string MountPoint { get; }

        public static Disk? TryCreate(TempDirectory directory)
        {
            var disk = new Disk(directory["disk"], directory["mnt"]);
            Directory.CreateDirectory(disk.MountPoint);
            using (var file = File.Create(disk._image))
            {
                file.SetLength(48 << 20);
            }

            return Run("mkfs.ext4", "-q", "-F", disk._image) && disk.Mount() ? disk : null;
        }

        public void CutPower()
        {
            var fd = open(MountPoint, 0);
            uint flags = 2; // Not even the journal is flushed.
            Assert.Equal(0, ioctl(fd, GoingDown, ref flags));
            _ = close(fd);

            Assert.True(Run("umount", MountPoint));
            _ = Run("e2fsck", "-p", _image);
            Assert.True(Mount());
        }

        public void Dispose() => Run("umount", MountPoint);

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
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int fd, ulong request, ref uint argument);

    [LibraryImport("libc")]
    private static partial int close(int fd);
}
