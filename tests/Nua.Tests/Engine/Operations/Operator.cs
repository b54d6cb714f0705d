using System.Text;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Engine.Verifying;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Engine.Operations;

/// <summary>A store with a few versions of one application, and instances of it one after another.</summary>
internal sealed class Operator : IDisposable
{
    private readonly string _home;
    private readonly ImageStore _store;
    private readonly HurryingTime _time = new();
    private int _instances;

    public Operator()
    {
        // In memory where that is: thousands of records are written, each synced.
        _home = Directory.CreateDirectory(
            Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"nua-test-{Guid.NewGuid():n}")).FullName;
        _store = ImageStore.Open(_home);
        foreach (var (version, data) in ((string, int)[])[("1.0", 1), ("1.1", 2), ("1.2", 2), ("2.0", 3), ("3.0", 4), ("3.1", 4)])
        {
            Releases[version] = Publish(version, data);
        }
    }

    /// <summary>1.1 and 1.2 work on the same data, 3.0 and 3.1 even at the same time.</summary>
    public Dictionary<string, Release> Releases { get; } = [];

    public HurryingTime Time => _time;

    /// <summary>In true time: what the test waits for is done elsewhere.</summary>
    public static async Task AwaitAsync(Func<bool> isSo)
    {
        for (var tries = 0; !isSo(); tries++)
        {
            Assert.True(tries < 1000, "still not so after 10 s");
            await Task.Delay(10);
        }
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    /// <summary>An instance that serves version 1.0 on generation 3 and keeps generation 2, with three writes.</summary>
    public (InstanceFolder Folder, World World) Running(string version = "1.0")
    {
        var folder = Fresh();
        var release = Releases[version];
        var world = new World(_time);
        world.Generations[2] = new Data(release.DataVersion, [], IsHalf: false);
        world.Generations[3] = new Data(release.DataVersion, [], IsHalf: false);
        using var instance = Instance.Open(folder);
        instance.Commit(new InstanceRecord
        {
            Name = folder.Name.ToString(),
            Engine = "local",
            Sequence = 0,
            Release = release,
            Generation = 3,
            LastGeneration = 3,
            IsWanted = true,
            Settings = new InstanceSettings(),
            Kept = [new KeptGeneration(2, release, OperationKind.Upgrade, DateTimeOffset.UnixEpoch)],
            Created = DateTimeOffset.UnixEpoch,
        });
        var place = Place(instance, world);
        place.Images.Hold(release, 2);
        place.Images.Hold(release, 3);
        place.Engine.StartAsync(place.Containers.Service(release, 3, new InstanceSettings(), "manual"), default).GetAwaiter().GetResult();
        _time.CreateTimer(_ => { }, null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        place.Engine.SetGateAsync(folder, isOpen: true, default).GetAwaiter().GetResult();
        return (folder, world.Reborn(0));
    }

    public (InstanceFolder Folder, World World) Nothing() => (Fresh(), new World(_time));

    public Workplace Place(Instance instance, World world, Action<string>? tell = null) =>
        new(instance, world, world, new Containers(_store, instance.Folder), new HeldImages(_store, instance.Folder))
        {
            Time = _time,
            Tell = tell ?? (_ => { }),
        };

    public SwitchOrder Upgrade(InstanceRecord record, string to) => new()
    {
        Kind = OperationKind.Upgrade,
        Target = Releases[to],
        Settings = record.Settings,
        IsWanted = record.IsWanted,
        Filling = new Filling.CloneOf(record.Generation),
        Verbs = Releases[to].DataVersion == record.Release.DataVersion ? [] : [new SwitchVerb(Releases[to], ["upgrade"], "update", 60)],
        Reason = "update",
        IsForwardSafe = Releases[to].DataVersion == record.Release.DataVersion,
        Seedings = [new Seeding(1, new Dictionary<string, string>())],
    };

    public SwitchOrder Rollback(InstanceRecord record, string to) => Upgrade(record, to) with
    {
        Kind = OperationKind.Rollback,
        Verbs =
        [
            new SwitchVerb(record.Release, ["rollback"], "rollback", 60)
            {
                Env = new Dictionary<string, string> { ["NUA_TO_DATA_VERSION"] = Releases[to].DataVersion.ToString() },
            },
        ],
    };

    public SwitchOrder Install(string version) => new()
    {
        Kind = OperationKind.Install,
        Target = Releases[version],
        Settings = new InstanceSettings(),
        IsWanted = true,
        Filling = new Filling.Empty(),
        Verbs = [new SwitchVerb(Releases[version], ["upgrade"], "install", 60)],
        Reason = "install",
    };

    public SwitchOrder Restore(InstanceRecord record, World world) => Install(record.Release.Version) with
    {
        Kind = OperationKind.Restore,
        Settings = record.Settings,
        Filling = new Filling.Written((generation, cancel) => world.CreateAsync(generation, record.Release, cancel)),
        Verbs = [new SwitchVerb(record.Release, ["upgrade"], "restore", 60)],
    };

    public IReadOnlyList<string> HeldNames(InstanceFolder folder) =>
        [.. _store.List().Select(image => image.Name).OfType<string>().Where(name => name.StartsWith($"instance/{folder.Name}:", StringComparison.Ordinal))];

    private InstanceFolder Fresh()
    {
        // One name for all, so that the store's index does not grow with the number of runs.
        var folder = new InstanceFolder($"{_home}/run{_instances++}", InstanceName.Parse("notes"));
        new HeldImages(_store, folder).Keep([]);
        return folder;
    }

    private Release Publish(string version, int dataVersion)
    {
        var overlap = version.StartsWith("3.", StringComparison.Ordinal) ? "true" : "false";
        var config = Encoding.UTF8.GetBytes(
            $$$"""
            {"runtime":{"app_id":"notes","version":"{{{version}}}"},
             "verify":{"check-command":"look for it"},
             "lifecycle":{"contract":1,"data_version":{{{dataVersion}}},"rollback":{"mode":"script"},"overlap":{{{overlap}}},"start":{"ready_timeout":20},
                          "volumes":[{"name":"data","path":"/nua/data"}]}}
            """);
        using var writer = _store.BeginWrite();
        using var layer = new LayerWriter(writer, LayerCompression.None);
        foreach (var folder in (string[])[".", "nua", "nua/metadata"])
        {
            layer.Add(TestImages.Directory(folder));
        }

        layer.Add(TestImages.File("nua/metadata/nua-config.json", config.Length), config);
        var image = TestImages.Publish(writer, $"notes:{version}", [layer.Complete()]);
        return new Release(image.Digest.ToString(), $"notes:{version}", "notes", version, dataVersion);
    }
}
