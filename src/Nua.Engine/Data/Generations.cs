using System.Globalization;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Rootfs.Volumes;
using Nua.Sandbox;

namespace Nua.Engine.Data;

/// <summary>
/// The generations of one instance: folders <c>generations/N</c>, each with one folder for every volume of class <c>data</c>. A generation that has its
/// number is complete and on the disk; one that is being made is <c>N.part</c>. Call everything here with the instance's lock held.
/// </summary>
/// <remarks>Errors: NUA5105 the disk is full (exit code 73); those of <see cref="IVolumeWork"/>.</remarks>
public sealed class Generations : IDisposable
{
    /// <summary>A folder beside the generations for what is packed into a backup or comes out of one. It may vanish between commands.</summary>
    public const string Staging = "backup";

    /// <summary>In the staging folder: what an application's own backup command leaves, and what its own restore reads.</summary>
    public const string Files = "files";

    private const string Unfinished = ".part";
    private const uint OwnerOnly = 0x1C0, OwnerAndSandbox = 0x1C8;

    private readonly InstanceFolder _instance;
    private readonly IVolumeWork _work;

    private Generations(InstanceFolder instance, IVolumeWork work) => (_instance, _work) = (instance, work);

    /// <param name="ids">Of the engine that runs the instance.</param>
    public static Generations Open(InstanceFolder instance, VolumeIds ids)
    {
        Prepare(instance, ids);
        return new Generations(
            instance, ids == VolumeIds.Host ? new VolumeWork(instance.StoreHome) : new VolumeWorkshop(instance.StoreHome));
    }

    /// <summary>Numbers of the complete generations, lowest first.</summary>
    public IReadOnlyList<int> List() =>
        [.. Names().Where(name => IsNumber(name)).Select(name => int.Parse(name, CultureInfo.InvariantCulture)).Order()];

    public bool Exists(int number) => Directory.Exists(_instance.Generation(number));

    /// <summary>A generation of empty volumes that belong to the application.</summary>
    public void CreateEmpty(int number, IReadOnlyList<NewVolume> volumes) => Guard(Folder(number), () =>
    {
        _work.Create(Folder(number), volumes);
        return 0;
    });

    /// <summary>A copy that shares its content with the original where the file system can, a full one elsewhere: see
    /// <see cref="CopyReport.Way"/>. Nothing may write to the original meanwhile.</summary>
    public CopyReport Clone(int from, int to, CancellationToken cancel = default)
    {
        if (!CanReflink())
        {
            RequireSpace(Measure(from).Bytes, $"a copy of generation {from}");
        }

        return Guard(Folder(to), () => _work.Clone(Folder(from), Folder(to), cancel));
    }

    /// <summary>Makes those volumes that a generation has not, empty: another release may want more than the one whose copy it is.</summary>
    public void AddVolumes(int number, IReadOnlyList<NewVolume> volumes) => _work.Add(Folder(number), volumes);

    /// <summary>Removes a generation, complete or not; no error when there is none.</summary>
    public void Remove(int number) => _work.Remove(Folder(number));

    /// <summary>Removes what a command that was cut off has left.</summary>
    /// <returns>Its names.</returns>
    public IReadOnlyList<string> RemoveUnfinished()
    {
        var left = Names().Where(name => name.EndsWith(Unfinished, StringComparison.Ordinal)).Select(name => name[..^Unfinished.Length]).ToList();
        foreach (var name in left)
        {
            _work.Remove($"{Root}/{name}");
        }

        RemoveStaging();
        return left;
    }

    /// <summary>Empties the volumes of class <c>cache</c>, whoever owns what is in them.</summary>
    public void RemoveCaches()
    {
        foreach (var cache in Directory.Exists(_instance.Caches) ? Directory.EnumerateDirectories(_instance.Caches) : [])
        {
            _work.Remove($"instances/{_instance.Name}/cache/{Path.GetFileName(cache)}");
        }
    }

    /// <summary>The volumes of a generation as a tar, each path behind <paramref name="prefix"/>. What was read is whole only when this
    /// returns.</summary>
    public CopyReport Pack(int number, string prefix, Action<Stream> read, CancellationToken cancel = default) =>
        _work.Pack(Folder(number), prefix, read, cancel);

    /// <summary>A new generation of what <paramref name="write"/> writes as tar. When that throws, there is none.</summary>
    public CopyReport Unpack(int number, Action<Stream> write) => Guard(Folder(number), () => _work.Unpack(Folder(number), write));

