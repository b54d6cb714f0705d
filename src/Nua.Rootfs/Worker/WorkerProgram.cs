using System.Text.Json;
using System.Threading.Channels;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Rootfs.Volumes;
using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>
/// The process that is root in its own user namespace: unpacks, mounts, runs, reads back. It is started as
/// <c>nua __worker</c> in the folder <c>$NUA_HOME/sandbox</c>, takes one order at a time from standard input, and ends when that closes.
/// </summary>
public sealed class WorkerProgram
{
    private const int PipeBytes = 1 << 20;

    private readonly FramePipe _pipe;
    private readonly FrameInbox _inbox;
    private readonly Func<Command, Reply?>[] _orders;

    private WorkerProgram(FramePipe pipe, WorkerPlaces places)
    {
        var signals = Channel.CreateUnbounded<int>();
        _pipe = pipe;
        _inbox = new FrameInbox(pipe, number => signals.Writer.TryWrite(number), () => Environment.Exit(0));
        var stacks = new StackOrders(places, _inbox);
        _orders =
        [
            stacks.Do,
            new ContentOrders(stacks, places, pipe, _inbox).Do,
            new ContainerOrders(stacks, places, pipe, _inbox, signals.Reader).Do,
            command => VolumeOrders.Do(command, new VolumeWork(places.Store), pipe, _inbox),
        ];
    }

    public static int Run(WorkerArguments arguments)
    {
        _ = Libc.Umask(0x12);
        if (arguments.OwnsNetwork)
        {
            Loopback.Raise();
        }

        foreach (var end in (ReadOnlySpan<int>)[0, 1])
        {
            // Data streams go through in frames of a quarter of it. Where the kernel does not allow it, only speed is lost.
            _ = Libc.Fcntl(end, Libc.FSetPipeSize, PipeBytes);
        }

        var worker = new WorkerProgram(
            new FramePipe(Console.OpenStandardInput(), Console.OpenStandardOutput()), WorkerPlaces.Arrange(arguments.Emulator));
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

    private void Answer(byte[] payload)
    {
        try
        {
            var command = JsonSerializer.Deserialize(payload, WorkerJson.Default.Command)!;
            var reply = _orders.Select(orders => orders(command)).FirstOrDefault(found => found is not null)
                ?? throw new InvalidDataException($"unknown order {command.GetType().Name}");
            _pipe.Write(FrameKind.Reply, JsonSerializer.SerializeToUtf8Bytes(reply, WorkerJson.Default.Reply));
        }
        catch (ProblemException failure)
        {
            Fail(failure.Problems);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            var isFull = Posix.IsDiskFull(failure);
            Fail([new Problem(isFull ? "NUA4031" : "NUA4030", isFull ? "the disk of the store is full" : "reading or writing a file of the sandbox failed")
            {
                Why = Printable.Escape(failure.Message, 500),
                Remedy = isFull ? "free space, or run: nua prune" : null,
            }]);
        }
    }

    private void Fail(IReadOnlyList<Problem> problems) =>
        _pipe.Write(FrameKind.Failure, JsonSerializer.SerializeToUtf8Bytes(problems, WorkerJson.Default.IReadOnlyListProblem));
}
