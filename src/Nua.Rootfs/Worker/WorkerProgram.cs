using System.Text.Json;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci;
using Nua.Oci.Layers;
using Nua.Rootfs.Trees;
using Nua.Rootfs.Volumes;
using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>
/// The process that is root in its own user namespace: unpacks, mounts, runs, reads back. It is started as
/// <c>nua __worker</c> in the folder <c>$NUA_HOME/sandbox</c>, takes one order at a time from standard input, and ends when that closes.
/// </summary>
public sealed class WorkerProgram
{
    private readonly FramePipe _pipe;
    private readonly FrameInbox _inbox;
    private readonly Dictionary<string, Stack> _stacks = new(StringComparer.Ordinal);
    private readonly List<PortRelayServer> _relays = [];
    private string _root = "";
    private ContainerRun? _container;

    private WorkerProgram(FramePipe pipe)
    {
        _pipe = pipe;
        _inbox = new FrameInbox(pipe, number => _container?.Signal(number), () => Environment.Exit(0));
    }

    /// <summary>Where the sandbox folder is seen inside the worker, whatever the folders above it allow.</summary>
    private string Home => _root + "/store/sandbox";

    /// <param name="isLoopbackOurs">The network namespace is the worker's own and still without loopback.</param>
    public static int Run(bool isLoopbackOurs)
    {
        _ = Libc.Umask(0x12);
        if (isLoopbackOurs)
        {
            Loopback.Raise();
        }

        var worker = new WorkerProgram(new FramePipe(Console.OpenStandardInput(), Console.OpenStandardOutput()));
        worker.Arrange();
        while (worker._inbox.Next() is { } frame)
        {
            // After a failed order, what is left of its stream still arrives.
            if (frame.Kind == FrameKind.Command)
            {
                worker.Answer(frame.Payload);
            }
        }

        return 0;
    }

    /// <summary>Makes a place that every process of the namespace can walk to: a tmpfs over a folder the worker does not need, with the
    /// store bound into it. The store is found as <c>..</c> of the working directory, whatever the modes of the folders above it are.</summary>
    private void Arrange()
    {
        _root = ((string[])["/mnt", "/srv", "/media", "/opt"]).First(Directory.Exists);
        Mounts.Tmpfs(_root);
        foreach (var folder in (string[])["/store", "/stacks", "/state", "/private"])
        {
            Directory.CreateDirectory(_root + folder);
        }

        Mounts.Bind("..", _root + "/store");
    }

