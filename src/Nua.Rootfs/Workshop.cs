using System.Diagnostics;
using System.Text.Json;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Tar;
using Nua.Rootfs.Trees;
using Nua.Rootfs.Worker;
using Nua.Sandbox;

namespace Nua.Rootfs;

/// <summary>What to run in a stack.</summary>
public sealed record ContainerOrder(IReadOnlyList<string> Argv)
{
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public string WorkDir { get; init; } = "/";

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>A bind source <c>home:PATH</c> lies in the sandbox folder and is created when missing, <c>store:PATH</c> in the store,
    /// <c>private:NAME</c> was given with <see cref="Workshop.PutPrivate"/>; others are paths of the host.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = CapabilitySets.None;

    public bool SharesNetwork { get; init; }

    public bool IsRootReadOnly { get; init; }

    /// <summary>When the machine runs out of memory, this container ends first.</summary>
    public bool IsFirstToEnd { get; init; }

    /// <summary>Zero means none.</summary>
    public TimeSpan TimeLimit { get; init; }
}

/// <param name="Status">128+n for signal n.</param>
/// <param name="IsOutOfMemory">The kernel ended a process for lack of memory.</param>
public sealed record ContainerResult(int Status, bool IsTimeout, bool IsDiskFull, bool IsOutOfMemory = false);

