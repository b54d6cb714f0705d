using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci;
using Nua.Oci.Layers;
using Nua.Rootfs.Trees;
using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>A mounted overlay: its own folder, where it is mounted, and what lies below it, top first.</summary>
internal sealed record Stack(string Folder, string Merged, IReadOnlyList<string> Lowers)
{
    public string Upper => Folder + "/fs";
}

/// <summary>Orders that make stacks, write to them, and keep or drop them.</summary>
internal sealed class StackOrders(WorkerPlaces places, FrameInbox inbox)
{
    private readonly Dictionary<string, Stack> _stacks = new(StringComparer.Ordinal);

    private string Home => places.Home;

    public Stack this[string name] => _stacks[name];

    /// <returns>Null for an order that is about something else.</returns>
    public Reply? Do(Command command) => command switch
    {
        UnpackLayer c => Unpack(c),
        MountStack c => Mount(c),
        PutTar c => Put(c),
        ExtractDebs c => Extract(c),
        RemovePaths c => Remove(c),
        CommitStack c => Commit(c),
        DropStack c => Drop(c),
        RemoveFolders c => RemoveAll(c),
        _ => null,
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
            using (var blob = File.OpenRead(places.Resolve(c.Blob)))
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
        var target = $"{places.Root}/stacks/{c.Stack}";
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
        using var stream = new InboxStream(inbox);
        using var applier = new LayerApplier(target);
        applier.Apply(stream, "source");
        applier.Complete();
        return new Reply();
    }

    private Reply Extract(ExtractDebs c)
    {
        var stack = _stacks[c.Stack];
        foreach (var file in c.Files)
        {
            var result = new HostCommand("dpkg-deb", "--extract", places.Resolve(file), stack.Merged).RunAsync().GetAwaiter().GetResult();
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
            TreeRemoval.Remove(stack.Merged + "/" + path);
        }

        return new Reply();
    }

    private Reply Commit(CommitStack c)
    {
        var stack = _stacks[c.Stack];
        Mounts.Unmount(stack.Merged);
        _stacks.Remove(c.Stack);
        TreeRemoval.Remove(stack.Folder + "/work");
        SyncFileSystem(stack.Folder);
        Publish(stack.Folder, $"{Home}/{c.Folder}");
        return new Reply();
    }

    private Reply Drop(DropStack c)
    {
        if (_stacks.Remove(c.Stack, out var stack))
        {
            Mounts.Unmount(stack.Merged);
            TreeRemoval.Remove(stack.Folder);
        }

        return new Reply();
    }

    private Reply RemoveAll(RemoveFolders c)
    {
        foreach (var folder in c.Folders)
        {
            TreeRemoval.Remove(Home + "/" + folder);
        }

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
            TreeRemoval.Remove(folder);
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
}
