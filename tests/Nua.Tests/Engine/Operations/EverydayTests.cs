using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Engine.Operations;
using Nua.Foundation;
using Nua.Tests.Engine.Data;

namespace Nua.Tests.Engine.Operations;

/// <summary>On a disk without a free byte, where an operator most wants to stop and to remove things. Needs root, for the disk.</summary>
public sealed class EverydayTests : IDisposable
{
    private readonly Operator _operator = new();

    public void Dispose() => _operator.Dispose();

    [Fact]
    public async Task Instance_on_a_full_disk_is_stopped_and_what_could_not_be_noted_is_said()
    {
        var (folder, world) = _operator.Running();
        using var disk = Fill(folder);
        using (var instance = Instance.Open(folder))
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => new Everyday(_operator.Place(instance, world)).StopAsync(default));
            Assert.Equal(("NUA5209", 73), (refused.Problems[0].Code, refused.ExitCode));
        }

        Assert.Null(world.Running);
        Assert.True(Instance.ReadRecord(folder)!.IsWanted);

        File.Delete(Filler(folder));
        using (var instance = Instance.Open(folder))
        {
            await new Everyday(_operator.Place(instance, world)).StopAsync(default);
        }

        Assert.False(Instance.ReadRecord(folder)!.IsWanted);
    }

    [Fact]
    public async Task Instance_on_a_full_disk_can_be_destroyed()
    {
        var (folder, world) = _operator.Running();
        Directory.CreateDirectory(folder.Log);
        File.WriteAllBytes($"{folder.Log}/{LogFiles.Name(0)}", new byte[5000]);
        using var disk = Fill(folder);
        using (var instance = Instance.Open(folder))
        {
            await new Everyday(_operator.Place(instance, world)).DestroyAsync(null, default);
        }

        Assert.False(Directory.Exists(folder.Path));
        Assert.Empty(world.Generations);
    }

    private static string Filler(InstanceFolder folder) => folder.StoreHome + "/filler";

    /// <summary>The same instance on a disk that is full.</summary>
    private static SmallDisk Fill(InstanceFolder folder)
    {
        var files = Directory.GetFiles(folder.Path, "*", SearchOption.AllDirectories).ToDictionary(path => path, File.ReadAllBytes);
        var disk = new SmallDisk(folder.StoreHome, 256);
        foreach (var (path, content) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
        }

        using var filler = File.Create(Filler(folder), 1);
        Assert.Throws<IOException>(() => filler.Write(new byte[1 << 20]));
        return disk;
    }
}
