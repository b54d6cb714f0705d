using System.Diagnostics;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Oci;

/// <summary>Alone: a mount namespace that another test makes meanwhile would keep the file system mounted.</summary>
[CollectionDefinition("power cuts", DisableParallelization = true)]
public sealed class PowerCuts;

/// <summary>The power is cut more than a hundred times: right after a command was acknowledged, and at any instant of one.</summary>
[Collection("power cuts")]
public sealed class PowerCutTests
{
    private const int CutsOfEachKind = 28;

    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void What_was_acknowledged_survives_a_power_cut(string fileSystem) => Cut(fileSystem, (disk, work, expected, _) =>
    {
        work();
        disk.CutPower();
        return expected;
    });

    /// <summary>After the cut every call of the work that goes on fails with EIO: that must be a coded error too.</summary>
    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void A_power_cut_in_the_middle_leaves_the_state_before_or_after(string fileSystem)
    {
        var random = new Random(1);
        var longest = TimeSpan.FromMilliseconds(20);
        Cut(fileSystem, (disk, work, _, _) =>
        {
            var wait = random.NextDouble() * longest;
            var began = Stopwatch.GetTimestamp();
            using var start = new ManualResetEventSlim();
            var task = Task.Run(() =>
            {
                start.Set();
                work();
            });
            start.Wait();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(began) > wait);
            disk.CutPower();
            try
            {
                task.GetAwaiter().GetResult();
                longest = Stopwatch.GetElapsedTime(began);
            }
            catch (ProblemException error)
            {
                Assert.Contains(error.Problems[0].Code, (string[])["NUA3101", "NUA3117"]);
            }

            return null;
        });
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void Written_archives_and_layouts_survive_a_power_cut(string fileSystem)
    {
        using var directory = new TempDirectory();
        using var disk = Create(directory, fileSystem);
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "a:1");
        foreach (var form in (string[])["oci", "oci-archive", "docker-archive"])
        {
            var place = ImageLocation.Parse($"{form}:{Path.Combine(disk.MountPoint, form)}");
            ImageTransfer.Copy(ImageLocation.Parse("a:1"), place, store);
            disk.CutPower();
            disk.Restart();
            using var source = ImageSource.Open(place, null);
            Assert.True(form == "docker-archive" || source.Root.Digest == root.Digest);
            ImageTree.Read(source.OpenImage());
        }
    }

    /// <summary>
    /// One store, one command after the other, the power cut each time.
    /// </summary>
    /// <param name="cut">Given the work and the names it gives when all is well; answers the names there must be, or null when it may be
    /// those from before as well.</param>
    private static void Cut(string fileSystem, Func<LoopDisk, Action, Dictionary<string, Digest>, int, Dictionary<string, Digest>?> cut)
    {
        using var directory = new TempDirectory();
        using var disk = Create(directory, fileSystem);
        var place = Path.Combine(disk.MountPoint, "store");
        var outside = ImageStore.Open(directory["outside"]);
        var archive = new ImageLocation.OciArchive(directory["image.tar"], null);
        TestImages.PublishTypical(ImageStore.Open(place), "first:1", seed: 999);
        var names = new Dictionary<string, Digest> { ["first:1"] = ImageStore.Open(place).Resolve("first:1").Manifest.Digest };
        for (var round = 0; round < CutsOfEachKind; round++)
        {
            var before = new Dictionary<string, Digest>(names);
            var after = new Dictionary<string, Digest>(names);
            var work = Work(round, ImageStore.Open(place), outside, archive, after);
            var must = cut(disk, work, after, round);
            disk.Restart();

            var store = ImageStore.Open(place);
            Assert.Empty(store.Verify(VerifyDepth.Content));
            names = store.List().Where(image => image.Name is not null).ToDictionary(image => image.Name!, image => image.Manifest.Digest);
            Assert.True(
                Same(names, must ?? after) || (must is null && Same(names, before)),
                $"round {round}: {string.Join(' ', names.Keys)} instead of {string.Join(' ', after.Keys)} or {string.Join(' ', before.Keys)}");
            ImageTree.Read(store.OpenImage("first:1"));
        }
    }

    private static Action Work(
        int round, ImageStore store, ImageStore outside, ImageLocation.OciArchive archive, Dictionary<string, Digest> after)
    {
        var name = $"image{round % 5}:1";
        switch (round % 7)
        {
            case 0 or 3:
                ImageTransfer.Copy(
                    new ImageLocation.StoreDigest(TestImages.PublishTypical(outside, name, seed: round).Digest), archive, outside);
                using (var source = ImageSource.Open(archive, null))
                {
                    after[name] = source.Root.Digest;
                }

                return () => ImageTransfer.Copy(archive, new ImageLocation.StoreName(name), store);
            case 1 or 4:
                // What a build does at its end: layers, documents, a record, the name.
                after[name] = TestImages.PublishTypical(outside, name, seed: round).Digest;
                return () =>
                {
                    TestImages.PublishTypical(store, name, seed: round);
                    store.WriteRecord(RecordKind.Builds, $"round-{round}", "{}"u8);
                };
            case 2:
                after[$"tag{round}:1"] = after["first:1"];
                return () => store.Tag(store.Resolve("first:1").Manifest, $"tag{round}:1");
            case 5:
                var victim = after.Keys.Order(StringComparer.Ordinal).LastOrDefault(key => key != "first:1");
                if (victim is null)
                {
                    goto default;
                }

                after.Remove(victim);
                return () => store.Remove(victim);
            default:
                return () => store.Prune(new PruneOptions { Grace = TimeSpan.Zero, CacheAge = TimeSpan.Zero });
        }
    }

    private static bool Same(Dictionary<string, Digest> one, Dictionary<string, Digest> other) =>
        one.Count == other.Count && one.All(pair => other.TryGetValue(pair.Key, out var digest) && digest == pair.Value);

    private static LoopDisk Create(TempDirectory directory, string fileSystem)
    {
        var disk = LoopDisk.TryCreate(directory, fileSystem);
        Assert.SkipWhen(disk is null, $"needs root, loop devices and mkfs.{fileSystem}");
        return disk;
    }
}
