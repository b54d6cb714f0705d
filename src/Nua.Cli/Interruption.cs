using System.Runtime.InteropServices;

namespace Nua.Cli;

/// <summary>
/// Turns Ctrl-C, SIGTERM and SIGHUP into the cancellation that every command hands down. The first signal asks the work to stop
/// and put things back; a second one ends the process at once (the kernel then undoes what is left: locks and mounts go with us).
/// </summary>
public sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    public Interruption() => _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, context => On(context, ExitStatus.Interrupted)),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => On(context, 143)),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => On(context, 129)),
    ];

    public CancellationToken Token => _source.Token;

    /// <summary>128 + the number of the signal that came first; <see cref="ExitStatus.Interrupted"/> when none did.</summary>
    public int Status { get; private set; } = ExitStatus.Interrupted;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void On(PosixSignalContext context, int status)
    {
        if (_source.IsCancellationRequested)
        {
            return;
        }

        context.Cancel = true;
        Status = status;
        _source.Cancel();
    }
}
