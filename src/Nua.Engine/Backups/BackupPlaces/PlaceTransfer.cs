using System.Diagnostics;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>
/// A program that carries one backup while it is made or read. The program cannot tell an input that is complete from one whose writer has
/// died, so its input is closed only when the backup is whole; in every other case it is ended before that, also by the kernel when we are
/// killed.
/// </summary>
internal sealed class PlaceTransfer : IDisposable
{
    private const int Interrupt = 2, CannotRead = 69, CannotWrite = 73, MostSaid = 16 << 10;
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(5);

    private readonly PlaceTool _tool;
    private readonly CancellationToken _cancel;
    private readonly CancellationTokenRegistration _cancelling;
    private readonly Process _process;
    private readonly StringBuilder _said = new();
    private readonly Task _errors;
    private readonly Timer _watch;
    private long _waitingSince;
    private int _isStopped;
    private volatile bool _hasStalled;
    private volatile bool _isBroken;
    private volatile bool _isRead;

    private PlaceTransfer(PlaceTool tool, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        (_tool, _cancel) = (tool, cancel);
        _process = BoundProcess.Start(tool, arguments);
        (Input, Output) = (new GuardedInput(this), new GuardedOutput(this));
        _errors = Task.Run(KeepWhatIsSaid, CancellationToken.None);
        _cancelling = cancel.Register(Stop);
        var period = TimeSpan.FromTicks(Math.Min(tool.Patience.Ticks / 4, TimeSpan.FromSeconds(10).Ticks));
        _watch = new Timer(_ => Watch(), null, period, period);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    /// <summary>A program that takes a backup.</summary>
    public static PlaceTransfer Sending(PlaceTool tool, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var transfer = new PlaceTransfer(tool, arguments, cancel);
        _ = Task.Run(() => transfer._process.StandardOutput.BaseStream.CopyTo(Stream.Null), CancellationToken.None);
        return transfer;
    }

    /// <summary>A program that gives one.</summary>
    /// <inheritdoc cref="Sending"/>
    public static PlaceTransfer Fetching(PlaceTool tool, IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var transfer = new PlaceTransfer(tool, arguments, cancel);
        transfer._process.StandardInput.BaseStream.Close();
        return transfer;
    }

    /// <summary>Ends the input, which says that it is complete, and waits until the program is done.</summary>
    /// <exception cref="ProblemException">NUA5144 it failed.</exception>
    public void CompleteWriting()
    {
        _cancel.ThrowIfCancellationRequested();
        _process.StandardInput.BaseStream.Close();
        AwaitEnd(CannotWrite);
    }

    /// <summary>When it gives no more: whether that was all.</summary>
    /// <exception cref="ProblemException">NUA5144 it failed.</exception>
    public void CompleteReading()
    {
        if (_isRead)
        {
            AwaitEnd(CannotRead);
        }
    }

    /// <summary>Null when it would take more.</summary>
    public ProblemException? WhyItTakesNoMore()
    {
        if (!_isBroken)
        {
            return null;
        }

        if (!_process.WaitForExit(_grace))
        {
            End();
        }

        return Failure(CannotWrite) ?? _tool.Failed("it ended before it had taken everything", null, CannotWrite);
    }

    public void Dispose()
    {
        _watch.Dispose();
        _cancelling.Dispose();
        End();
        _errors.Wait(_grace);
        _process.Dispose();
    }

    private void AwaitEnd(int exitCode)
    {
        if (!_process.WaitForExit(PlaceTool.Work))
        {
            throw _tool.Failed($"it did not end within {PlaceTool.Work.TotalHours:0} hours", null, exitCode);
        }

        _cancel.ThrowIfCancellationRequested();
        if (Failure(exitCode) is { } failure)
        {
            throw failure;
        }
    }

    private ProblemException? Failure(int exitCode)
    {
        if (_hasStalled)
        {
            return _tool.Failed($"nothing moved for {_tool.Patience.TotalMinutes:0} minutes", null, exitCode);
        }

        _errors.Wait(_grace);
        lock (_said)
        {
            var lines = _said.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var said = string.Join("; ", lines.TakeLast(5));
            return _process.ExitCode == 0
                ? null
                : _tool.Failed(Printable.Escape(said[Math.Max(0, said.Length - 500)..]), _process.ExitCode, exitCode);
        }
    }

    private void Watch()
    {
        var since = Interlocked.Read(ref _waitingSince);
        if (since != 0 && Environment.TickCount64 - since > _tool.Patience.TotalMilliseconds)
        {
            _hasStalled = true;
            Stop();
        }
    }

    /// <summary>Asks it to put things back and to end; its input stays open meanwhile.</summary>
    private void Stop()
    {
        try
        {
            if (Interlocked.Exchange(ref _isStopped, 1) == 0 && !_process.HasExited)
            {
                _ = Libc.Kill(_process.Id, Interrupt);
                _ = Task.Delay(_grace).ContinueWith(_ => Kill(), TaskScheduler.Default);
            }
        }
        catch (InvalidOperationException)
        {
            // Nobody needs it any more.
        }
    }

    private void End()
    {
        if (!_process.HasExited)
        {
            Stop();
            if (!_process.WaitForExit(_grace))
            {
                Kill();
                _process.WaitForExit();
            }
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended, and may be forgotten.
        }
    }

    /// <summary>All is read, so that it never waits for us; the end of it is kept.</summary>
    private void KeepWhatIsSaid()
    {
        var buffer = new char[4096];
        int count;
        while ((count = _process.StandardError.Read(buffer)) > 0)
        {
            lock (_said)
            {
                _said.Append(buffer, 0, count);
                _said.Remove(0, Math.Max(0, _said.Length - MostSaid));
            }
        }
    }

    private void Waits(bool does) => Interlocked.Exchange(ref _waitingSince, does ? Math.Max(1, Environment.TickCount64) : 0);

    private sealed class GuardedInput(PlaceTransfer owner) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            owner.Waits(true);
            try
            {
                owner._process.StandardInput.BaseStream.Write(buffer);
            }
            catch (IOException)
            {
                owner._isBroken = true;
                throw;
            }
            finally
            {
                owner.Waits(false);
            }
        }
    }

    private sealed class GuardedOutput(PlaceTransfer owner) : ReadOnlyStream
    {
        public override int Read(Span<byte> buffer)
        {
            owner.Waits(true);
            try
            {
                var count = owner._process.StandardOutput.BaseStream.Read(buffer);
                owner._isRead |= count == 0 && !buffer.IsEmpty;
                return count;
            }
            finally
            {
                owner.Waits(false);
            }
        }
    }
}
