using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Engine.Operations;

/// <summary>What happens to an instance between its operations: it is started, stopped, asked how it is. Neither release nor data change,
/// so there is nothing to journal; each of these can be repeated.</summary>
/// <remarks>The instance has a record and no unfinished operation.</remarks>
public sealed class Everyday(Workplace place)
{
    private const int NotSupported = 3, NoRoom = 73, NotFound = 127;
    private static readonly string[] _restartScript = ["/nua/scripts/restart"];

    private InstanceRecord Record => place.Instance.Record!;

    /// <summary>Runs it, waits until it is ready, opens the gate. One that runs already is only looked at.</summary>
    /// <exception cref="ProblemException">NUA5201, NUA5202 it does not become ready; it is left running, for the engine goes on trying.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        Want(isWanted: true);
        await RecoveryWork.ServeAsync(place, new RecoveryAction.Serve(Record, MustRestart: false), cancel);
    }

    /// <summary>Ends it; nothing listens on its ports any more. Also on a full disk: it may be what fills it.</summary>
    /// <returns>The exit status of the application; null when it did not run.</returns>
    /// <exception cref="ProblemException">NUA5209 it is stopped, but that cannot be written down; exit code 73.</exception>
    public async Task<int?> StopAsync(CancellationToken cancel)
    {
        var isNoted = TryWant(isWanted: false);
        await place.Engine.SetGateAsync(place.Folder, isOpen: false, cancel);
        var status = await place.Engine.StopAsync(place.Folder, cancel);
        await place.Engine.RemoveAsync(place.Folder, cancel);
        if (!isNoted && !TryWant(isWanted: false))
        {
            throw new ProblemException(new Problem("NUA5209", $"'{place.Folder.Name}' is stopped, but that cannot be recorded: the disk is full")
            {
                Where = Printable.Escape(place.Folder.Path, 300),
                Why = "its record still says that it runs, so 'nua start --all' starts it again",
                Remedy = $"free space on that disk, then: nua stop {place.Folder.Name}",
            })
            { ExitCode = NoRoom };
        }

        return status;
    }

    /// <summary>By the image's own <c>restart</c> where it has one, else in a new container. Users meet the gate meanwhile.</summary>
    /// <returns>The image did it, without a new container.</returns>
    public async Task<bool> RestartAsync(CancellationToken cancel)
    {
        var status = await place.Engine.StatusAsync(place.Folder, cancel);
        if (status.State is ServiceState.Ready or ServiceState.Unhealthy)
        {
            var restarted = await place.Engine.ExecAsync(place.Folder, _restartScript, place.Output, cancel);
            if (restarted == 0)
            {
                return true;
            }

            if (restarted is not (NotSupported or NotFound))
            {
                place.Tell($"the image's own restart failed with {restarted}; a new container is started");
            }
        }

        // A store that does not give the image any more must not end what still runs of it.
        await place.Engine.PrepareAsync(place.Containers.Open(Record.Release).Image, cancel);
        Want(isWanted: true);
        await RecoveryWork.ServeAsync(place, new RecoveryAction.Serve(Record, MustRestart: true), cancel);
        return false;
    }

    /// <summary>Ends it for good: containers, data, secrets, logs. Backups stay.</summary>
    /// <param name="backup">Makes the last backup and gives its path; null leaves it out.</param>
    /// <returns>Path of the last backup.</returns>
    public async Task<string?> DestroyAsync(Func<CancellationToken, Task<string>>? backup, CancellationToken cancel)
    {
        var path = backup is null ? null : await backup(cancel);
        var operation = new OperationRecord { Kind = OperationKind.Destroy, Step = "removing everything", Begun = place.Time.GetUtcNow() };
        try
        {
            place.Instance.Begin(operation);
        }
        catch (IOException full) when (Posix.IsDiskFull(full))
        {
            // What would give back the space must not need some of it. Nothing that is precious goes before the journal says that all goes.
            await place.Engine.StopAsync(place.Folder, cancel);
            await place.Engine.RemoveAsync(place.Folder, cancel);
            LogFiles.Remove(place.Folder);
            place.Instance.Begin(operation);
        }

        await RecoveryWork.RunAsync(place, Recovery.Decide(Record, operation), () => { }, CancellationToken.None);
        return path;
    }

    private bool TryWant(bool isWanted)
    {
        try
        {
            Want(isWanted);
            return true;
        }
        catch (IOException full) when (Posix.IsDiskFull(full))
        {
            return false;
        }
    }

    private void Want(bool isWanted)
    {
        if (Record.IsWanted != isWanted)
        {
            place.Instance.Commit(Record with { IsWanted = isWanted });
        }
    }
}
