using System.Collections.Concurrent;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Rootfs.Trees;

namespace Nua.Rootfs.Volumes;

/// <summary>
/// Copies what is in one folder into another, empty one: content, holes, owners, modes, times, extended attributes, ACLs, hard links, symbolic
/// links, FIFOs; names are bytes. One thread walks, others copy files, so memory does not depend on how many there are. Everything is done relative to open
/// folders; no link is followed.
/// </summary>
internal sealed class TreeClone : IDisposable
{
    private const int Waiting = 256;
    private const int MaxPathBytes = 3900;
    private static readonly int CreateFile = Libc.OWrOnly | Libc.OCreat | Libc.OExcl | Libc.ONoFollow | Libc.OCloExec;

    private readonly int _target;
    private readonly BlockingCollection<Job> _jobs = new(Waiting);
    private readonly Dictionary<(uint, uint, ulong), (string Path, uint Left)> _linked = [];
    private readonly FileClone _content = new();
    private readonly CopyNotes _notes = new();
    private readonly CancellationTokenSource _stop;
    private Exception? _failure;
    private long _files, _bytes, _reflinked;

    private TreeClone(int target, CancellationToken cancel) =>
        (_target, _stop) = (target, CancellationTokenSource.CreateLinkedTokenSource(cancel));

    /// <param name="source">Open folder.</param>
    /// <param name="target">Open empty folder; it gets the attributes of the source too.</param>
    /// <exception cref="IOException">a system call failed.</exception>
    /// <exception cref="ProblemException">NUA4073, NUA4074.</exception>
    public static CopyReport Run(int source, int target, CancellationToken cancel)
    {
        using var clone = new TreeClone(target, cancel);
        var copiers = Enumerable.Range(0, Math.Clamp(Environment.ProcessorCount, 2, 8)).Select(_ => clone.StartCopier()).ToList();
        try
        {
            clone.Walk(source, target, "");
        }
        catch (OperationCanceledException) when (clone._failure is not null)
        {
            // A copier failed and stopped the walk; its own error counts.
        }
        finally
        {
            clone._jobs.CompleteAdding();
            copiers.ForEach(copier => copier.Join());
        }

        if (clone._failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(clone._failure);
        }

        cancel.ThrowIfCancellationRequested();
        return new CopyReport(clone._files, clone._bytes, clone._reflinked, clone._notes.ToList());
    }

    public void Dispose()
    {
        _jobs.Dispose();
        _stop.Dispose();
    }

