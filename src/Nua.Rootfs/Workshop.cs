using System.Text;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Tar;
using Nua.Rootfs.Trees;
using Nua.Rootfs.Worker;
using Nua.Sandbox;

namespace Nua.Rootfs;

/// <summary>
/// A running worker, seen from the outside: one order at a time, each a method. Closing it ends the worker and all that runs in it.
/// A stack is a mounted overlay with a writable folder on top; its name is chosen here.
/// </summary>
public sealed class Workshop : IDisposable
{
    private readonly HostTools _tools;
    private readonly ControlGroup? _group;
    private readonly HashSet<string> _stacks = new(StringComparer.Ordinal);

    private Workshop(WorkerConnection worker, HostTools tools, SandboxFolder folder, ControlGroup? group) =>
        (Worker, _tools, Folder, _group) = (worker, tools, folder, group);

    public SandboxFolder Folder { get; }

    /// <summary>For orders of one part of the program only: generations of volumes.</summary>
    internal WorkerConnection Worker { get; }

    /// <param name="home">The store's folder.</param>
    /// <param name="ownNetwork">Containers that share the worker's network get loopback only.</param>
    /// <exception cref="ProblemException">NUA40xx: the host lacks something.</exception>
    /// <param name="emulator">For containers whose programs are another processor's; null where they are this machine's.</param>
    /// <param name="memory">Bytes that everything in the worker may use together, where the machine lets us say so; null: as much as there is.</param>
    public static Workshop Open(string home, bool ownNetwork = false, long? memory = null, Emulator? emulator = null)
    {
        var tools = HostTools.Find();
        var folder = new SandboxFolder(home);
        folder.Prepare(tools);
        var program = folder.InstallProgram(Environment.ProcessPath!);
        var group = memory is { } bytes ? ControlGroup.TryCreate(bytes) : null;
        var process = Namespaces.Start(
            tools, folder.Path, ownNetwork, program, new WorkerArguments(ownNetwork, emulator).ToList(), group: group);
        var workshop = new Workshop(new WorkerConnection(process), tools, folder, group);
        if (folder.Abandoned() is { Count: > 0 } abandoned)
        {
            workshop.RemoveFolders(abandoned);
        }

        return workshop;
    }

    /// <summary>Unpacks what is not unpacked yet.</summary>
    /// <param name="layers">Base first.</param>
    /// <returns>Folders to mount, top first.</returns>
    public IReadOnlyList<string> Unpack(IReadOnlyList<ImageLayer> layers)
    {
        var folders = LayerChain.Folders(layers.Select(l => l.DiffId));
        for (var i = 0; i < layers.Count; i++)
        {
            var folder = Path.GetDirectoryName(folders[layers.Count - 1 - i])!;
            if (!Directory.Exists($"{Folder.Path}/{folder}"))
            {
                var blob = layers[i].Blob;
                Worker.Ask(new UnpackLayer(
                    $"store:blobs/sha256/{blob.Digest.Encoded}", blob.MediaType, layers[i].DiffId.ToString(), folder,
                    [.. folders.Skip(layers.Count - i)], OwnerTag.Next()));
            }
        }

        return folders;
    }

    /// <param name="lowers">Top first, relative to the sandbox folder: <c>layers/HEX/fs</c>, <c>snapshots/KEY/fs</c>.</param>
    /// <returns>The stack's name.</returns>
    public string Mount(IReadOnlyList<string> lowers)
    {
        var stack = OwnerTag.Next();
        _stacks.Add(stack);
        Worker.Ask(new MountStack(stack, lowers));
        return stack;
    }

    /// <summary>Unpacks what <paramref name="write"/> writes into a folder of the stack.</summary>
    public void Put(string stack, string folder, Action<TarWriter> write)
    {
        Worker.AskWithInput(new PutTar(stack, folder), stream =>
        {
            using var tar = new TarWriter(stream);
            write(tar);
            tar.Complete();
        });
    }

    /// <summary>Keeps a file in the worker's memory, for a read-only mount of <c>private:NAME</c>: secrets and settings with credentials.</summary>
    public void PutPrivate(string name, ReadOnlySpan<byte> content)
    {
        Worker.Send(new PutPrivateFile(name));
        Worker.Send(FrameKind.Bytes, content);
        Worker.Send(FrameKind.End, []);
        Worker.Await();
    }

