using Nua.Engine.Backups;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Settings;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Does what <see cref="Recovery"/> decided.</summary>
internal static class RecoveryWork
{
    /// <summary>How often a supervisor or a container may vanish before that is a failure.</summary>
    private const int MostLost = 3;

    /// <summary>All actions in order. When the recorded release does not come back, everything is stopped, nothing is deleted, and the journal
    /// still ends: what to do next is a person's decision.</summary>
    /// <param name="onServing">Called when the gate is open again, or will stay closed.</param>
    /// <returns>Why it does not come back; null when it does.</returns>
    public static async Task<Problem?> RunAsync(
        Workplace place, IReadOnlyList<RecoveryAction> actions, Action onServing, CancellationToken cancel)
    {
        Problem? broken = null;
        foreach (var action in actions)
        {
            switch (action)
            {
                case RecoveryAction.Serve serve:
                    broken = await TryServeAsync(place, serve, cancel);
                    onServing();
                    break;
                case RecoveryAction.Forget when broken is not null:
                    break;
                default:
                    await DoAsync(place, action, cancel);
                    break;
            }
        }

        return broken;
    }

    /// <exception cref="ProblemException">it does not start, or does not become ready in its time.</exception>
    public static async Task ServeAsync(Workplace place, RecoveryAction.Serve serve, CancellationToken cancel)
    {
        var record = serve.Record;
        var status = await OneOfTwoAsync(place, record, cancel);
        var isRight = status.IsRunning && status.Generation == record.Generation && status.Release == record.Release.Image
            && !status.IsCutOff && !serve.MustRestart;
        if (isRight && status.IsGateOpen)
        {
            return;
        }

        if (!isRight)
        {
            await RestartAsync(place, record, cancel);
        }

        var limit = place.Containers.Contract(record.Release).ReadyTimeout;
        for (var lost = 1; !await Readiness.TryAwaitReadyAsync(place, record.Release, limit, cancel); lost++)
        {
            if (lost == MostLost)
            {
                throw new ProblemException(new Problem("NUA5210", $"what runs {Readiness.Name(record.Release)} was ended from outside again and again")
                {
                    Why = $"it was started {MostLost} times and was gone each time before the application was ready",
                    Remedy = "the machine may be short of memory (dmesg), or something else ends its containers; then run the command again",
                });
            }

            await RestartAsync(place, record, cancel);
        }

        await place.Engine.SetGateAsync(place.Folder, isOpen: true, cancel);
    }

    /// <summary>Of two that run beside each other, the recorded one serves and the other ends.</summary>
    private static async Task<ServiceStatus> OneOfTwoAsync(Workplace place, InstanceRecord record, CancellationToken cancel)
    {
        var status = await place.Engine.StatusAsync(place.Folder, cancel);
        if (status.Beside is null)
        {
            return status;
        }

        await place.Engine.LeadToAsync(place.Folder, record.Release.Image, cancel);
        await place.Engine.StopBesideAsync(place.Folder, cancel);
        return await place.Engine.StatusAsync(place.Folder, cancel);
    }

    private static async Task<Problem?> TryServeAsync(Workplace place, RecoveryAction.Serve serve, CancellationToken cancel)
    {
        try
        {
            await ServeAsync(place, serve, cancel);
            return null;
        }
#pragma warning disable CA1031 // Whatever it is, the instance must end up stopped and the reason be told.
        catch (Exception failure) when (failure is not OperationCanceledException)
#pragma warning restore CA1031
        {
            await StopAsync(place, cancel);
            return Failures.ProblemOf(failure);
        }
    }

    private static async Task DoAsync(Workplace place, RecoveryAction action, CancellationToken cancel)
    {
        switch (action)
        {
            case RecoveryAction.Stop:
                await StopAsync(place, cancel);
                break;
            case RecoveryAction.UseUp used:
                place.Instance.Commit(place.Instance.Record! with { LastGeneration = used.Generation });
                break;
            case RecoveryAction.Forget:
                await ForgetAsync(place, cancel);
                break;
            case RecoveryAction.RemoveAll:
                await place.Engine.RemoveAsync(place.Folder, cancel);
                await RemoveOthersAsync(place, [], cancel);
                break;
            case RecoveryAction.RemoveFiles files:
                files.Paths.ToList().ForEach(Remove);
                break;
            case RecoveryAction.RemoveInstance:
                RemoveInstance(place.Folder);
                break;
            default:
                place.Instance.End();
                break;
        }
    }

    private static async Task RestartAsync(Workplace place, InstanceRecord record, CancellationToken cancel)
    {
        await StopAsync(place, cancel);
        await place.Engine.PrepareAsync(place.Containers.Open(record.Release).Image, cancel);
        await place.Engine.StartAsync(place.Containers.Service(record.Release, record.Generation, record.Settings, "manual"), cancel);
    }

    private static async Task StopAsync(Workplace place, CancellationToken cancel)
    {
        await place.Engine.SetGateAsync(place.Folder, isOpen: false, cancel);
        await place.Engine.StopAsync(place.Folder, cancel);
    }

    /// <summary>The record first, so that it never names what is not there.</summary>
    private static async Task ForgetAsync(Workplace place, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        if (record.Kept.Count > record.Settings.Keep)
        {
            var surplus = record.Kept.Skip(record.Settings.Keep).Select(kept => kept.SafetyBackup).OfType<string>().ToList();
            record = record with { Kept = [.. record.Kept.Take(record.Settings.Keep)] };
            place.Instance.Commit(record);
            surplus.ForEach(path => BackupRetention.Remove(place.Folder, place.Folder.FullPlace(path)));
        }

        SecretFolder.Keep(place.Folder, record.Settings.SecretSet);
        await RemoveOthersAsync(place, [(record.Generation, record.Release), .. record.Kept.Select(kept => (kept.Generation, kept.Release))], cancel);
    }

    private static async Task RemoveOthersAsync(Workplace place, IReadOnlyCollection<(int Generation, Release Release)> named, CancellationToken cancel)
    {
        await place.Generations.KeepAsync(named.Select(pair => pair.Generation).ToHashSet(), cancel);
        place.Images.Keep(named);
    }

    /// <summary>The journal goes last: until then the next command knows what was being done. Backups are elsewhere and stay.</summary>
    private static void RemoveInstance(InstanceFolder folder)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder.Path).ToList())
        {
            if (path != folder.Operation && path != folder.Lock)
            {
                Remove(path);
            }
        }

        Directory.Delete(folder.Path, recursive: true);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else if (File.Exists(path))
        {
            // Not even its folder need be there.
            File.Delete(path);
        }
    }
}
