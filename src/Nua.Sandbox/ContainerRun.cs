using System.Diagnostics;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Sandbox;

/// <summary>
/// Runs one container through runc, in the foreground, and says how it ended. To be called inside the worker's namespaces. runc's
/// state lies on a tmpfs of the worker, so that nothing of it outlives the worker.
/// </summary>
public sealed class ContainerRun(string runc, string stateDirectory)
{
    private int _counter;
    private volatile string? _current;

    /// <param name="onOutput">Called with the stream's number (1 or 2) and what the container wrote there; the buffer is only valid during
    /// the call.</param>
    /// <exception cref="ProblemException">NUA4020 unsafe root; NUA4021 runc refused.</exception>
    public async Task<ContainerEnd> RunAsync(
        ContainerSpec spec, Action<int, ReadOnlyMemory<byte>> onOutput, Action onStarted, CancellationToken cancel)
    {
        RefuseLinkedMountPoints(spec.Root);
        var id = $"nua-{Environment.ProcessId}-{Interlocked.Increment(ref _counter)}";
        var bundle = Path.Combine(stateDirectory, id);
        Directory.CreateDirectory(bundle);
        var limits = HardLimits.Read();
        using (var config = File.Create(Path.Combine(bundle, "config.json")))
        {
            var processes = spec.MaxProcesses == 0 ? 0 : Math.Min(spec.MaxProcesses, limits.Processes);
            BundleWriter.Write(spec, Math.Min(65536, limits.OpenFiles), processes, config);
        }

        var log = Path.Combine(bundle, "runc.log");
        var start = new ProcessStartInfo(runc)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])[
            "--root", Path.Combine(stateDirectory, "runc"), "--rootless=true", "--log", log,
            "run", "--bundle", bundle, "--no-new-keyring", id])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        _current = id;
        onStarted();
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
            await KillAsync(id, process);
        }

        _current = null;
        await Task.WhenAll(output, error);
        cancel.ThrowIfCancellationRequested();
        FailIfRuncFailed(log, process.ExitCode);
        Directory.Delete(bundle, recursive: true);
        return new ContainerEnd(process.ExitCode, timedOut);
    }

    /// <summary>Sends a signal to the first process of the running container; nothing when none runs.</summary>
    public void Signal(int number)
    {
        if (_current is { } id)
        {
            using var kill = Process.Start(RuncKill(number.ToString(), id));
            kill?.WaitForExit();
        }
    }

    private ProcessStartInfo RuncKill(string signal, string id, params string[] options)
    {
        var start = new ProcessStartInfo(runc) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["--root", Path.Combine(stateDirectory, "runc"), "kill", .. options, id, signal])
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <summary>Ends every process of the container; the kernel takes the rest with its first.</summary>
    private async Task KillAsync(string id, Process process)
    {
        using var kill = Process.Start(RuncKill("KILL", id, "--all"))!;
        await kill.WaitForExitAsync(CancellationToken.None);
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

    /// <summary>runc mounts over these; a root where one is a link could send the mount elsewhere (CVE-2025-31133 and kin).</summary>
    private static void RefuseLinkedMountPoints(string root)
    {
        foreach (var name in (string[])["dev", "proc", "sys"])
        {
            var info = new FileInfo(Path.Combine(root, name));
            if (info.LinkTarget is not null || info.Exists)
            {
                throw new ProblemException(new Problem("NUA4020", $"The image has '/{name}' as something other than a folder")
                {
                    Why = "a runtime would mount through it to a place outside the container",
                    Remedy = "do not run this image; take another base",
                });
            }
        }
    }

    private static void FailIfRuncFailed(string log, int status)
    {
        if (status == 0 || !File.Exists(log))
        {
            return;
        }

        var lines = File.ReadAllLines(log).Where(line => line.Contains("level=error", StringComparison.Ordinal)).ToList();
        if (lines.Count == 0)
        {
            return;
        }

        var text = lines[^1];
        var from = text.IndexOf("msg=", StringComparison.Ordinal);
        var message = from < 0 ? text : text[(from + 4)..].Trim('"');
        if (message.Contains("executable file not found", StringComparison.Ordinal)
            || message.Contains("no such file or directory", StringComparison.Ordinal) && message.Contains("exec", StringComparison.Ordinal))
        {
            throw new ProblemException(new Problem("NUA4022", "The container's program does not exist in the image")
            {
                Why = Printable.Escape(message, 400),
            });
        }

        throw new ProblemException(new Problem("NUA4021", "runc could not start the container")
        {
            Why = Printable.Escape(message, 600),
        });
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
