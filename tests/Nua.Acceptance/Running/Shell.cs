using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Nua.Acceptance.Running;

/// <summary>What a program did.</summary>
/// <param name="Status">Exit status; 128 + the signal when one ended it.</param>
public sealed record Outcome(string CommandLine, int Status, string Out, string Error, TimeSpan Time)
{
    /// <summary>For the message of a failed assertion.</summary>
    public override string ToString() => $"$ {CommandLine}\nstatus {Status} after {Time.TotalSeconds:0.0} s\n--- stdout\n{Out}\n--- stderr\n{Error}";

    /// <summary>This outcome, when the status is the one expected; otherwise the test fails and shows everything.</summary>
    public Outcome Expect(int status)
    {
        if (Status != status)
        {
            Assert.Fail($"expected status {status}\n{this}");
        }

        return this;
    }
}

/// <summary>How to start a program. Immutable; each <c>With</c> returns a copy.</summary>
public sealed record Shell(string Program)
{
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public string? Folder { get; init; }

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>The process and everything it started is ended after this.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    public Shell With(params IReadOnlyList<string> arguments) => this with { Arguments = [.. Arguments, .. arguments] };

    public Shell In(string folder) => this with { Folder = folder };

    /// <param name="value">Null removes the variable.</param>
    public Shell Set(string name, string? value) =>
        this with { Environment = new Dictionary<string, string?>(Environment) { [name] = value } };

    public Shell Within(TimeSpan limit) => this with { Limit = limit };

    /// <summary>The same, started by another program: <c>unshare</c>, <c>setpriv</c>.</summary>
    public Shell Wrapped(string program, params IReadOnlyList<string> arguments) =>
        this with { Program = program, Arguments = [.. arguments, Program, .. Arguments] };

    /// <summary>Runs to the end, stdin empty.</summary>
    public async Task<Outcome> RunAsync(CancellationToken cancellation = default)
    {
        using var running = Start();
        return await running.EndAsync(Limit, cancellation);
    }

    /// <summary>Runs with a script of <c>sh</c>.</summary>
    public static Task<Outcome> ScriptAsync(string script, string? folder = null) =>
        new Shell("/bin/sh") { Folder = folder }.With("-euc", script).RunAsync();

    public RunningProcess Start()
    {
        var info = new ProcessStartInfo(Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            WorkingDirectory = Folder ?? "/",
        };
        foreach (var argument in Arguments)
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in Environment)
        {
            info.Environment.Remove(name);
            if (value is not null)
            {
                info.Environment[name] = value;
            }
        }

        var process = Process.Start(info)!;
        process.StandardInput.Close();
        return new RunningProcess(process, $"{Program} {string.Join(' ', Arguments.Select(Quoted))}");
    }

    private static string Quoted(string argument) =>
        argument.Length > 0 && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=@,+".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}

/// <summary>A program that runs. Disposing ends it: it is killed with all it started.</summary>
public sealed partial class RunningProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _commandLine;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    internal RunningProcess(Process process, string commandLine)
    {
        _process = process;
        _commandLine = commandLine;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _out), ReadAsync(process.StandardError, _error));
    }

    public int Id => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What it has printed so far on both streams.</summary>
    public string Printed
    {
        get
        {
            lock (_out)
            {
                lock (_error)
                {
                    return _out.ToString() + _error;
                }
            }
        }
    }

    public void Signal(PosixSignal signal) => _ = Kill(_process.Id, signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGHUP => 1,
        _ => 15,
    });

    public void KillOnlyItself() => _ = Kill(_process.Id, 9);

    /// <summary>Waits for the end; past the limit everything is killed and the test fails.</summary>
    public async Task<Outcome> EndAsync(TimeSpan limit, CancellationToken cancellation = default)
    {
        using var clock = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        clock.CancelAfter(limit);
        try
        {
            await _process.WaitForExitAsync(clock.Token);
            // A grandchild that kept the pipe open must not hold the test for ever.
            await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromSeconds(5), CancellationToken.None));
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"still running after {limit.TotalSeconds:0} s\n{Outcome(-1)}");
        }

        return Outcome(_process.ExitCode);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(5000);
        }

        _process.Dispose();
    }

    private Outcome Outcome(int status)
    {
        lock (_out)
        {
            lock (_error)
            {
                return new Outcome(_commandLine, status, _out.ToString(), _error.ToString(), Stopwatch.GetElapsedTime(_started));
            }
        }
    }

    private static async Task ReadAsync(StreamReader reader, StringBuilder into)
    {
        var buffer = new char[4096];
        int count;
        while ((count = await reader.ReadAsync(buffer)) > 0)
        {
            lock (into)
            {
                into.Append(buffer, 0, count);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
