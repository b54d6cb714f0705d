using System.Globalization;
using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// The application of one instance: started, watched, started again when it ends by itself. All that changes is changed under one lock;
/// <see cref="Status"/> is a picture of one moment.
/// </summary>
internal sealed class RunningService : IDisposable
{
    private const int Terminate = 15, Kill = 9;

    private readonly Lock _turn = new();
    private readonly ContainerLaunch _launch;
    private readonly ServiceLog _log;
    private readonly TimeProvider _time;
    private readonly HealthProbe _probe;
    private readonly CancellationTokenSource _stop = new();
    private readonly RestartDelay _delay = new();
    private DetachedContainer? _container;
    private Task _loop = Task.CompletedTask;
    private ServiceStatus _status;

    public RunningService(StartOrder order, ContainerLaunch launch, ServiceLog log, TimeProvider time)
    {
        (Order, _launch, _log, _time) = (order, launch, log, time);
        IsBeside = order.IsBeside;
        _probe = new HealthProbe(order.Health, launch.HasOwnHealthScript(order.Container));
        _status = ServiceStatus.None with { Release = order.Release, Generation = order.Generation };
    }

    public StartOrder Order { get; }

    /// <summary>Another one serves; what this one prints is told apart in the log.</summary>
    public bool IsBeside { get; set => Volatile.Write(ref field, value); }

    public ServiceStatus Status
    {
        get
        {
            lock (_turn)
            {
                return _status;
            }
        }
    }

    /// <summary>Null when it does not run at this moment.</summary>
    public DetachedContainer? Container
    {
        get
        {
            lock (_turn)
            {
                return _container;
            }
        }
    }

    /// <summary>It ended in a way that starting it again cannot mend, or was stopped, or is being stopped.</summary>
    public bool IsOver => Status.State == ServiceState.Stopped;

    /// <exception cref="ProblemException">the first container could not be started.</exception>
    public async Task StartAsync()
    {
        var first = await LaunchAsync();
        _loop = Task.Run(() => KeepAsync(first));
    }

    /// <returns>The exit status; null when it did not run.</returns>
    public async Task<int?> StopAsync()
    {
        var running = Container;
        await _stop.CancelAsync();
        lock (_turn)
        {
            // Whoever asked for this may be gone, and the next one must not take it for an application that goes on.
            _status = _status with { State = ServiceState.Stopped };
        }

        if (running is not null)
        {
            running.Signal(Terminate);
            // The image's own init kills the application when its time is over; this is for one that does not.
            await Task.WhenAny(running.Ended, Task.Delay(TimeSpan.FromSeconds(Order.StopSeconds + 5)));
            if (!running.Ended.IsCompleted)
            {
                running.Signal(Kill);
            }
        }

        await _loop;
        return running is null ? null : await running.Ended;
    }

    public void Dispose() => _stop.Dispose();

    private async Task<DetachedContainer> LaunchAsync()
    {
        var container = await _launch.StartAsync(
            Order.Container, (stream, bytes) => _log.Write(IsBeside ? LogFiles.Beside : stream == 1 ? "out" : "err", bytes.Span));
        lock (_turn)
        {
            _container = container;
            var state = _stop.IsCancellationRequested ? ServiceState.Stopped : ServiceState.Starting;
            _status = _status with { State = state, Health = null, Since = _time.GetUtcNow() };
        }

        return container;
    }

    private async Task KeepAsync(DetachedContainer? container)
    {
        while (container is not null)
        {
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            var health = WatchAsync(container, ended.Token);
            var status = await container.Ended;
            await ended.CancelAsync();
            await health;
            _log.EndLines();
            var isAsked = _stop.IsCancellationRequested;
            var wait = isAsked || IsFinal(status) ? (TimeSpan?)null : _delay.Next();
            Set(wait is null ? ServiceState.Stopped : ServiceState.Restarting, status);
            _log.Say(isAsked ? $"stopped, exit status {status}"
                : wait is null ? $"ended with {status}, which starting again does not mend"
                : $"ended by itself with {status}; starts again in {wait.Value.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s");
            container = wait is null ? null : await AgainAsync(wait.Value);
        }
    }

    /// <summary>Exit codes of the contract that ask for the operator (usage, data, permission, settings).</summary>
    private static bool IsFinal(int status) => status is 64 or 65 or 73 or 77 or 78;

    private async Task<DetachedContainer?> AgainAsync(TimeSpan wait)
    {
        while (true)
        {
            try
            {
                await Task.Delay(wait, _stop.Token);
                lock (_turn)
                {
                    _status = _status with { Restarts = _status.Restarts + 1 };
                }

                var next = await LaunchAsync();
                if (_stop.IsCancellationRequested)
                {
                    next.Signal(Kill);
                }

                return next;
            }
            catch (OperationCanceledException)
            {
                Set(ServiceState.Stopped, Status.LastExit);
                return null;
            }
#pragma warning disable CA1031 // Whatever hinders the start, the next try may go better.
            catch (Exception error)
#pragma warning restore CA1031
            {
                wait = _delay.Next();
                _log.Say($"could not be started: {Printable.Escape(error.Message, 500)}");
            }
        }
    }

    private void Set(ServiceState state, int? lastExit)
    {
        lock (_turn)
        {
            _container = null;
            _status = _status with { State = state, LastExit = lastExit, Since = _time.GetUtcNow() };
        }
    }

    private async Task WatchAsync(DetachedContainer container, CancellationToken ended)
    {
        var failures = 0;
        var begun = Environment.TickCount64;
        try
        {
            while (true)
            {
                var (isReady, line) = await _probe.AskAsync(container);
                ended.ThrowIfCancellationRequested();
                failures = isReady ? 0 : failures + 1;
                Note(isReady, failures, line);
                if (isReady)
                {
                    _delay.Steady();
                }

                await Task.Delay(Pause(begun), ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The container has ended.
        }
    }

    /// <summary>Somebody waits for the first success; later the contract's interval is enough.</summary>
    private TimeSpan Pause(long begun)
    {
        if (Status.State != ServiceState.Starting)
        {
            return TimeSpan.FromSeconds(Order.Health.Interval);
        }

        var isFresh = Environment.TickCount64 - begun < 5000;
        return TimeSpan.FromMilliseconds(_probe.IsCheap ? isFresh ? 20 : 250 : isFresh ? 250 : 1000);
    }

    private void Note(bool isReady, int failures, string line)
    {
        lock (_turn)
        {
            if (_stop.IsCancellationRequested)
            {
                return;
            }

            var state = isReady ? ServiceState.Ready
                : _status.State == ServiceState.Ready && failures >= Order.Health.Retries ? ServiceState.Unhealthy
                : _status.State;
            if (state != _status.State)
            {
                _log.Say($"{state.ToString().ToLowerInvariant()}: {line}");
                _status = _status with { Since = _time.GetUtcNow() };
            }

            _status = _status with { State = state, Health = line };
        }
    }
}