    private void Answer(byte[] payload)
    {
        try
        {
            var command = JsonSerializer.Deserialize(payload, WorkerJson.Default.Command)!;
            var reply = Do(command);
            _pipe.Write(FrameKind.Reply, JsonSerializer.SerializeToUtf8Bytes(reply, WorkerJson.Default.Reply));
        }
        catch (ProblemException failure)
        {
            Fail(failure.Problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var isFull = (failure.HResult & 0xFFFF) == Libc.ENoSpc;
            Fail([new Problem(isFull ? "NUA4031" : "NUA4030", isFull ? "The disk of the store is full" : "A file of the sandbox could not be handled")
            {
                Why = Printable.Escape(failure.Message, 500),
                Remedy = isFull ? "free space, or run: nua prune" : null,
            }]);
        }
    }

    private void Fail(IReadOnlyList<Problem> problems) =>
        _pipe.Write(FrameKind.Failure, JsonSerializer.SerializeToUtf8Bytes(problems, WorkerJson.Default.IReadOnlyListProblem));

    private Reply Do(Command command) => command switch
    {
        UnpackLayer c => Unpack(c),
        MountStack c => Mount(c),
        PutTar c => Put(c),
        PutPrivateFile c => PutPrivate(c),
        RunContainer c => RunInside(c),
        ScanStack c => Scan(c),
        SendContent c => Send(c),
        ReadFile c => Read(c),
        ExtractDebs c => Extract(c),
        RemovePaths c => Remove(c),
        CommitStack c => Commit(c),
        DropStack c => Drop(c),
        RemoveFolders c => RemoveAll(c),
        RelayPort c => Relay(c),
        _ => VolumeOrders.Do(command, new VolumeWork(_root + "/store"), _pipe, _inbox)
            ?? throw new InvalidDataException($"unknown order {command.GetType().Name}"),
    };

    private Reply Unpack(UnpackLayer c)
    {
        var final = $"{Home}/{c.Folder}";
        if (Directory.Exists(final))
        {
            return new Reply();
        }

        Mount(new MountStack(c.Temporary, c.Lowers));
        var stack = _stacks[c.Temporary];
        try
        {
            using (var blob = File.OpenRead(Resolve(c.Blob)))
            {
                LayerUnpacker.Unpack(blob, c.MediaType, Digest.Parse(c.DiffId), stack.Merged);
            }

            return Commit(new CommitStack(c.Temporary, c.Folder));
        }
        catch
        {
            Drop(new DropStack(c.Temporary));
            throw;
        }
    }

    private Reply Mount(MountStack c)
    {
        var folder = $"{Home}/tmp/{c.Stack}";
        Directory.CreateDirectory(folder + "/fs");
        Directory.CreateDirectory(folder + "/work");
        Directory.CreateDirectory(Home + "/empty");
        var target = $"{_root}/stacks/{c.Stack}";
        Directory.CreateDirectory(target);
        Directory.SetCurrentDirectory(Home);
        IReadOnlyList<string> lowers = c.Lowers.Count == 0 ? ["empty"] : c.Lowers;
        Mounts.Overlay(lowers, $"tmp/{c.Stack}/fs", $"tmp/{c.Stack}/work", target);
        _stacks[c.Stack] = new Stack(folder, target, c.Lowers);
        return new Reply();
    }

    private Reply Put(PutTar c)
    {
        var stack = _stacks[c.Stack];
        var target = stack.Merged + "/" + c.Folder.Trim('/');
        Directory.CreateDirectory(target);
        using var stream = new FrameReadStream(_inbox.Next);
        using var applier = new LayerApplier(target);
        applier.Apply(stream, "source");
        applier.Complete();
        return new Reply();
    }

    private Reply RunInside(RunContainer c)
    {
        var stack = _stacks[c.Stack];
        var spec = new ContainerSpec
        {
            Root = stack.Merged,
            Argv = c.Argv,
            Env = c.Env,
            WorkDir = c.WorkDir,
            Uid = c.Uid,
            Gid = c.Gid,
            Mounts = [.. c.Mounts.Select(Resolve)],
            Capabilities = c.Capabilities,
            SharesNetwork = c.SharesNetwork,
            IsRootReadOnly = c.IsRootReadOnly,
            TimeLimit = c.TimeLimitSeconds > 0 ? TimeSpan.FromSeconds(c.TimeLimitSeconds) : null,
        };
        using var stop = new CancellationTokenSource();
        _container = new ContainerRun(c.Runc, _root + "/state");
        var run = _container.RunAsync(spec, SendOutput, () => _pipe.Write(FrameKind.Started, []), stop.Token);
        using var watch = new DiskWatch(Home, stop);
        try
        {
            var end = run.GetAwaiter().GetResult();
            return new Reply(end.Status, end.IsTimeout, watch.IsFull);
        }
        catch (OperationCanceledException)
        {
            return new Reply(137, IsDiskFull: watch.IsFull);
        }
        finally
        {
            _container = null;
        }
    }

    private void SendOutput(int stream, ReadOnlyMemory<byte> bytes)
    {
        var payload = new byte[bytes.Length + 1];
        payload[0] = (byte)stream;
        bytes.Span.CopyTo(payload.AsSpan(1));
        _pipe.Write(FrameKind.Output, payload);
    }

    private ContainerMount Resolve(ContainerMount mount)
    {
        if (mount.Kind == "tmpfs")
        {
            return mount;
        }

        var path = Resolve(mount.Source);
        if (mount.Source.StartsWith("home:", StringComparison.Ordinal) && !mount.IsReadOnly)
        {
            Directory.CreateDirectory(path);
        }

        return mount with { Source = path };
    }

    /// <summary><c>home:</c> is the sandbox folder, <c>store:</c> the store, <c>private:</c> the worker's own memory; others are the host's.</summary>
    private string Resolve(string source) => source switch
    {
        _ when source.StartsWith("home:", StringComparison.Ordinal) => Home + "/" + source[5..],
        _ when source.StartsWith("store:", StringComparison.Ordinal) => _root + "/store/" + source[6..],
        _ when source.StartsWith("private:", StringComparison.Ordinal) => _root + "/private/" + source[8..],
        _ => source,
    };

    private Reply PutPrivate(PutPrivateFile c)
    {
        var path = $"{_root}/private/{c.Name}";
        using (var file = File.Create(path))
        using (var stream = new FrameReadStream(_inbox.Next))
        {
            stream.CopyTo(file);
        }

        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), 0x124, 0), "protecting", path);
        return new Reply();
    }

    private Reply Scan(ScanStack c)
    {
        var stack = _stacks[c.Stack];
        var exclude = new HashSet<string>(c.Exclude, StringComparer.Ordinal);
        var root = (c.UpperOnly ? stack.Upper : stack.Merged) + (c.Folder.Length == 0 ? "" : "/" + c.Folder);
        var tree = Directory.Exists(root)
            ? TreeScanner.Scan(root, new ScanOptions
            {
                IsOverlayUpper = c.UpperOnly,
                KeepsHardLinks = c.UpperOnly,
                IsExcluded = (path, _) => exclude.Contains(path),
            })
            : FileTree.Empty;
        if (c.UpperOnly)
        {
            // The kernel marks every new folder as opaque, to save itself a look; it means something only over a lower folder.
            tree = new FileTree([.. tree.Entries.Select(e => e.Kind == TreeKind.OpaqueDirectory && !IsBelow(stack, c.Folder, e.Path)
                ? e with { Kind = TreeKind.Directory }
                : e)]);
        }

        using var writer = new BinaryWriter(new FrameStream(_pipe));
        TreeCodec.Write(writer, tree);
        ((FrameStream)writer.BaseStream).Complete();
        return new Reply();
    }

    private bool IsBelow(Stack stack, string folder, string path) =>
        stack.Lowers.Any(lower => Directory.Exists($"{Home}/{lower}/{(folder.Length == 0 ? "" : folder + "/")}{path}"));

    private Reply Send(SendContent c)
    {
        var stack = _stacks[c.Stack];
        var root = c.UpperOnly ? stack.Upper : stack.Merged;
        var orders = new List<(string Path, long Size)>();
        using (var reader = new BinaryReader(new FrameReadStream(_inbox.Next)))
        {
            var count = reader.ReadInt32();
            for (var i = 0; i < count; i++)
            {
                orders.Add(TreeCodec.ReadOrder(reader));
            }

            reader.BaseStream.CopyTo(Stream.Null);
        }

        using var output = new FrameStream(_pipe);
        foreach (var (path, size) in orders)
        {
            FileContent.CopyTo(root + "/" + path, size, output);
        }

        output.Complete();
        return new Reply();
    }

    private Reply Read(ReadFile c)
    {
        using var output = new FrameStream(_pipe);
        var path = _stacks[c.Stack].Merged + "/" + c.Path;
        var info = new FileInfo(path);
        if (info.Exists && info.LinkTarget is null && info.Length <= c.Limit)
        {
            FileContent.CopyTo(path, info.Length, output);
        }

        output.Complete();
        return new Reply();
    }

    private Reply Extract(ExtractDebs c)
    {
        var stack = _stacks[c.Stack];
        foreach (var file in c.Files)
        {
            var result = new HostCommand("dpkg-deb", "--extract", Resolve(file), stack.Merged).RunAsync().GetAwaiter().GetResult();
            if (result.Status != 0)
            {
                throw new ProblemException(new Problem("NUA4032", $"'{Path.GetFileName(file)}' could not be unpacked")
                {
                    Why = result.ErrorTail(),
                });
            }
        }

        return new Reply();
    }

    private Reply Remove(RemovePaths c)
    {
        var stack = _stacks[c.Stack];
        foreach (var path in c.Paths)
        {
            DeleteTree(stack.Merged + "/" + path);
        }

        return new Reply();
    }

    private Reply Commit(CommitStack c)
    {
        var stack = _stacks[c.Stack];
        Mounts.Unmount(stack.Merged);
        _stacks.Remove(c.Stack);
        DeleteTree(stack.Folder + "/work");
        SyncFileSystem(stack.Folder);
        Publish(stack.Folder, $"{Home}/{c.Folder}");
        return new Reply();
    }

    private Reply Drop(DropStack c)
    {
        if (_stacks.Remove(c.Stack, out var stack))
        {
            Mounts.Unmount(stack.Merged);
            DeleteTree(stack.Folder);
        }

        return new Reply();
    }

    private Reply RemoveAll(RemoveFolders c)
    {
        foreach (var folder in c.Folders)
        {
            DeleteTree(Home + "/" + folder);
        }

        return new Reply();
    }

    private Reply Relay(RelayPort c)
    {
        _relays.Add(new PortRelayServer($"{_stacks[c.Stack].Folder}/p", c.Port));
        return new Reply();
    }

    /// <summary>One rename makes it visible, whole. Somebody who was faster made the same content.</summary>
    private static void Publish(string folder, string final)
    {
        DurableFile.CreateDirectory(Path.GetDirectoryName(final)!);
        var result = Libc.RenameAt2(
            Libc.AtFdCwd, Posix.Path(folder), Libc.AtFdCwd, Posix.Path(final), Libc.RenameNoReplace);
        if (result < 0 && Posix.LastError is Libc.EExist or Libc.ENotEmpty)
        {
            DeleteTree(folder);
            return;
        }

        Posix.Check(result, "publishing", final);
        DurableFile.SyncDirectory(Path.GetDirectoryName(final)!);
    }

    private static void SyncFileSystem(string folder)
    {
        var fd = Posix.Check(Libc.Open(Posix.Path(folder), Libc.ORdOnly | Libc.ODirectory | Libc.OCloExec, 0), "opening", folder);
        try
        {
            Posix.Check(Libc.Syncfs(fd), "syncing", folder);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private static void DeleteTree(string path) => TreeRemoval.Remove(path);

    private sealed record Stack(string Folder, string Merged, IReadOnlyList<string> Lowers)
    {
        public string Upper => Folder + "/fs";
    }
}
