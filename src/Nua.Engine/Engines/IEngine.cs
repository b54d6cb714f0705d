using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Engine.Engines;

/// <summary>
/// Where containers of instances run. There are two: <c>local</c> (a supervisor process for each instance, runc) and <c>docker</c> (Docker Engine or
/// Podman through its API). Everything an operation does to containers goes through here; records, volumes and backups do not.
/// Every call may be repeated: asking for what is already so is a success.
/// </summary>
/// <remarks>Errors are <see cref="ProblemException"/>s, NUA50xx to NUA52xx; a container that ends badly is a result, not an error.</remarks>
public interface IEngine
{
    /// <summary><c>local</c> or <c>docker</c>, as in <see cref="InstanceRecord.Engine"/>.</summary>
    string Name { get; }

    /// <summary>Whose ids own the files of volumes on this machine.</summary>
    VolumeIds VolumeIds { get; }

    /// <summary>Brings the image to where containers are made of it.</summary>
    Task PrepareAsync(Image image, CancellationToken cancel);

    /// <summary>Starts the application, restarted when it ends by itself, with the gate as it is (closed at first). Returns when its first process
    /// runs; that is not yet <em>ready</em>. With <see cref="Service.IsBeside"/> the one that runs goes on.</summary>
    Task StartAsync(Service service, CancellationToken cancel);

    /// <summary>Of two that run beside each other, the one of this release gets all connections made from now on. The other one goes on, and keeps those it
    /// has.</summary>
    Task LeadToAsync(InstanceFolder instance, string release, CancellationToken cancel);

    /// <summary>As <see cref="StopAsync"/> for the one that runs beside the one that serves.</summary>
    Task StopBesideAsync(InstanceFolder instance, CancellationToken cancel);

    /// <summary>Asks the application to end and waits, also one that runs beside it; kills it when the time its contract gives is over.</summary>
    /// <returns>Its exit status, null when it did not run.</returns>
    Task<int?> StopAsync(InstanceFolder instance, CancellationToken cancel);

    Task<ServiceStatus> StatusAsync(InstanceFolder instance, CancellationToken cancel);

    /// <summary>Open: connections to the published ports reach the application. Closed: HTTP is answered 503 with a maintenance page.</summary>
    Task SetGateAsync(InstanceFolder instance, bool isOpen, CancellationToken cancel);

    /// <summary>Runs one verb in a container of its own, removed afterwards.</summary>
    /// <param name="onOutput">Stream 1 or 2 and bytes.</param>
    Task<VerbResult> RunAsync(VerbRun run, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel);

    /// <summary>Runs a command inside the live container.</summary>
    /// <returns>Its exit status.</returns>
    Task<int> ExecAsync(InstanceFolder instance, IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel);

    /// <summary>What the containers of the instance have printed, oldest line first.</summary>
    /// <param name="last">At most so many lines; null for all that are kept.</param>
    /// <param name="isFollowed">Goes on with what comes until cancelled, whatever container it comes from.</param>
    Task LogAsync(InstanceFolder instance, int? last, bool isFollowed, Action<LogLine> onLine, CancellationToken cancel);

    /// <summary>Removes all containers of the instance and its gate; never a volume.</summary>
    Task RemoveAsync(InstanceFolder instance, CancellationToken cancel);
}

public enum VolumeIds
{
    /// <summary>Those of the sandbox's user namespace: uid 10001 of the application is the 10002nd sub-id of the caller, root's own range for root.</summary>
    Sandbox,

    /// <summary>The same inside and outside.</summary>
    Host,
}