    /// <summary>How the worker names a path of the host: below the store through the store's own mount, for the folders above may be closed to it.</summary>
    public string Place(string path) =>
        path.StartsWith(Folder.Home + "/", StringComparison.Ordinal) ? "store:" + path[(Folder.Home.Length + 1)..] : path;

    /// <param name="onOutput">Stream number (1 or 2) and bytes.</param>
    public ContainerResult Run(
        string stack, ContainerOrder order, Action<int, ReadOnlyMemory<byte>> onOutput, Action? onStarted = null, CancellationToken cancel = default)
    {
        using var ending = cancel.Register(Worker.Kill);
        var kills = _group?.MemoryKills ?? 0;
        Worker.Send(new RunContainer(
            stack, order.Argv, order.Env, order.WorkDir, order.Uid, order.Gid, order.Mounts, order.Capabilities,
            order.SharesNetwork, order.IsRootReadOnly, order.IsFirstToEnd, order.TimeLimit.TotalSeconds, _tools.Runc));
        try
        {
            var reply = Worker.Await((kind, payload) =>
            {
                if (kind == FrameKind.Output)
                {
                    onOutput(payload[0], payload.AsMemory(1));
                }
                else if (kind == FrameKind.Started)
                {
                    onStarted?.Invoke();
                }
            });
            return new ContainerResult(reply.Status, reply.IsTimeout, reply.IsDiskFull, (_group?.MemoryKills ?? 0) > kills);
        }
        catch (ProblemException)
        {
            cancel.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>Sends a signal to the container that runs.</summary>
    public void Signal(int number) => Worker.Send(FrameKind.Signal, [(byte)number]);

    /// <param name="folder">Relative to the stack's root; empty for all of it.</param>
    /// <param name="upperOnly">Only what was written since the stack was mounted.</param>
    public FileTree Scan(string stack, string folder, bool upperOnly = false, IReadOnlyList<string>? exclude = null)
    {
        FileTree? tree = null;
        Worker.AskWithOutput(new ScanStack(stack, folder, exclude ?? [], upperOnly), stream =>
        {
            using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
            tree = TreeCodec.ReadTree(reader);
        });
        return tree!;
    }

    /// <summary>The content of files, one after the other, as one stream given to <paramref name="read"/>.</summary>
    public void ReadContent(
        string stack, bool upperOnly, IReadOnlyList<(string Path, long Size)> files, Action<Stream> read)
    {
        Worker.AskWithBoth(
            new SendContent(stack, upperOnly),
            order =>
            {
                using var writer = new BinaryWriter(order, Encoding.UTF8, leaveOpen: true);
                writer.Write(files.Count);
                foreach (var (path, size) in files)
                {
                    TreeCodec.Write(writer, path, size);
                }
            },
            read);
    }

    /// <summary>A small file of the stack; empty when it does not exist.</summary>
    public byte[] ReadFile(string stack, string path, int limit = 64 << 20)
    {
        var content = new MemoryStream();
        Worker.AskWithOutput(new ReadFile(stack, path, limit), stream => stream.CopyTo(content));
        return content.ToArray();
    }

    public void ExtractDebs(string stack, IReadOnlyList<string> files) => Worker.Ask(new ExtractDebs(stack, files));

    public void Remove(string stack, IReadOnlyList<string> paths) => Worker.Ask(new RemovePaths(stack, paths));

    /// <summary>Keeps what was written to the stack as <paramref name="folder"/>: <c>snapshots/KEY</c> or <c>layers/HEX</c>.</summary>
    public void Commit(string stack, string folder)
    {
        Worker.Ask(new CommitStack(stack, folder));
        _stacks.Remove(stack);
    }

    public void Drop(string stack)
    {
        Worker.Ask(new DropStack(stack));
        _stacks.Remove(stack);
    }

    public void RemoveFolders(IReadOnlyList<string> folders) => Worker.Ask(new RemoveFolders(folders));

    /// <summary>Opens a way to a loopback port of the worker's network. The socket file's folder is returned.</summary>
    public string Relay(string stack, int port)
    {
        Worker.Ask(new RelayPort(stack, port));
        return $"{Folder.Path}/tmp/{stack}";
    }

    public void Dispose()
    {
        try
        {
            // What an order that failed has left in the sandbox folder: a disk that is full must not stay so until the next build.
            Worker.Clear([.. _stacks.Select(stack => new DropStack(stack))]);
        }
        catch (Exception error) when (error is IOException or InvalidDataException or ProblemException)
        {
            // The worker is already gone.
        }

        Worker.Dispose();
        _group?.Dispose();
    }
}