    private Thread StartCopier()
    {
        var thread = new Thread(() =>
        {
            foreach (var job in _jobs.GetConsumingEnumerable())
            {
                try
                {
                    if (!_stop.IsCancellationRequested)
                    {
                        CopyFile(job.Folder.Source, job.Folder.Target, Posix.Path(job.Name), job.Node, job.Path);
                    }
                }
                catch (Exception failure) when (failure is IOException or ProblemException)
                {
                    Interlocked.CompareExchange(ref _failure, failure, null);
                    _stop.Cancel();
                }
                finally
                {
                    Release(job.Folder);
                }
            }
        })
        {
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }

    /// <summary>Takes neither descriptor over: each folder holds duplicates until the last of its files is there.</summary>
    private void Walk(int source, int target, string path)
    {
        var folder = new Folder(Duplicate(source), Duplicate(target), path);
        try
        {
            foreach (var name in DirectoryReader.Names(folder.Source))
            {
                _stop.Token.ThrowIfCancellationRequested();
                var child = path.Length == 0 ? name : path + "/" + name;
                var bytes = Posix.Path(name);
                if (Node.Read(folder.Source, bytes, child) is not { } node)
                {
                    throw Node.Changed(child);
                }

                Put(folder, name, bytes, node, child);
            }
        }
        finally
        {
            Release(folder);
        }
    }

    private void Put(Folder folder, string name, byte[] bytes, Node node, string path)
    {
        if (path.Length > MaxPathBytes / 4 && RawName.ToBytes(path).Length > MaxPathBytes)
        {
            throw Node.TooDeep(path);
        }

        switch (node.Kind)
        {
            case NodeKind.Directory:
                MakeFolder(folder, bytes, path);
                break;
            case NodeKind.File when node.Status.Links > 1:
                PutLinked(folder, bytes, node, path);
                break;
            case NodeKind.File:
                folder.Retain();
                try
                {
                    _jobs.Add(new Job(folder, name, node, path), _stop.Token);
                }
                catch (OperationCanceledException)
                {
                    Release(folder);
                    throw;
                }

                break;
            case NodeKind.Symlink:
                var link = Posix.Path(DirectoryReader.ReadLink(folder.Source, bytes));
                Posix.Check(Libc.SymlinkAt(link, folder.Target, bytes), "linking", path);
                NodeAttributes.CopyToName(folder.Target, bytes, node, path);
                break;
            case NodeKind.Fifo:
                Posix.Check(Libc.MknodAt(folder.Target, bytes, 0x1000 | 0x180, 0), "creating", path);
                NodeAttributes.CopyToName(folder.Target, bytes, node, path);
                break;
            default:
                _notes.LeftOut(path, node.KindName);
                break;
        }
    }

    private void MakeFolder(Folder folder, byte[] bytes, string path)
    {
        Posix.Check(Libc.MkdirAt(folder.Target, bytes, 0x1C0), "creating", path);
        var source = Node.Open(folder.Source, bytes, Libc.ORdOnly | Libc.ODirectory, path);
        try
        {
            var target = Node.Open(folder.Target, bytes, Libc.ORdOnly | Libc.ODirectory, path);
            try
            {
                Walk(source, target, path);
            }
            finally
            {
                _ = Libc.Close(target);
            }
        }
        finally
        {
            _ = Libc.Close(source);
        }
    }

    /// <summary>The first name is copied here and now, so that the others can be linked to it.</summary>
    private void PutLinked(Folder folder, byte[] bytes, Node node, string path)
    {
        if (!_linked.TryGetValue(node.Identity, out var first))
        {
            CopyFile(folder.Source, folder.Target, bytes, node, path);
            _linked[node.Identity] = (path, node.Status.Links - 1);
            return;
        }

        Posix.Check(Libc.LinkAt(_target, Posix.Path(first.Path), folder.Target, bytes, 0), "linking", path);
        if (first.Left == 1)
        {
            _linked.Remove(node.Identity);
        }
        else
        {
            _linked[node.Identity] = (first.Path, first.Left - 1);
        }
    }

    private void CopyFile(int sourceFolder, int targetFolder, byte[] name, Node node, string path)
    {
        var source = Node.Open(sourceFolder, name, Libc.ORdOnly, path);
        try
        {
            var now = Node.Of(source, path);
            if (now.Identity != node.Identity || now.Kind != NodeKind.File || now.Size != node.Size)
            {
                throw Node.Changed(path);
            }

            var target = Posix.Check(Libc.OpenAt(targetFolder, name, CreateFile, 0x180), "creating", path);
            try
            {
                var bytes = _content.Copy(source, target, now, path, out var isReflink);
                NodeAttributes.Copy(source, target, node, path, _notes);
                Interlocked.Increment(ref _files);
                Interlocked.Add(ref _bytes, bytes);
                Interlocked.Add(ref _reflinked, isReflink ? 1 : 0);
            }
            finally
            {
                _ = Libc.Close(target);
            }
        }
        finally
        {
            _ = Libc.Close(source);
        }
    }

    /// <summary>The last one out sets the folder's own attributes, which its content would change again.</summary>
    private void Release(Folder folder)
    {
        if (!folder.Drop())
        {
            return;
        }

        try
        {
            if (!_stop.IsCancellationRequested)
            {
                NodeAttributes.Copy(folder.Source, folder.Target, Node.Of(folder.Source, folder.Path), folder.Path, _notes);
            }
        }
        catch (IOException failure)
        {
            Interlocked.CompareExchange(ref _failure, failure, null);
            _stop.Cancel();
        }
        finally
        {
            _ = Libc.Close(folder.Source);
            _ = Libc.Close(folder.Target);
        }
    }

    private static int Duplicate(int fd) =>
        Posix.Check(Libc.OpenAt(fd, ".\0"u8, Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0), "opening");

    private sealed record Job(Folder Folder, string Name, Node Node, string Path);

    private sealed class Folder(int source, int target, string path)
    {
        private int _users = 1;

        public int Source => source;

        public int Target => target;

        public string Path => path;

        public void Retain() => Interlocked.Increment(ref _users);

        public bool Drop() => Interlocked.Decrement(ref _users) == 0;
    }
}
