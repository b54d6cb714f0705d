using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci.Layers;
using Nua.Oci.Tar;
using Nua.Rootfs.Trees;

namespace Nua.Rootfs.Volumes;

/// <summary>Volumes handled by this very process: as the host's root, or as the worker, which is root of its user namespace.</summary>
/// <param name="home">The store's folder as this process sees it.</param>
public sealed class VolumeWork(string home) : IVolumeWork
{
    private const string Unfinished = ".part";

    /// <summary>A backup may be larger than any layer: the number of files is bounded by the disk, the memory for each is not.</summary>
    public static readonly TarLimits Limits = TarLimits.Default with
    {
        MaxEntries = int.MaxValue,
        MaxTotalHeaderBytes = long.MaxValue,
        MaxTotalXattrBytes = long.MaxValue,
        AcceptsSparse = true,
    };

    public void Create(string folder, IReadOnlyList<NewVolume> volumes) => Make(folder, (part, _) =>
    {
        Fill(part, volumes);
        return CopyReport.Nothing;
    });

    public void Add(string folder, IReadOnlyList<NewVolume> volumes)
    {
        var fd = Open(At(folder));
        try
        {
            Fill(fd, [.. volumes.Where(volume => !Directory.Exists($"{At(folder)}/{volume.Name}"))]);
            Posix.Check(Libc.Syncfs(fd), "syncing", folder);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public CopyReport Clone(string from, string to, CancellationToken cancel)
    {
        var source = Open(At(from));
        try
        {
            return Make(to, (part, _) => TreeClone.Run(source, part, cancel));
        }
        finally
        {
            _ = Libc.Close(source);
        }
    }

    public CopyReport Pack(string folder, string prefix, Action<Stream> read, CancellationToken cancel)
    {
        var pipe = new BytePipe();
        CopyReport? report = null;
        using var packer = new OtherThread(() => report = PackTo(folder, prefix, pipe.Input, cancel), pipe.End);
        try
        {
            read(pipe.Output);
        }
        finally
        {
            // When the reader saw only that the archive ended too early, the packer's own reason is thrown from here.
            pipe.Abandon();
            packer.Join();
        }

        return report!;
    }

    /// <summary>The writing side of <see cref="Pack"/>.</summary>
    internal CopyReport PackTo(string folder, string prefix, Stream output, CancellationToken cancel)
    {
        var fd = Open(At(folder));
        try
        {
            using var tar = new TarWriter(output);
            var packer = new TreePacker(tar, prefix, cancel);
            packer.Write(fd);
            tar.Complete();
            return packer.Report;
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public CopyReport Unpack(string folder, Action<Stream> write)
    {
        var pipe = new BytePipe();
        using var writer = new OtherThread(() => write(pipe.Input), pipe.End);
        return UnpackFrom(folder, pipe.Output, () =>
        {
            // The end of the pipe alone does not say that all was written.
            pipe.Abandon();
            writer.Join();
        });
    }

    /// <summary>Reads the tar itself.</summary>
    /// <param name="onRead">Called when no more will be read, before the folder gets its name; when it throws, there is no folder.</param>
    internal CopyReport UnpackFrom(string folder, Stream tar, Action onRead) => Make(folder, (_, path) =>
    {
        using var applier = new LayerApplier(path, new ApplyOptions { IsPlainArchive = true, Tar = Limits });
        try
        {
            applier.Apply(tar, "backup");
            applier.Complete();
        }
        finally
        {
            // When the writer failed first, its reason is the true one and takes the place of "the archive ends too early".
            onRead();
        }

        var report = applier.Report;
        return new CopyReport(report.Entries, report.Bytes, 0, report.Notes);
    });

    public void Remove(string folder)
    {
        TreeRemoval.Remove(At(folder) + Unfinished);
        // Out of its name first: what is half removed must not look complete.
        var path = At(folder);
        if (Directory.Exists(path))
        {
            DurableFile.Rename(path, path + Unfinished);
            TreeRemoval.Remove(path + Unfinished);
            DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }

    public FolderSize Measure(string folder)
    {
        var fd = Open(At(folder));
        try
        {
            return FolderMeasure.Of(fd);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    public bool CanReflink(string folder)
    {
        var parent = At(folder);
        var (a, b) = ($"{parent}/.{Guid.NewGuid():N}.part", $"{parent}/.{Guid.NewGuid():N}.part");
        try
        {
            using var source = DurableFile.Create(a);
            using var target = DurableFile.Create(b);
            RandomAccess.Write(source, new byte[4096], 0);
            return VolumeCalls.Reflink((int)target.DangerousGetHandle(), (int)source.DangerousGetHandle()) == 0;
        }
        finally
        {
            File.Delete(a);
            File.Delete(b);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>Fills a new folder and gives it its name when all of it is on the disk. What was left of an earlier try goes first.</summary>
    private CopyReport Make(string folder, Func<int, string, CopyReport> fill)
    {
        var final = At(folder);
        var part = final + Unfinished;
        TreeRemoval.Remove(part);
        Posix.Check(Libc.MkdirAt(Libc.AtFdCwd, Posix.Path(part), 0x1C0), "creating", folder);
        try
        {
            var fd = Open(part);
            CopyReport report;
            try
            {
                report = fill(fd, part);
                Posix.Check(Libc.Syncfs(fd), "syncing", folder);
            }
            finally
            {
                _ = Libc.Close(fd);
            }

            Posix.Check(
                Libc.RenameAt2(Libc.AtFdCwd, Posix.Path(part), Libc.AtFdCwd, Posix.Path(final), Libc.RenameNoReplace), "naming", folder);
            DurableFile.SyncDirectory(Path.GetDirectoryName(final)!);
            return report;
        }
        catch
        {
            TreeRemoval.Remove(part);
            throw;
        }
    }

    private static void Fill(int folder, IReadOnlyList<NewVolume> volumes)
    {
        foreach (var volume in volumes)
        {
            var name = Posix.Path(volume.Name);
            Posix.Check(Libc.MkdirAt(folder, name, 0x1C0), "creating", volume.Name);
            Posix.Check(Libc.FchownAt(folder, name, volume.Uid, volume.Gid, Libc.AtSymlinkNofollow), "giving to the application", volume.Name);
            Posix.Check(Libc.FchmodAt(folder, name, volume.Mode, 0), "opening to the application", volume.Name);
        }
    }

    private string At(string folder) => $"{home}/{folder}";

    private static int Open(string path) => Posix.Check(
        Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.ODirectory | Libc.ONoFollow | Libc.OCloExec, 0), "opening", path);
}
