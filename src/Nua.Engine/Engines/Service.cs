using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Oci;

namespace Nua.Engine.Engines;

/// <summary>What every container of an instance gets, whether it serves or runs a verb: the same environment for all verbs
/// (lifecycle contract, common rules).</summary>
public abstract record InstanceContainer
{
    public required InstanceFolder Instance { get; init; }

    public required Image Image { get; init; }

    public required AppContract Contract { get; init; }

    /// <summary>The image was made by others and runs as they meant it: it may write its root, and gets capabilities where it begins as root.</summary>
    public bool IsWrapped => Image.Config.Run.IsWrapped;

    /// <summary>Complete: settings, <c>NUA_INSTANCE</c>, <c>NUA_REASON</c>, proxies. The agent adds what it derives.</summary>
    public required IReadOnlyDictionary<string, string> Env { get; init; }

    public required IReadOnlyList<VolumeMount> Volumes { get; init; }

    /// <summary>Files of this machine by the secret's name; given as <c>/run/secrets/NAME</c>, readable by the application only.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders of this machine by the binding's name; their files are given in <c>/bindings/NAME</c>.</summary>
    public IReadOnlyDictionary<string, string> Bindings { get; init; } = new Dictionary<string, string>();

    /// <summary>Bytes; null leaves the host's.</summary>
    public long? Memory { get; init; }

    public double? Cpus { get; init; }

    /// <summary>Reaches the host's network; else only what listens in its own.</summary>
    public bool HasNetwork { get; init; }
}

/// <summary>The application itself.</summary>
public sealed record Service : InstanceContainer
{
    /// <summary>Where an application listens that was started beside another one on the port its image declares: above what applications use, below the
    /// ephemeral ones.</summary>
    public const int SecondPort = 31_900;

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>Starts beside the one that serves, which goes on and keeps its connections and ports (lifecycle contract, <c>overlap</c>). Both share the network, so
    /// this one is told another port.</summary>
    public bool IsBeside { get; init; }

    /// <summary>The generation whose volumes are mounted, for status and logs.</summary>
    public required int Generation { get; init; }
}

/// <summary>One verb in a container of its own.</summary>
public sealed record VerbRun : InstanceContainer
{
    /// <summary>The verb and its arguments: <c>["upgrade"]</c>, <c>["healthcheck", "ready"]</c>.</summary>
    public required IReadOnlyList<string> Verb { get; init; }

    /// <summary>After it TERM, ten seconds later KILL, of the whole container.</summary>
    public required TimeSpan TimeLimit { get; init; }

    /// <summary>In the network and process space of the live container: for hot backups.</summary>
    public bool IsBesideService { get; init; }

    /// <summary>The verb gets a file for its result (<c>NUA_RESULT</c>), given back in <see cref="VerbResult"/>.</summary>
    public bool WantsResult { get; init; }
}

/// <param name="Source">Absolute folder of this machine; it exists and has the right owner.</param>
/// <param name="Target">Absolute path in the container.</param>
public sealed record VolumeMount(string Source, string Target, bool IsReadOnly = false);

/// <param name="Status">128+n for signal n; 124 when the time was over.</param>
/// <param name="Result">What the verb wrote to <c>NUA_RESULT</c>, at most 64 KiB; null for nothing.</param>
public sealed record VerbResult(int Status, byte[]? Result);

public enum ServiceState
{
    /// <summary>No container.</summary>
    Stopped,

    /// <summary>It runs and was not yet seen ready.</summary>
    Starting,

    Ready,

    /// <summary>It was ready, and its health check failed as often in a row as its contract allows.</summary>
    Unhealthy,

    /// <summary>It ended by itself and will be started again when the back-off is over.</summary>
    Restarting,
}

/// <param name="Release">Digest of the image that runs; null when stopped.</param>
/// <param name="Restarts">How often it was started again since the operator started it.</param>
/// <param name="LastExit">Status of the container that ended last.</param>
/// <param name="Health">The line its last health check printed, escaped.</param>
public sealed record ServiceStatus(
    ServiceState State, bool IsGateOpen, string? Release, int? Generation, int Restarts, int? LastExit, string? Health, DateTimeOffset? Since)
{
    public static ServiceStatus None { get; } = new(ServiceState.Stopped, IsGateOpen: false, null, null, 0, null, null, null);

    /// <summary>The one that runs beside this one and gets no connections; null for none.</summary>
    public ServiceStatus? Beside { get; init; }

    /// <summary>It runs, but what holds its ports does not: nobody reaches it before it is started anew.</summary>
    public bool IsCutOff { get; init; }

    public bool IsRunning => State is not ServiceState.Stopped;
}
