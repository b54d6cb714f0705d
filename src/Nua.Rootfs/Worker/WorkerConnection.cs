using System.Diagnostics;
using System.Text.Json;
using Nua.Foundation;

namespace Nua.Rootfs.Worker;

/// <summary>
/// Our side of a worker: orders go to it one at a time, each answered by a reply or a failure, some with a stream before or behind. Closing it ends
/// the worker.
/// </summary>
internal sealed class WorkerConnection : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly FramePipe _pipe;
    private readonly Task<string> _errors;
    private int _unanswered;

    /// <param name="process">With all three of its streams redirected; it is ours from now on.</param>
    public WorkerConnection(Process process)
    {
        _process = process;
        _pipe = new FramePipe(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Cancelling ends the worker.</summary>
    /// <exception cref="ProblemException">the order failed; NUA4005: the worker is gone.</exception>
    public Reply Ask(Command command, CancellationToken cancel = default)
    {
        using var ending = cancel.Register(Kill);
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
    /// <inheritdoc cref="Ask"/>
    public Reply AskWithInput(Command command, Action<Stream> write)
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

    /// <summary>An order that a stream comes back from. What <paramref name="read"/> leaves of it is passed over.</summary>
    /// <inheritdoc cref="Ask"/>
    public Reply AskWithOutput(Command command, Action<Stream> read, CancellationToken cancel = default) =>
        AskWithBoth(command, null, read, cancel);

    /// <summary>An order that is followed by a stream, and that another one comes back from.</summary>
    /// <inheritdoc cref="Ask"/>
    public Reply AskWithBoth(Command command, Action<Stream>? write, Action<Stream> read, CancellationToken cancel = default)
    {
        using var ending = cancel.Register(Kill);
        Send(command);
        if (write is not null)
        {
            using var input = new FrameStream(_pipe);
            write(input);
            input.Complete();
        }

        try
        {
            using var stream = Output();
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

    public void Send(Command command)
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

    public void Send(FrameKind kind, ReadOnlySpan<byte> payload) => _pipe.Write(kind, payload);

    /// <summary>The answer to what was sent.</summary>
    /// <param name="onOther">Told what comes before it.</param>
    /// <inheritdoc cref="Ask"/>
    public Reply Await(Action<FrameKind, byte[]>? onOther = null)
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

    /// <summary>Orders to clear up, also when nobody waited for the answer to an earlier order. A worker that does not listen is ended.</summary>
    public void Clear(IReadOnlyCollection<Command> commands)
    {
        if (commands.Count == 0 || _process.HasExited)
        {
            return;
        }

        using var patience = new Timer(_ => _process.Kill(), null, _patience, Timeout.InfiniteTimeSpan);
        foreach (var command in commands)
        {
            Send(command);
        }

        while (_unanswered > 0 && _pipe.Read() is { } frame)
        {
            _unanswered -= frame.Kind is FrameKind.Reply or FrameKind.Failure ? 1 : 0;
        }
    }

    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The worker is already gone.
        }

        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
        {
            Kill();
        }

        _process.Dispose();
    }

    /// <summary>A failure in the middle of the stream is the order's answer.</summary>
    private PipedStream Output() => new(_pipe, () => _unanswered--);

    private ProblemException Gone()
    {
        var text = _errors.Wait(TimeSpan.FromSeconds(2)) ? _errors.Result.Trim() : "";
        return new ProblemException(new Problem("NUA4005", "the sandbox process ended unexpectedly")
        {
            Why = text.Length > 0 ? Printable.Escape(text, 600) : "it was killed",
            Remedy = "check that user namespaces are allowed (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns)"
                + " and that /etc/subuid and /etc/subgid give this user 65536 ids",
        });
    }
}