    /// <summary>The staging folder, empty but for the folders given.</summary>
    public void CreateStaging(IReadOnlyList<NewVolume> folders)
    {
        RemoveStaging();
        Guard(StagingFolder, () =>
        {
            _work.Create(StagingFolder, folders);
            return 0;
        });
    }

    /// <summary>A copy of a generation in the staging folder, so that the application can go on while it is packed.</summary>
    public CopyReport CloneToStaging(int from, CancellationToken cancel = default)
    {
        RemoveStaging();
        return Guard(StagingFolder, () => _work.Clone(Folder(from), StagingFolder, cancel));
    }

    /// <summary>What <paramref name="write"/> writes as tar, in the staging folder. When that throws, there is none.</summary>
    public CopyReport UnpackStaging(Action<Stream> write)
    {
        RemoveStaging();
        return Guard(StagingFolder, () => _work.Unpack(StagingFolder, write));
    }

    public CopyReport PackStaging(string prefix, Action<Stream> read, CancellationToken cancel = default) =>
        _work.Pack(StagingFolder, prefix, read, cancel);

    public void RemoveStaging() => _work.Remove(StagingFolder);

    public FolderSize Measure(int number) => _work.Measure(Folder(number));

    /// <summary>Copies share their content with the original.</summary>
    public bool CanReflink() => _work.CanReflink(Root);

    /// <summary>Bytes that may still be written where generations are.</summary>
    public long FreeBytes => new DriveInfo(_instance.Path).AvailableFreeSpace;

    /// <exception cref="ProblemException">NUA5105, exit code 73.</exception>
    public void RequireSpace(long bytes, string what)
    {
        if (FreeBytes < bytes)
        {
            throw Full($"{what} needs {bytes} bytes, {FreeBytes} are free");
        }
    }

    public void Dispose() => _work.Dispose();

    private string StagingFolder => $"{Root}/{Staging}";

    private string Root => $"instances/{_instance.Name}/generations";

    private string Folder(int number) => string.Create(CultureInfo.InvariantCulture, $"{Root}/{number}");

    /// <summary>The folders on the way are closed to everybody but the operator and the sandbox's root, who must walk through them.</summary>
    private static void Prepare(InstanceFolder instance, VolumeIds ids)
    {
        var generations = $"{instance.Path}/generations";
        if (Directory.Exists(generations))
        {
            return;
        }

        DurableFile.CreateDirectory(instance.Path, OwnerOnly);
        if (ids == VolumeIds.Sandbox)
        {
            var (uid, gid) = Namespaces.RootIds(HostTools.Find());
            if (HostTools.IsRoot)
            {
                Give(InstanceFolder.Root(instance.StoreHome), 0, gid, OwnerAndSandbox);
                Give(instance.Path, 0, gid, OwnerAndSandbox);
            }

            var fresh = generations + ".new";
            DurableFile.CreateDirectory(fresh, OwnerOnly);
            Give(fresh, uid, gid, OwnerOnly);
            DurableFile.Rename(fresh, generations);
        }
        else
        {
            DurableFile.CreateDirectory(generations, OwnerOnly);
        }
    }

    private static void Give(string folder, uint uid, uint gid, uint mode)
    {
        Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(folder), uid, gid, 0), "giving to the sandbox", folder);
        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(folder), mode, 0), "opening to the sandbox", folder);
    }

    private IEnumerable<string> Names() =>
        Directory.EnumerateDirectories($"{_instance.Path}/generations").Select(path => Path.GetFileName(path));

    private static bool IsNumber(string name) => name.Length is > 0 and < 10 && name.All(char.IsAsciiDigit);

    private T Guard<T>(string folder, Func<T> make)
    {
        if (Directory.Exists($"{_instance.StoreHome}/{folder}"))
        {
            throw new InvalidOperationException($"{folder} is there already");
        }

        try
        {
            return make();
        }
        catch (ProblemException failure) when (failure.Problems.Any(problem => problem.Code == "NUA4031"))
        {
            throw Full("the disk became full while data was copied", failure);
        }
        catch (IOException failure) when (Posix.IsDiskFull(failure))
        {
            throw Full("the disk became full while data was copied", failure);
        }
    }

    private ProblemException Full(string why, Exception? inner = null) => new(
        new Problem("NUA5105", $"there is no room for the data of '{_instance.Name}'")
        {
            Where = Printable.Escape(_instance.Path, 300),
            Why = why,
            Remedy = "free space on that disk; nothing was changed",
        },
        inner)
    { ExitCode = 73 };
}
