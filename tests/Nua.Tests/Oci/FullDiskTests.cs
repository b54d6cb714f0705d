using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Oci;

/// <summary>The disk is full at any point of a command: a coded error, the old state, nothing left over.</summary>
[Collection("power cuts")]
public sealed class FullDiskTests
{
    public static TheoryData<string> Commands => ["load", "tag", "save oci", "save oci-archive", "save docker-archive"];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_full_disk_changes_nothing(string command)
    {
        Assert.SkipUnless(Environment.UserName == "root", "mounting needs root");
        using var directory = new TempDirectory();
        var outside = ImageStore.Open(directory["outside"]);
        TestImages.PublishTypical(outside, "new:1", seed: 2);
        var mount = directory["full"];
        Directory.CreateDirectory(mount);
        InteropTests.Run("mount", "-t", "tmpfs", "-o", "size=8m", "none", mount);
        try
        {
            var store = ImageStore.Open(Path.Combine(mount, "store"));
            var old = TestImages.PublishTypical(store, "old:1", seed: 1);
            var filler = Path.Combine(mount, "filler");
            var codes = new HashSet<string>();
            var before = Listing(mount);
            foreach (var room in (int[])[0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 28, 30, 31, 32, 33, 34, 36, 40, 48, 64])
            {
                // As many 4 KiB pages as are left over after the room for the command.
                var free = new DriveInfo(mount).AvailableFreeSpace / 4096;
                File.WriteAllBytes(filler, new byte[Math.Max(0, free - room) * 4096]);
                try
                {
                    Run(command, mount, store, outside);
                    break;
                }
                catch (ProblemException error)
                {
                    codes.Add(error.Problems[0].Code);
                }

                File.Delete(filler);
                RemoveLooseBlobs(Path.Combine(mount, "saved"));
                Assert.Equal(before, Listing(mount));
                Assert.Empty(store.Verify(VerifyDepth.Content));
                Assert.Equal(old.Digest, store.Resolve("old:1").Manifest.Digest);
                Assert.Single(store.List());
            }

            File.Delete(filler);
            Assert.Equal([command.StartsWith("save", StringComparison.Ordinal) ? "NUA3208" : "NUA3101"], codes);

            // With room again the same command does it.
            Run(command, mount, store, outside);
            Assert.Empty(store.Verify(VerifyDepth.Content));
        }
        finally
        {
            InteropTests.Run("umount", mount);
        }
    }

    private static void Run(string command, string mount, ImageStore store, ImageStore outside)
    {
        var parts = command.Split(' ');
        switch (parts[0])
        {
            case "load":
                using (var source = ImageSource.Open(new ImageLocation.StoreName("new:1"), outside))
                {
                    ImageTransfer.Load(source, store);
                }

                break;
            case "tag":
                store.Tag(store.Resolve("old:1").Manifest, "other:1");
                break;
            default:
                ImageTransfer.Copy(
                    ImageLocation.Parse("new:1"), ImageLocation.Parse($"{parts[1]}:{Path.Combine(mount, "saved")}"), outside);
                break;
        }
    }

    /// <summary>A layout that could not be finished has no index, and nothing but whole blobs and its header.</summary>
    private static void RemoveLooseBlobs(string layout)
    {
        if (Directory.Exists(layout))
        {
            Assert.Empty(Directory.GetFiles(layout).Select(Path.GetFileName).Except(["oci-layout"]));
            Assert.All(Directory.GetFiles(Path.Combine(layout, "blobs"), "*", SearchOption.AllDirectories), blob => Assert.Equal(64, Path.GetFileName(blob).Length));
            Directory.Delete(layout, recursive: true);
        }
    }

    /// <summary>But for blobs that nothing refers to: pruning removes them.</summary>
    private static string Listing(string folder) => string.Join(
        '\n', Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/blobs/sha256/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
