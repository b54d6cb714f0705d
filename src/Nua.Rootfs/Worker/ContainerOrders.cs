using System.Threading.Channels;
using Nua.Foundation.Linux;
using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>Orders that run something in a stack, and what that takes.</summary>
/// <param name="signals">For the container that runs, or for the next one when none does yet.</param>
internal sealed class ContainerOrders(StackOrders stacks, WorkerPlaces places, FramePipe pipe, FrameInbox inbox, ChannelReader<int> signals)
{
    private readonly List<PortRelayServer> _relays = [];

    /// <returns>Null for an order that is about something else.</returns>
    public Reply? Do(Command command) => command switch
    {
        PutPrivateFile c => PutPrivate(c),
        RunContainer c => RunInside(c),
        RelayPort c => Relay(c),
        _ => null,
    };

    private Reply RunInside(RunContainer c)
    {
        var stack = stacks[c.Stack];
        var spec = new ContainerSpec
        {
            Root = stack.Merged,
            Argv = c.Argv,
            Env = c.Env,
            WorkDir = c.WorkDir,
            Uid = c.Uid,
            Gid = c.Gid,
            Mounts = [.. c.Mounts.Select(places.Resolve)],
            Capabilities = c.Capabilities,
            SharesNetwork = c.SharesNetwork,
            IsRootReadOnly = c.IsRootReadOnly,
            IsFirstToEnd = c.IsFirstToEnd,
            TimeLimit = c.TimeLimitSeconds > 0 ? TimeSpan.FromSeconds(c.TimeLimitSeconds) : null,
        };
        using var stop = new CancellationTokenSource();
        var run = new ContainerRun(c.Runc, places.Root + "/state")
            .RunAsync(spec, SendOutput, () => pipe.Write(FrameKind.Started, []), signals, stop.Token);
        using var watch = new DiskWatch(places.Home, stop);
        try
        {
            var end = run.GetAwaiter().GetResult();
            return new Reply(end.Status, end.IsTimeout, watch.IsFull || (end.Status != 0 && watch.IsLow));
        }
        catch (OperationCanceledException)
        {
            return new Reply(137, IsDiskFull: watch.IsFull);
        }
    }

    private void SendOutput(int stream, ReadOnlyMemory<byte> bytes)
    {
        var payload = new byte[bytes.Length + 1];
        payload[0] = (byte)stream;
        bytes.Span.CopyTo(payload.AsSpan(1));
        pipe.Write(FrameKind.Output, payload);
    }

    private Reply PutPrivate(PutPrivateFile c)
    {
        var path = $"{places.Root}/private/{c.Name}";
        using (var file = File.Create(path))
        using (var stream = new InboxStream(inbox))
        {
            stream.CopyTo(file);
        }

        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), 0x124, 0), "protecting", path);
        return new Reply();
    }

    private Reply Relay(RelayPort c)
    {
        _relays.Add(new PortRelayServer($"{stacks[c.Stack].Folder}/p", c.Port));
        return new Reply();
    }
}
