using System.Runtime.InteropServices;
using System.Text;
using Nua.Engine.Engines;
using Nua.Engine.Contracts;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci;
using Nua.Rootfs;
using Nua.Sandbox;

namespace Nua.Engine.Foreground;

/// <summary>
/// Runs one container of an image until it ends: its own user, no capability, a root that cannot be written, memory for what may vanish. Nothing
/// of it is left afterwards. A wrapped image was not made for that: it may write its root, and gets capabilities where it begins as root.
/// </summary>
public static class ForegroundRun
{
    private const int Terminate = 15, Kill = 9;

    /// <returns>The container's exit status; 128+n when signal n ended it.</returns>
    /// <exception cref="ProblemException">NUA40xx, NUA50xx.</exception>
    public static Task<int> RunAsync(RunRequest request, CancellationToken cancel) => Task.Run(() => Run(request, cancel), CancellationToken.None);

    private static int Run(RunRequest request, CancellationToken cancel)
    {
        var config = request.Image.Config.Run;
        var emulator = ImagePlatform.EmulatorFor(request.Image);
        using var workshop = Workshop.Open(request.StoreHome, ownNetwork: !request.UsesHostNetwork, emulator: emulator);
        var stack = workshop.Mount(workshop.Unpack(request.Image.Layers));
        var env = Env(config, Settings(request), request.Env);
        var (uid, gid) = Users.Resolve(config.User, name => workshop.ReadFile(stack, name, 1 << 20));
        var isWrapped = config.IsWrapped;
        var listeners = Publish(request, workshop, stack, env);
        using var signals = Forward(workshop, cancel);
        try
        {
            var order = new ContainerOrder(Argv(request, config))
            {
                Env = env,
                WorkDir = string.IsNullOrEmpty(config.WorkingDir) ? "/" : config.WorkingDir,
                Uid = uid,
                Gid = gid,
                Mounts = Mounts(request, uid, isWrapped),
                SharesNetwork = true,
                IsRootReadOnly = !isWrapped,
                Capabilities = isWrapped && uid == 0 ? CapabilitySets.Wrapped : CapabilitySets.None,
            };
            var result = workshop.Run(stack, order, (number, bytes) => Copy(number == 1 ? request.Output : request.Error, bytes.Span), cancel: CancellationToken.None);
            return result.Status;
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
            workshop.Drop(stack);
        }
    }

    private static List<string> Argv(RunRequest request, RunConfig config)
    {
        var entry = config.Entrypoint ?? [];
        if (request.Command.Count > 0)
        {
            return IsAgent(entry) ? [.. entry, "--", .. request.Command] : [.. request.Command];
        }

        List<string> argv = [.. entry, .. request.Verb.Count > 0 ? request.Verb : config.Cmd ?? []];
        return argv.Count > 0 ? argv : throw new ProblemException(new Problem("NUA5003", "the image does not say what to run")
        {
            Why = "its config has neither Entrypoint nor Cmd",
            Remedy = "give a command: nua run IMAGE -- CMD",
        });
    }

    private static bool IsAgent(IReadOnlyList<string> entry) => entry.Count > 0 && entry[0].EndsWith("/nua-agent", StringComparison.Ordinal);

    /// <summary>What a Nua image asks for and can be made here. An image whose contract cannot be read says so itself when it starts.</summary>
    private static IReadOnlyDictionary<string, string> Settings(RunRequest request)
    {
        try
        {
            return IsAgent(request.Image.Config.Run.Entrypoint ?? [])
                ? ForegroundSettings.Make(AppContract.Of(request.Image), request.Env, keepsData: request.DataFolder is not null)
                : new Dictionary<string, string>();
        }
        catch (ProblemException)
        {
            return new Dictionary<string, string>();
        }
    }

    private static SortedDictionary<string, string> Env(
        RunConfig config, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> given)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        };
        foreach (var pair in config.Env.Select(e => e.Split('=', 2)))
        {
            env[pair[0]] = pair.ElementAtOrDefault(1) ?? "";
        }

        foreach (var (name, value) in settings.Concat(given))
        {
            env[name] = value;
        }

        return env;
    }

    /// <summary>A wrapped image writes where it always wrote, and may ship what a mount would hide: its root can be written instead.</summary>
    private static List<ContainerMount> Mounts(RunRequest request, uint uid, bool isWrapped)
    {
        var mounts = isWrapped ? [] : ApplicationMounts.Scratch.ToList();
        if (request.DataFolder is { } folder)
        {
            DataFolder.Prepare(folder, uid);
            mounts.RemoveAll(m => m.Target == "/nua/data");
            mounts.Add(new ContainerMount("bind", Path.GetFullPath(folder), "/nua/data"));
        }

        return mounts;
    }

    private static List<PortListener> Publish(
        RunRequest request, Workshop workshop, string stack, SortedDictionary<string, string> env)
    {
        var listeners = new List<PortListener>();
        foreach (var port in request.Ports)
        {
            var inner = port.Container ?? (int.TryParse(env.GetValueOrDefault("PORT"), out var own) ? own : 8080);
            if (request.UsesHostNetwork)
            {
                throw new ProblemException(new Problem("NUA5004", "a port cannot be published on the host's own network")
                {
                    Remedy = $"leave out -p and set the port with -e PORT={port.Host}",
                })
                { ExitCode = 2 };
            }

            listeners.Add(new PortListener(port, workshop.Relay(stack, inner)));
            request.Tell($"http://{(port.Address.Equals(System.Net.IPAddress.Any) ? "0.0.0.0" : port.Address)}:{port.Host} leads to port {inner} of the container");
        }

        return listeners;
    }

    /// <summary>
    /// A signal asks the container to end in its own way; the third one kills it. The same request often arrives twice at once (a terminal
    /// signals the whole group, a supervisor each of its children): what comes within a second counts as one.
    /// </summary>
    private static Registrations Forward(Workshop workshop, CancellationToken cancel)
    {
        var gate = new Lock();
        var count = 0;
        long last = 0;
        void Send(int number)
        {
            lock (gate)
            {
                var now = Environment.TickCount64;
                if (count > 0 && now - last < 1000)
                {
                    return;
                }

                (count, last) = (count + 1, now);
                try
                {
                    workshop.Signal(count > 2 ? Kill : number);
                }
                catch (IOException)
                {
                    // The container has just ended.
                }
            }
        }

        var list = new List<IDisposable>
        {
            PosixSignalRegistration.Create(PosixSignal.SIGINT, c => { c.Cancel = true; Send(Terminate); }),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => { c.Cancel = true; Send(Terminate); }),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => { c.Cancel = true; Send(Terminate); }),
            PosixSignalRegistration.Create(PosixSignal.SIGQUIT, c => { c.Cancel = true; Send(3); }),
            cancel.Register(() => Send(Terminate)),
        };
        return new Registrations(list);
    }

    private static void Copy(Stream to, ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        to.Flush();
    }

    private sealed class Registrations(List<IDisposable> list) : IDisposable
    {
        public void Dispose() => list.ForEach(item => item.Dispose());
    }
}
