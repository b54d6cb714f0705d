using Nua.Rootfs.Trees;

namespace Nua.Rootfs.Worker;

/// <summary>Orders that read stacks back.</summary>
internal sealed class ContentOrders(StackOrders stacks, WorkerPlaces places, FramePipe pipe, FrameInbox inbox)
{
    /// <returns>Null for an order that is about something else.</returns>
    public Reply? Do(Command command) => command switch
    {
        ScanStack c => Scan(c),
        SendContent c => Send(c),
        ReadFile c => Read(c),
        _ => null,
    };

    private Reply Scan(ScanStack c)
    {
        var stack = stacks[c.Stack];
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

        using var writer = new BinaryWriter(new FrameStream(pipe));
        TreeCodec.Write(writer, tree);
        ((FrameStream)writer.BaseStream).Complete();
        return new Reply();
    }

    private bool IsBelow(Stack stack, string folder, string path) =>
        stack.Lowers.Any(lower => Directory.Exists($"{places.Home}/{lower}/{(folder.Length == 0 ? "" : folder + "/")}{path}"));

    private Reply Send(SendContent c)
    {
        var stack = stacks[c.Stack];
        var root = c.UpperOnly ? stack.Upper : stack.Merged;
        var orders = new List<(string Path, long Size)>();
        using (var reader = new BinaryReader(new InboxStream(inbox)))
        {
            var count = reader.ReadInt32();
            for (var i = 0; i < count; i++)
            {
                orders.Add(TreeCodec.ReadOrder(reader));
            }

            reader.BaseStream.CopyTo(Stream.Null);
        }

        using var output = new FrameStream(pipe);
        foreach (var (path, size) in orders)
        {
            FileContent.CopyTo(root + "/" + path, size, output);
        }

        output.Complete();
        return new Reply();
    }

    private Reply Read(ReadFile c)
    {
        using var output = new FrameStream(pipe);
        var path = stacks[c.Stack].Merged + "/" + c.Path;
        var info = new FileInfo(path);
        if (info.Exists && info.LinkTarget is null && info.Length <= c.Limit)
        {
            FileContent.CopyTo(path, info.Length, output);
        }

        output.Complete();
        return new Reply();
    }
}
