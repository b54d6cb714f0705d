using System.Diagnostics;
using System.Threading.Channels;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Sandbox;

/// <summary>
/// Runs one container through runc, in the foreground, and says how it ended. To be called inside the worker's namespaces. runc's
/// state lies on a tmpfs of the worker, so that nothing of it outlives the worker.
/// </summary>
public sealed class ContainerRun(string runc, string stateDirectory)
{
    private const string PidFile = "pid";
    private int _counter;

    /// <param name="onOutput">Called with the stream's number (1 or 2) and what the container wrote there; the buffer is only valid during
    /// the call.</param>
    /// <param name="signals">Numbers for the first process, from before the start too.</param>
    /// <exception cref="ProblemException">NUA4020 unsafe root; NUA4021 runc refused.</exception>
    public async Task<ContainerEnd> RunAsync(
        ContainerSpec spec, Action<int, ReadOnlyMemory<byte>> onOutput, Action onStarted, ChannelReader<int> signals, CancellationToken cancel)
    {
        RuncChecks.RefuseLinkedMountPoints(spec.Root);
        var id = $"nua-{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}";
        var bundle = Path.Combine(stateDirectory, id);
        WriteBundle(spec, bundle);
        var log = Path.Combine(bundle, "runc.log");
        using var process = Process.Start(RuncRun(id, bundle, log))!;
        process.StandardInput.Close();
        onStarted();
        using var ended = new CancellationTokenSource();
        var delivering = DeliverAsync(id, signals, ended.Token);
        var timedOut = false;
        var output = PumpAsync(1, process.StandardOutput.BaseStream, onOutput);
        var error = PumpAsync(2, process.StandardError.BaseStream, onOutput);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (spec.TimeLimit is { } time)
        {
            limit.CancelAfter(time);
        }

        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            timedOut = !cancel.IsCancellationRequested;
            await KillAsync(id, bundle, process);
        }

        await ended.CancelAsync();
        await Task.WhenAll(output, error, delivering);
        cancel.ThrowIfCancellationRequested();
        RuncChecks.FailIfRuncFailed(log, process.ExitCode);
        Directory.Delete(bundle, recursive: true);
        return new ContainerEnd(process.ExitCode, timedOut);
    }

    /// <summary>Sends signals to the container's first process. One that came before runc had made the container waits for it: a request to
    /// end must not be lost.</summary>
    private async Task DeliverAsync(string id, ChannelReader<int> signals, CancellationToken ended)
    {
        try
        {
            while (true)
            {
                var number = await signals.ReadAsync(ended);
                while (!await TrySignalAsync(id, number))
                {
                    await Task.Delay(20, ended);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The container has ended.
        }
    }

    private async Task<bool> TrySignalAsync(string id, int number)
    {
        using var kill = Process.Start(RuncKill(number.ToString(), id))!;
        await kill.WaitForExitAsync(CancellationToken.None);
        return kill.ExitCode == 0;
    }

    private static void WriteBundle(ContainerSpec spec, string bundle)
    {
        Directory.CreateDirectory(bundle);
        var limits = HardLimits.Read();
        var processes = spec.MaxProcesses == 0 ? 0 : Math.Min(spec.MaxProcesses, limits.Processes);
        using var config = File.Create(Path.Combine(bundle, "config.json"));
        BundleWriter.Write(spec, Math.Min(65536, limits.OpenFiles), processes, config);
    }

    private ProcessStartInfo RuncRun(string id, string bundle, string log) => new(
        runc,
        [
            "--root", Path.Combine(stateDirectory, "runc"), "--rootless=true", "--log", log,
            "run", "--bundle", bundle, "--pid-file", Path.Combine(bundle, PidFile), "--no-new-keyring", id,
        ])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    private ProcessStartInfo RuncKill(string signal, string id, params string[] options) =>
        new(runc, ["--root", Path.Combine(stateDirectory, "runc"), "kill", .. options, id, signal])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

    /// <summary>Ends the container's first process; the kernel takes the rest with it. Not through runc where that can be helped: among
    /// thousands of busy processes one more would take long to start.</summary>
    private async Task KillAsync(string id, string bundle, Process process)
    {
        var file = Path.Combine(bundle, PidFile);
        if (File.Exists(file) && int.TryParse(await File.ReadAllTextAsync(file, CancellationToken.None), out var first))
        {
            _ = Libc.Kill(first, 9);
        }
        else
        {
            using var kill = Process.Start(RuncKill("KILL", id, "--all"))!;
            await kill.WaitForExitAsync(CancellationToken.None);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task PumpAsync(int number, Stream stream, Action<int, ReadOnlyMemory<byte>> onOutput)
    {
        var buffer = new byte[16384];
        int count;
        while ((count = await stream.ReadAsync(buffer)) > 0)
        {
            lock (onOutput)
            {
                onOutput(number, buffer.AsMemory(0, count));
            }
        }
    }
}

/// <summary>The host's hard limits: a container may not ask for more where the right to raise them is missing.</summary>
internal sealed record HardLimits(ulong OpenFiles, ulong Processes)
{
    public static HardLimits Read()
    {
        ulong files = 1024, processes = 1024;
        foreach (var line in File.ReadLines("/proc/self/limits"))
        {
            if (line.StartsWith("Max open files", StringComparison.Ordinal))
            {
                files = Hard(line);
            }
            else if (line.StartsWith("Max processes", StringComparison.Ordinal))
            {
                processes = Hard(line);
            }
        }

        return new HardLimits(files, processes);
    }

    private static ulong Hard(string line)
    {
        var words = line[26..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ulong.TryParse(words[1], out var value) ? value : ulong.MaxValue;
    }
}