/// <summary>
/// A running worker, seen from the outside: one order at a time, each a method. Closing it ends the worker and all that runs in it.
/// A stack is a mounted overlay with a writable folder on top; its name is chosen here.
/// </summary>
public sealed class Workshop : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly FramePipe _pipe;
    private readonly HostTools _tools;
    private readonly ControlGroup? _group;
    private readonly Task<string> _errors;
    private readonly HashSet<string> _stacks = new(StringComparer.Ordinal);
    private int _unanswered;

    private Workshop(Process process, HostTools tools, SandboxFolder folder, ControlGroup? group)
    {
        (_process, _tools, Folder, _group) = (process, tools, folder, group);
        _pipe = new FramePipe(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _errors = process.StandardError.ReadToEndAsync();
    }

    public SandboxFolder Folder { get; }

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
        var workshop = new Workshop(process, tools, folder, group);
        if (folder.Abandoned() is { Count: > 0 } abandoned)
        {
            workshop.Ask(new RemoveFolders(abandoned));
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
                Ask(new UnpackLayer(
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
        Ask(new MountStack(stack, lowers));
        return stack;
    }

    /// <summary>Unpacks what <paramref name="write"/> writes into a folder of the stack.</summary>
    public void Put(string stack, string folder, Action<TarWriter> write)
    {
        Send(new PutTar(stack, folder));
        using (var stream = new FrameStream(_pipe))
        {
            using (var tar = new TarWriter(stream))
            {
                write(tar);
                tar.Complete();
            }

            stream.Complete();
        }

        Await();
    }

    /// <summary>Keeps a file in the worker's memory, for a read-only mount of <c>private:NAME</c>: secrets and settings with credentials.</summary>
    public void PutPrivate(string name, ReadOnlySpan<byte> content)
    {
        Send(new PutPrivateFile(name));
        _pipe.Write(FrameKind.Bytes, content);
        _pipe.Write(FrameKind.End, []);
        Await();
    }

    /// <summary>How the worker names a path of the host: below the store through the store's own mount, for the folders above may be closed to it.</summary>
    public string Place(string path) =>
        path.StartsWith(Folder.Home + "/", StringComparison.Ordinal) ? "store:" + path[(Folder.Home.Length + 1)..] : path;

    /// <param name="onOutput">Stream number (1 or 2) and bytes.</param>
    public ContainerResult Run(
        string stack, ContainerOrder order, Action<int, ReadOnlyMemory<byte>> onOutput, Action? onStarted = null, CancellationToken cancel = default)
    {
        using var ending = cancel.Register(() => _process.Kill(entireProcessTree: true));
        var kills = _group?.MemoryKills ?? 0;
        Send(new RunContainer(
            stack, order.Argv, order.Env, order.WorkDir, order.Uid, order.Gid, order.Mounts, order.Capabilities,
            order.SharesNetwork, order.IsRootReadOnly, order.IsFirstToEnd, order.TimeLimit.TotalSeconds, _tools.Runc));
        try
        {
            var reply = Await((kind, payload) =>
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
    public void Signal(int number) => _pipe.Write(FrameKind.Signal, [(byte)number]);

    /// <param name="folder">Relative to the stack's root; empty for all of it.</param>
    /// <param name="upperOnly">Only what was written since the stack was mounted.</param>
    public FileTree Scan(string stack, string folder, bool upperOnly = false, IReadOnlyList<string>? exclude = null)
    {
        Send(new ScanStack(stack, folder, exclude ?? [], upperOnly));
        using var reader = new BinaryReader(new FrameReadStream(_pipe.Read));
        var tree = TreeCodec.ReadTree(reader);
        reader.BaseStream.CopyTo(Stream.Null);
        Await();
        return tree;
    }

    /// <summary>The content of files, one after the other, as one stream given to <paramref name="read"/>.</summary>
    public void ReadContent(
        string stack, bool upperOnly, IReadOnlyList<(string Path, long Size)> files, Action<Stream> read)
    {
        Send(new SendContent(stack, upperOnly));
        using (var order = new FrameStream(_pipe))
        using (var writer = new BinaryWriter(order))
        {
            writer.Write(files.Count);
            foreach (var (path, size) in files)
            {
                TreeCodec.Write(writer, path, size);
            }

            writer.Flush();
            order.Complete();
        }

        using var stream = new FrameReadStream(_pipe.Read);
        read(stream);
        stream.CopyTo(Stream.Null);
        Await();
    }

    /// <summary>A small file of the stack; empty when it does not exist.</summary>
    public byte[] ReadFile(string stack, string path, int limit = 64 << 20)
    {
        Send(new Worker.ReadFile(stack, path, limit));
        var content = new MemoryStream();
        using (var stream = new FrameReadStream(_pipe.Read))
        {
            stream.CopyTo(content);
        }

        Await();
        return content.ToArray();
    }

    public void ExtractDebs(string stack, IReadOnlyList<string> files) => Ask(new ExtractDebs(stack, files));

    public void Remove(string stack, IReadOnlyList<string> paths) => Ask(new RemovePaths(stack, paths));

    /// <summary>Keeps what was written to the stack as <paramref name="folder"/>: <c>snapshots/KEY</c> or <c>layers/HEX</c>.</summary>
    public void Commit(string stack, string folder)
    {
        Ask(new CommitStack(stack, folder));
        _stacks.Remove(stack);
    }

    public void Drop(string stack)
    {
        Ask(new DropStack(stack));
        _stacks.Remove(stack);
    }

    public void RemoveFolders(IReadOnlyList<string> folders) => Ask(new RemoveFolders(folders));

    /// <summary>Opens a way to a loopback port of the worker's network. The socket file's folder is returned.</summary>
    public string Relay(string stack, int port)
    {
        Ask(new RelayPort(stack, port));
        return $"{Folder.Path}/tmp/{stack}";
    }

    public void Dispose()
    {
        try
        {
            DropRest();
            _process.StandardInput.Close();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            // The worker is already gone.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _group?.Dispose();
    }

    /// <summary>What an order that failed has left in the sandbox folder: a disk that is full must not stay so until the next build.</summary>
    private void DropRest()
    {
        if (_stacks.Count == 0 || _process.HasExited)
        {
            return;
        }

        // The worker may be in the middle of an order whose answer nobody waited for, or not listen at all.
        using var patience = new Timer(_ => _process.Kill(), null, _patience, Timeout.InfiniteTimeSpan);
        foreach (var stack in _stacks)
        {
            _unanswered++;
            _pipe.Write(FrameKind.Command, JsonSerializer.SerializeToUtf8Bytes(new DropStack(stack), WorkerJson.Default.Command));
        }

        while (_unanswered > 0 && _pipe.Read() is { } frame)
        {
            _unanswered -= frame.Kind is FrameKind.Reply or FrameKind.Failure ? 1 : 0;
        }
    }

    /// <summary>Cancelling ends the worker.</summary>
    internal Reply Order(Command command, CancellationToken cancel = default)
    {
        using var ending = cancel.Register(() => _process.Kill(entireProcessTree: true));
        try
        {
            Send(command);
            return Await();
        }
        catch (ProblemException)
        {
            cancel.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <summary>An order that is followed by a stream. When <paramref name="write"/> fails, so does the order.</summary>
    internal Reply OrderWithInput(Command command, Action<Stream> write)
    {
        Send(command);
        try
        {
            using var stream = new FrameStream(_pipe);
            write(stream);
            stream.Complete();
        }
        catch (ProblemException failure)
        {
            _pipe.Write(FrameKind.Failure, JsonSerializer.SerializeToUtf8Bytes(failure.Problems, WorkerJson.Default.IReadOnlyListProblem));
            try
            {
                Await();
            }
            catch (ProblemException)
            {
                // The worker says the same again.
            }

            throw;
        }
        catch (IOException) when (_process.WaitForExit(1000))
        {
            throw Gone();
        }

        return Await();
    }

    /// <summary>An order that a stream comes back from.</summary>
    internal Reply OrderWithOutput(Command command, Action<Stream> read, CancellationToken cancel)
    {
        using var ending = cancel.Register(() => _process.Kill(entireProcessTree: true));
        Send(command);
        try
        {
            using var stream = new PipedStream(_pipe);
            read(stream);
            stream.CopyTo(Stream.Null);
        }
        catch (EndOfStreamException)
        {
            cancel.ThrowIfCancellationRequested();
            throw Gone();
        }

        return Await();
    }

    private void Ask(Command command)
    {
        Send(command);
        Await();
    }

    private void Send(Command command)
    {
        try
        {
            _unanswered++;
            _pipe.Write(FrameKind.Command, JsonSerializer.SerializeToUtf8Bytes(command, WorkerJson.Default.Command));
        }
        catch (IOException)
        {
            throw Gone();
        }
    }

    private Reply Await(Action<FrameKind, byte[]>? onOther = null)
    {
        while (_pipe.Read() is { } frame)
        {
            switch (frame.Kind)
            {
                case FrameKind.Reply:
                    _unanswered--;
                    return JsonSerializer.Deserialize(frame.Payload, WorkerJson.Default.Reply)!;
                case FrameKind.Failure:
                    _unanswered--;
                    throw Reply.Failure(frame.Payload);
                default:
                    onOther?.Invoke(frame.Kind, frame.Payload);
                    break;
            }
        }

        throw Gone();
    }

    private ProblemException Gone()
    {
        var text = _errors.Wait(TimeSpan.FromSeconds(2)) ? _errors.Result.Trim() : "";
        return new ProblemException(new Problem("NUA4005", "The sandbox process ended unexpectedly")
        {
            Why = text.Length > 0 ? Printable.Escape(text, 600) : "it was killed",
            Remedy = "check that user namespaces are allowed (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)"
                + " and that /etc/subuid and /etc/subgid give this user 65536 ids",
        });
    }
}
