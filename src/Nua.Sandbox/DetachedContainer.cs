using System.Globalization;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Sandbox.Processes;

namespace Nua.Sandbox;

/// <summary>
/// A container without a process that waits for it: runc starts it and ends, and its first process becomes a child of ours. To be used by the
/// first process of a pid namespace, so that whatever happens to that one, no container is left.
/// </summary>
public sealed class DetachedContainer
{
    private const int Kill = 9;
    private static readonly Dictionary<string, string> _env = new() { ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" };
    private static int _counter;

    private readonly string _runc;
    private readonly string _state;
    private readonly string _id;

    private DetachedContainer(string runc, string state, string id, int pid, Task<int> ended) =>
        (_runc, _state, _id, Pid, Ended) = (runc, state, id, pid, ended);

    /// <summary>Of its first process, as we see it.</summary>
    public int Pid { get; }

    /// <summary>The exit status of its first process (128+n for signal n), when all that it wrote has been handed on.</summary>
    public Task<int> Ended { get; }

    /// <param name="state">A folder in memory.</param>
    /// <param name="onOutput">Stream 1 or 2 and bytes, valid during the call only; calls come from two threads; must not throw.</param>
    /// <exception cref="ProblemException">NUA4020 unsafe root; NUA4021, NUA4022 runc refused.</exception>
    public static async Task<DetachedContainer> StartAsync(
        string runc, string state, ContainerSpec spec, Action<int, ReadOnlyMemory<byte>> onOutput)
    {
        RuncChecks.RefuseLinkedMountPoints(spec.Root);
        var id = "c" + Interlocked.Increment(ref _counter).ToString(CultureInfo.InvariantCulture);
        var bundle = $"{state}/{id}";
        Directory.CreateDirectory(bundle);
        var limits = HardLimits.Read();
        using (var config = File.Create(bundle + "/config.json"))
        {
            var processes = spec.MaxProcesses == 0 ? 0 : Math.Min(spec.MaxProcesses, limits.Processes);
            BundleWriter.Write(spec, Math.Min(65536, limits.OpenFiles), processes, config);
        }

        var (output, outputPump) = OutputPump.Open(bytes => onOutput(1, bytes));
        var (error, errorPump) = OutputPump.Open(bytes => onOutput(2, bytes));
        int status;
        try
        {
            var (_, ended) = ChildProcess.Start(
                runc,
                [
                    "--root", $"{state}/runc", "--rootless=true", "--log", bundle + "/runc.log",
                    "run", "--detach", "--no-new-keyring", "--bundle", bundle, "--pid-file", bundle + "/pid", id,
                ],
                _env, output, error);
            status = await ended;
        }
        finally
        {
            _ = Libc.Close(output);
            _ = Libc.Close(error);
        }

        if (status != 0 || !File.Exists(bundle + "/pid"))
        {
            await Task.WhenAll(outputPump.Ended, errorPump.Ended);
            try
            {
                RuncChecks.FailIfRuncFailed(bundle + "/runc.log", status == 0 ? 1 : status);
                throw new ProblemException(new Problem("NUA4023", "runc ended without starting the container")
                {
                    Why = $"its exit status is {status}",
                });
            }
            finally
            {
                Remove(state, id);
            }
        }

        var pid = int.Parse(File.ReadAllText(bundle + "/pid"), CultureInfo.InvariantCulture);
        return new DetachedContainer(runc, state, id, pid, EndAsync(state, id, pid, outputPump, errorPump));
    }

    public void Signal(int number) => _ = Libc.Kill(Pid, number);

    /// <summary>Runs another program in the container, with the environment, user and limits of its first one.</summary>
    /// <param name="onOutput">As for <see cref="StartAsync"/>.</param>
    /// <param name="cancel">Kills the program.</param>
    /// <returns>Its exit status.</returns>
    public async Task<int> ExecuteAsync(IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
    {
        var pidFile = $"{_state}/{_id}/exec{Interlocked.Increment(ref _counter).ToString(CultureInfo.InvariantCulture)}";
        var (output, outputPump) = OutputPump.Open(bytes => onOutput(1, bytes));
        var (error, errorPump) = OutputPump.Open(bytes => onOutput(2, bytes));
        Task<int> ended;
        int runc;
        try
        {
            (runc, ended) = ChildProcess.Start(
                _runc,
                ["--root", $"{_state}/runc", "--rootless=true", "--log", "/dev/null", "exec", "--pid-file", pidFile, _id, .. argv],
                _env, output, error);
        }
        finally
        {
            _ = Libc.Close(output);
            _ = Libc.Close(error);
        }

        // Ending runc alone would leave what it started.
        using var killing = cancel.Register(() =>
        {
            _ = Libc.Kill(runc, Kill);
            if (File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), CultureInfo.InvariantCulture, out var inner))
            {
                _ = Libc.Kill(inner, Kill);
            }
        });
        var status = await ended;
        cancel.ThrowIfCancellationRequested();
        // A background process of the command may keep the streams open as long as it likes.
        await Task.WhenAny(Task.WhenAll(outputPump.Ended, errorPump.Ended), Task.Delay(500, CancellationToken.None));
        File.Delete(pidFile);
        return status;
    }

    private static async Task<int> EndAsync(string state, string id, int pid, OutputPump output, OutputPump error)
    {
        var status = await ChildProcess.Adopt(pid);
        // The kernel ends all of a container with its first process, and so closes its streams; one beside another container may have
        // left something there.
        await Task.WhenAny(Task.WhenAll(output.Ended, error.Ended), Task.Delay(2000));
        Remove(state, id);
        return status;
    }

    /// <summary>What <c>runc delete</c> would do: there is no cgroup and no hook, only files in memory.</summary>
    private static void Remove(string state, string id)
    {
        foreach (var folder in (string[])[$"{state}/runc/{id}", $"{state}/{id}"])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
