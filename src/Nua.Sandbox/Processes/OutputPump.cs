using Nua.Foundation.Linux;

namespace Nua.Sandbox.Processes;

/// <summary>What a program writes to one of its streams, until nobody has that stream open any more. A thread of its own waits in the
/// kernel, so that a quiet program costs nothing.</summary>
public sealed class OutputPump
{
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OutputPump(int readEnd, Action<ReadOnlyMemory<byte>> onBytes)
    {
        _thread = new Thread(() => Run(readEnd, onBytes), 192 * 1024) { IsBackground = true, Name = "output" };
    }

    public Task Ended => _ended.Task;

    /// <param name="onBytes">The memory is only valid during the call; it must not throw.</param>
    /// <returns>The descriptor to give to the program and to close afterwards.</returns>
    public static (int WriteEnd, OutputPump Pump) Open(Action<ReadOnlyMemory<byte>> onBytes)
    {
        var (read, write) = ChildProcess.Pipe();
        var pump = new OutputPump(read, onBytes);
        pump._thread.Start();
        return (write, pump);
    }

    private unsafe void Run(int fd, Action<ReadOnlyMemory<byte>> onBytes)
    {
        var buffer = new byte[8192];
        fixed (byte* start = buffer)
        {
            nint count;
            while ((count = Libc.Read(fd, start, buffer.Length)) > 0 || (count < 0 && Posix.LastError == Libc.EIntr))
            {
                if (count > 0)
                {
                    onBytes(buffer.AsMemory(0, (int)count));
                }
            }
        }

        _ = Libc.Close(fd);
        _ended.SetResult();
    }
}
