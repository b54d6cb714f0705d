using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>Runs one verb in a container of its own: TERM when its time is over, KILL ten seconds later, both of the whole container.</summary>
internal sealed class VerbContainer(ContainerLaunch launch, ContainerRoots roots, ServiceLog log)
{
    private const int Terminate = 15, Kill = 9, TimedOut = 124;
    private const int LargestResult = 64 * 1024;
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);

    public async Task<OrderReply> RunAsync(
        RunOrder order, DetachedContainer? besides, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken gone)
    {
        if (order.IsBeside && besides is null)
        {
            throw new ProblemException(new Problem("NUA5032", "the application is not running, so nothing can run beside it"));
        }

        var result = order.WantsResult ? roots.MakeResult(order.Container.Uid, order.Container.Gid) : null;
        try
        {
            var container = await launch.StartAsync(order.Container, Copy, besides, result);
            var (status, isTimeout) = await EndAsync(container, TimeSpan.FromSeconds(order.LimitSeconds), gone);
            gone.ThrowIfCancellationRequested();
            return new OrderReply(isTimeout ? TimedOut : status, result is null ? null : Read(result));
        }
        finally
        {
            log.EndLines();
            if (result is not null)
            {
                ContainerRoots.RemovePrivate(Path.GetDirectoryName(result)!);
            }
        }

        void Copy(int stream, ReadOnlyMemory<byte> bytes)
        {
            log.Write(order.Name, bytes.Span);
            onOutput(stream, bytes);
        }
    }

    private static async Task<(int Status, bool IsTimeout)> EndAsync(DetachedContainer container, TimeSpan limit, CancellationToken gone)
    {
        // When nobody waits for the result any more, the verb must not go on changing data.
        using var killing = gone.Register(() => container.Signal(Kill));
        using var done = new CancellationTokenSource();
        await Task.WhenAny(container.Ended, Task.Delay(limit, done.Token));
        var isTimeout = !container.Ended.IsCompleted;
        if (isTimeout)
        {
            container.Signal(Terminate);
            await Task.WhenAny(container.Ended, Task.Delay(_grace, done.Token));
            if (!container.Ended.IsCompleted)
            {
                container.Signal(Kill);
            }
        }

        var status = await container.Ended;
        await done.CancelAsync();
        return (status, isTimeout);
    }

    private static byte[]? Read(string path)
    {
        using var file = File.OpenRead(path);
        var buffer = new byte[LargestResult];
        var count = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return count == 0 ? null : buffer[..count];
    }
}
