using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Rootfs.Worker;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// The one process of an instance on the local engine, started as <c>nua __supervise</c> in the folder <c>$NUA_HOME/sandbox</c>: root of its user
/// namespace, first of its pid namespace, so that all containers end with it. It takes orders from the control socket, and ends by
/// itself when it has neither an application nor ports nor anybody who talks to it.
/// </summary>
public sealed class SupervisorProgram
{
    private const string Lock = "lock";

    private readonly System.Threading.Lock _turn = new();
    private readonly SemaphoreSlim _changes = new(1);
    private readonly string _run;
    private readonly ServiceLog _log;
    private readonly ContainerLaunch _launch;
    private readonly ContainerRoots _roots;
    private readonly Gate _gate = new();
    private readonly Socket _listener;
    private RunningService? _service;
    private RunningService? _beside;
    private int _connections;

    private SupervisorProgram(string instance, string runc)
    {
        _roots = new ContainerRoots(instance);
        var folder = $"{_roots.Store}/instances/{instance}";
        _run = folder + "/run";
        _log = new ServiceLog(folder + "/log", TimeProvider.System);
        _launch = new ContainerLaunch(_roots, runc);
        _listener = ControlSocket.Listen(_run);
    }

    /// <param name="instance">Name of the instance, already checked.</param>
    /// <param name="runc">Path of the OCI runtime.</param>
    /// <param name="ownNetwork">The network namespace is ours and still without loopback.</param>
    public static int Run(string instance, string runc, bool ownNetwork)
    {
        _ = Libc.Umask(0x12);
        // Service managers follow unshare, our parent: when it is killed, all of us goes. Changing the user has cleared what unshare itself asked for.
        Posix.Check(Libc.Prctl(Libc.PrSetParentDeathSignal, Libc.SigKill, 0, 0, 0), "following the parent process");
        if (ownNetwork)
        {
            Loopback.Raise();
        }

        // An earlier one may still be ending.
        using var held = FileLock.Exclusive($"../instances/{instance}/run/{Lock}");
        var supervisor = new SupervisorProgram(instance, runc);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            _ = supervisor.EndAsync();
        });
        Console.Out.WriteLine("ready");
        Console.Out.Flush();
        ForgetStarter();
        supervisor.Serve();
        return 0;
    }

    /// <summary>Whoever started us may be long gone, and must not wait for the end of our output.</summary>
    private static void ForgetStarter()
    {
        var nothing = Posix.Check(Libc.Open("/dev/null\0"u8, Libc.ORdWr | Libc.OCloExec, 0), "opening /dev/null");
        for (var fd = 0; fd <= 2; fd++)
        {
            Posix.Check(Libc.Dup2(nothing, fd), "leaving the starter");
        }
    }

    private void Serve()
    {
        // Nobody comes: the one who started us was killed.
        _ = Task.Delay(TimeSpan.FromSeconds(30)).ContinueWith(_ => EndIfIdle(), TaskScheduler.Default);
        while (true)
        {
            Socket connection;
            try
            {
                connection = _listener.Accept();
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            lock (_turn)
            {
                _connections++;
            }

            new Thread(() => Attend(connection), 256 * 1024) { IsBackground = true, Name = "order" }.Start();
        }
    }

    private void Attend(Socket connection)
    {
        try
        {
            using (connection)
            {
                Answer(connection);
            }
        }
#pragma warning disable CA1031 // Whatever an order does, the application must not fall with it.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            if (failure is not (IOException or SocketException))
            {
                _log.Say($"an order failed: {Printable.Escape($"{failure.GetType().Name}: {failure.Message}", 500)}");
            }
        }
        finally
        {
            lock (_turn)
            {
                _connections--;
            }

            EndIfIdle();
            ProgramPages.GiveBack();
        }
    }

    private void Answer(Socket connection)
    {
        using var stream = new NetworkStream(connection);
        var pipe = new FramePipe(stream, stream);
        SupervisorConnection.Attend(pipe);
        var sockets = PassedSockets.Receive(connection);
        if (pipe.Read() is not { } frame)
        {
            return;
        }

        var order = JsonSerializer.Deserialize(frame.Payload, OrderJson.Default.Order)!;
        using var gone = new CancellationTokenSource();
        var work = Task.Run(async () =>
        {
            try
            {
                var reply = await DoAsync(order, sockets, pipe, gone.Token);
                pipe.Write(FrameKind.Reply, JsonSerializer.SerializeToUtf8Bytes(reply, OrderJson.Default.OrderReply));
            }
            catch (ProblemException failure)
            {
                pipe.Write(FrameKind.Failure, JsonSerializer.SerializeToUtf8Bytes(failure.Problems, OrderJson.Default.IReadOnlyListProblem));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                IReadOnlyList<Problem> problems = [new Problem("NUA5030", "the supervisor could not read or write a file") { Why = Printable.Escape(failure.Message, 500) }];
                pipe.Write(FrameKind.Failure, JsonSerializer.SerializeToUtf8Bytes(problems, OrderJson.Default.IReadOnlyListProblem));
            }
            catch (OperationCanceledException)
            {
                // The one who asked is gone.
            }
            finally
            {
                connection.Shutdown(SocketShutdown.Both);
            }
        });
        while (pipe.Read() is not null)
        {
            // Nothing more is to come; this waits for the end.
        }

        gone.Cancel();
        work.GetAwaiter().GetResult();
    }

    private async Task<OrderReply> DoAsync(Order order, IReadOnlyList<Socket> sockets, FramePipe pipe, CancellationToken gone)
    {
        switch (order)
        {
            case StatusOrder:
                var status = (_service?.Status ?? ServiceStatus.None) with { IsGateOpen = _gate.IsOpen, Beside = _beside?.Status };
                return new OrderReply(Service: status, Ports: _gate.Addresses, InnerPort: _service?.Order.Health.Port);
            case GateOrder gate:
                _gate.IsOpen = gate.IsOpen;
                return new OrderReply();
            case RunOrder run:
                return await new VerbContainer(_launch, _roots, _log).RunAsync(run, run.IsBeside ? _service?.Container : null, Output(pipe), gone);
            case ExecOrder exec:
                return new OrderReply(await ExecuteAsync(exec, Output(pipe), gone));
        }

        await _changes.WaitAsync(CancellationToken.None);
        try
        {
            return order switch
            {
                StartOrder { IsBeside: true } start => await StartBesideAsync(start),
                StartOrder start => await StartAsync(start, sockets),
                LeadOrder lead => LeadTo(lead.Release),
                StopBesideOrder => await StopBesideAsync(),
                StopOrder => new OrderReply(await StopAsync()),
                ShutdownOrder => await ShutdownAsync(),
                _ => throw new InvalidDataException($"unknown order {order.GetType().Name}"),
            };
        }
        finally
        {
            _changes.Release();
        }
    }

    private static Action<int, ReadOnlyMemory<byte>> Output(FramePipe pipe) => (stream, bytes) =>
    {
        var payload = new byte[bytes.Length + 1];
        payload[0] = (byte)stream;
        bytes.Span.CopyTo(payload.AsSpan(1));
        try
        {
            pipe.Write(FrameKind.Output, payload);
        }
        catch (IOException)
        {
            // Nobody listens any more; the end of the connection ends the program too.
        }
    };

    private async Task<OrderReply> StartAsync(StartOrder start, IReadOnlyList<Socket> sockets)
    {
        if (sockets.Count > 0)
        {
            var wasOpen = _gate.IsOpen;
            _gate.Close();
            _gate.IsOpen = wasOpen;
            sockets.ToList().ForEach(_gate.Add);
            _gate.LeadTo(start.InnerPorts);
        }

        if (_service is { IsOver: false } current)
        {
            if (current.Status.Release == start.Release && current.Status.Generation == start.Generation)
            {
                return new OrderReply();
            }

            await StopAsync();
        }

        var next = await LaunchAsync(start);
        _service?.Dispose();
        _service = next;
        _gate.LeadTo(start.InnerPorts);
        return new OrderReply();
    }

    private async Task<OrderReply> StartBesideAsync(StartOrder start)
    {
        await StopBesideAsync();
        _beside = await LaunchAsync(start);
        return new OrderReply();
    }

    private async Task<RunningService> LaunchAsync(StartOrder start)
    {
        var beside = start.IsBeside ? " beside the one that serves" : "";
        _log.Say($"starting {start.Release[..Math.Min(19, start.Release.Length)]} on generation {start.Generation}{beside}");
        var next = new RunningService(start, _launch, _log, TimeProvider.System);
        await next.StartAsync();
        return next;
    }

    private OrderReply LeadTo(string release)
    {
        if (_beside?.Status.Release == release)
        {
            (_service, _beside) = (_beside, _service);
            _service.IsBeside = false;
            if (_beside is { } replaced)
            {
                replaced.IsBeside = true;
            }

            _gate.LeadTo(_service.Order.InnerPorts);
        }

        return new OrderReply();
    }

    private async Task<OrderReply> StopBesideAsync()
    {
        var (beside, status) = (_beside, (int?)null);
        if (beside is not null)
        {
            status = await beside.StopAsync();
            beside.Dispose();
            _beside = null;
        }

        return new OrderReply(status);
    }

    private async Task<int?> StopAsync()
    {
        await StopBesideAsync();
        if (_service is not { } running)
        {
            return null;
        }

        var status = await running.StopAsync();
        running.Dispose();
        _service = null;
        return status;
    }

    private async Task<int> ExecuteAsync(ExecOrder exec, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken gone)
    {
        if (_service?.Container is not { } container)
        {
            throw new ProblemException(new Problem("NUA5031", "the application is not running at this moment"));
        }

        return await container.ExecuteAsync(exec.Argv, onOutput, gone);
    }

    private async Task<OrderReply> ShutdownAsync()
    {
        var status = await StopAsync();
        _gate.Close();
        return new OrderReply(status);
    }

    /// <summary>The machine goes down, or its service manager stops us.</summary>
    private async Task EndAsync()
    {
        await _changes.WaitAsync();
        await ShutdownAsync();
        _changes.Release();
        EndIfIdle();
    }

    private void EndIfIdle()
    {
        lock (_turn)
        {
            if (_connections == 0 && _service is null && _beside is null && !_gate.HasListeners)
            {
                ControlSocket.Remove(_run);
                _roots.RemoveWritable();
                Environment.Exit(0);
            }
        }
    }
}
