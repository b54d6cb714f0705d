using System.Runtime.ExceptionServices;
using Nua.Engine.Backups;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>
/// The one transaction. A new generation is filled and tried while the recorded one stays as it is; then one rename makes the new one the truth.
/// Whatever goes wrong before that, the instance is what it was.
/// </summary>
/// <remarks>The instance has no unfinished operation; whoever calls this has seen to it (<see cref="Interrupted"/>).</remarks>
public sealed class Switch(Workplace place)
{
    private readonly List<StepTime> _steps = [];
    private OperationRecord? _operation;
    private ExceptionDispatchInfo? _refusal;
    private string? _safety;
    private string? _copied;
    private long _stepBegun;

    /// <exception cref="ProblemException">refused, nothing was changed: there is no room, the image cannot be unpacked, the new data, the safety backup or the journal
    /// cannot be written.</exception>
    public async Task<SwitchReport> RunAsync(SwitchOrder order, CancellationToken cancel)
    {
        if (order.Filling is Filling.CloneOf old)
        {
            await place.Generations.RequireSpaceAsync(old.Generation, cancel);
        }

        var begun = place.Time.GetTimestamp();
        var before = place.Instance.Record;
        _safety = (order.SafetyBackup as SafetyBackup.Made)?.Path;
        var away = new AwayClock(place.Time);
        Open(order, before);
        try
        {
            await PrepareAsync(order, before, cancel);
        }
        catch
        {
            // Whatever was before still runs and lets everybody in: this is a refusal, not an operation that failed.
            await SettleAsync(isDone: true, away);
            throw;
        }

        var failure = await TryAsync(order, before, away, cancel);
        if (failure is not null)
        {
            place.Tell($"failed: {Told(failure)}; going back");
        }

        // An operator who interrupts now would only make the application stay away longer.
        var broken = await SettleAsync(failure is null, away);
        EndStep();
        if (broken is null)
        {
            _refusal?.Throw();
        }

        if (failure is not null && broken is null && _safety is { } unneeded && place.Instance.Record?.Generation == before?.Generation)
        {
            BackupRetention.Remove(place.Folder, unneeded);
        }

        return new SwitchReport(Outcome(before, failure, broken), order.Kind, before?.Release, order.Target, broken is null ? failure : Both(failure, broken))
        {
            Generation = place.Instance.Record?.Generation,
            Duration = place.Time.GetElapsedTime(begun),
            Away = away.Total,
            Copied = _copied,
            SafetyBackup = _safety is { } made && File.Exists(made) ? made : null,
            Steps = _steps,
        };
    }

    /// <summary>Makes the new release the truth.</summary>
    /// <returns>Why it could not become that; null when it did.</returns>
    private async Task<Problem?> TryAsync(SwitchOrder order, InstanceRecord? before, AwayClock away, CancellationToken cancel)
    {
        try
        {
            await MakeAsync(order, before, away, cancel);
            return await ProveAsync(order, before, away, cancel);
        }
#pragma warning disable CA1031 // Whatever it is: what was before must come back.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Failures.ProblemOf(_refusal?.SourceException ?? error);
        }
    }

    /// <summary>Notes what is about to be done; nothing was changed when this fails.</summary>
    private void Open(SwitchOrder order, InstanceRecord? before) => Begin(new OperationRecord
    {
        Kind = order.Kind,
        Engine = place.Engine.Name,
        Step = "preparing the image",
        Generation = order.Filling is Filling.Same ? null : (before?.LastGeneration ?? 0) + 1,
        Target = order.Target,
        WasRunning = before?.IsWanted ?? false,
        SafetyBackup = ShortPlace(_safety),
        Partial = order.SafetyBackup is SafetyBackup.AtRest safety ? [.. order.Partial, .. safety.Partial] : order.Partial,
        Begun = place.Time.GetUtcNow(),
    });

    /// <summary>What can be done while the old release runs on.</summary>
    private async Task PrepareAsync(SwitchOrder order, InstanceRecord? before, CancellationToken cancel)
    {
        var generation = _operation!.Generation ?? before!.Generation;
        if (order.IsOverlapping)
        {
            place.Images.HoldBeside(order.Target, generation);
        }
        else
        {
            place.Images.Hold(order.Target, generation);
        }

        await place.Engine.PrepareAsync(place.Containers.Open(order.Target).Image, cancel);
        if (order.Filling is Filling.Written written)
        {
            Step("filling the new generation");
            await written.Write(generation, cancel);
        }
    }

    /// <summary>Everything up to the commit, included.</summary>
    private async Task MakeAsync(SwitchOrder order, InstanceRecord? before, AwayClock away, CancellationToken cancel)
    {
        if (order.IsOverlapping)
        {
            await TakeOverAsync(order, before!, cancel);
            return;
        }

        var generation = _operation!.Generation ?? before!.Generation;
        Step("closing the gate");
        if (before is not null)
        {
            away.Begin(before.IsWanted);
            await place.Engine.SetGateAsync(place.Folder, isOpen: false, cancel);
            Step("stopping the old release");
            await place.Engine.StopAsync(place.Folder, cancel);
        }

        if (order.SafetyBackup is SafetyBackup.AtRest safety)
        {
            await BesideAsync(safety, token => TryOutAsync(order, before, generation, token), cancel);
        }
        else
        {
            await TryOutAsync(order, before, generation, cancel);
        }

        Step("committing");
        place.Instance.Commit(Next(order, before, generation));
    }

    /// <summary>The new release proves itself beside the old one, with users, and is committed. Until then the old one only waits to take over again.</summary>
    private async Task TakeOverAsync(SwitchOrder order, InstanceRecord before, CancellationToken cancel)
    {
        Step("starting the new release beside the old one");
        var service = place.Containers.Service(order.Target, before.Generation, order.Settings, order.Reason) with { IsBeside = true };
        await place.Engine.StartAsync(service, cancel);
        await Readiness.AwaitReadyAsync(place, order.Target, place.Containers.Contract(order.Target).ReadyTimeout, cancel, isBeside: true);
        Step("letting users in to the new release");
        await place.Engine.LeadToAsync(place.Folder, order.Target.Image, cancel);
        Step("watching the new release");
        await Readiness.AwaitSteadyAsync(place, order.Target, cancel);
        await LookForSeedsAsync(order, cancel);
        Step("committing");
        place.Instance.Commit(Next(order, before, before.Generation));
    }

    /// <summary>The new generation is filled, and the new release has to prove itself on it.</summary>
    private async Task TryOutAsync(SwitchOrder order, InstanceRecord? before, int generation, CancellationToken cancel)
    {
        await FillAsync(order, generation, cancel);
        var isEmpty = order.Filling is Filling.Empty;
        foreach (var verb in order.Verbs)
        {
            Step($"running {verb}");
            await VerbWork.RunAsync(place, verb, generation, order.Settings, isEmpty, cancel);
            isEmpty = false;
        }

        Step("starting the new release");
        await place.Engine.StartAsync(place.Containers.Service(order.Target, generation, order.Settings, order.Reason), cancel);
        await Readiness.AwaitReadyAsync(place, order.Target, place.Containers.Contract(order.Target).ReadyTimeout, cancel);
        if (before is not null && !LetsInEarly(order))
        {
            Step("watching the new release");
            await Readiness.AwaitSteadyAsync(place, order.Target, cancel);
        }

        await LookForSeedsAsync(order, cancel);
    }

    private async Task LookForSeedsAsync(SwitchOrder order, CancellationToken cancel)
    {
        if (order.Seedings.Count > 0)
        {
            Step("looking for what was seeded");
            await Verification.RunAsync(place, order.Target, order.Seedings, cancel);
        }
    }

    /// <summary>Whichever of the two fails ends the other. A safety backup that fails is a refusal: the old release comes back, and nothing was changed.</summary>
    private async Task BesideAsync(SafetyBackup.AtRest safety, Func<CancellationToken, Task> work, CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        place.Tell("making a safety backup");
        var saving = SaveAsync(safety, both);
        try
        {
            await work(both.Token);
            if (!saving.IsCompleted)
            {
                Step("waiting for the safety backup");
            }

            _safety = await saving;
            _operation = _operation! with { SafetyBackup = ShortPlace(_safety) };
        }
        catch
        {
            await both.CancelAsync();
            await Task.WhenAny(saving);
            _safety = saving.IsCompletedSuccessfully ? await saving : null;
            throw;
        }
    }

    private async Task<string> SaveAsync(SafetyBackup.AtRest safety, CancellationTokenSource both)
    {
        try
        {
            return await safety.MakeAsync(both.Token);
        }
        catch (Exception failure) when (!both.IsCancellationRequested)
        {
            // Noted before the work is ended: what that says then is not the reason.
            _refusal = ExceptionDispatchInfo.Capture(failure);
            await both.CancelAsync();
            throw;
        }
    }

    /// <summary>After the commit of a release that the old one can take over from: users are let in, and it must stay steady.</summary>
    /// <returns>Why it did not; then the old release is the truth again, on the new generation.</returns>
    private async Task<Problem?> ProveAsync(SwitchOrder order, InstanceRecord? before, AwayClock away, CancellationToken cancel)
    {
        if (before is null || !LetsInEarly(order))
        {
            return null;
        }

        try
        {
            Step("opening the gate");
            await place.Engine.SetGateAsync(place.Folder, isOpen: true, cancel);
            away.End();
            Step("watching the new release");
            await Readiness.AwaitSteadyAsync(place, order.Target, cancel);
            return null;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception error)
#pragma warning restore CA1031
        {
            var record = place.Instance.Record!;
            place.Instance.Commit(record with { Release = before.Release, Settings = before.Settings });
            return Failures.ProblemOf(error);
        }
    }

    private async Task FillAsync(SwitchOrder order, int generation, CancellationToken cancel)
    {
        switch (order.Filling)
        {
            case Filling.Empty:
                Step("making an empty generation");
                await place.Generations.CreateAsync(generation, order.Target, cancel);
                break;
            case Filling.CloneOf old:
                Step("filling the new generation");
                _copied = await place.Generations.CloneAsync(old.Generation, generation, order.Target, cancel);
                break;
            default:
                break;
        }
    }

    private InstanceRecord Next(SwitchOrder order, InstanceRecord? before, int generation)
    {
        var now = place.Time.GetUtcNow();
        if (before is null)
        {
            return new InstanceRecord
            {
                Name = place.Folder.Name.ToString(),
                Engine = place.Engine.Name,
                Sequence = 0,
                Release = order.Target,
                Generation = generation,
                LastGeneration = generation,
                IsWanted = order.IsWanted,
                Settings = order.Settings,
                Created = now,
            };
        }

        return before with
        {
            Release = order.Target,
            Generation = generation,
            LastGeneration = Math.Max(before.LastGeneration, generation),
            IsWanted = order.IsWanted,
            Settings = order.Settings,
            Kept = order.Filling is Filling.Same && !order.IsOverlapping
                ? before.Kept
                : [new KeptGeneration(before.Generation, before.Release, order.Kind, now) { SafetyBackup = ShortPlace(_safety) }, .. before.Kept],
        };
    }

    /// <summary>The same way out for success, failure and a crash: the world becomes what the record says.</summary>
    private async Task<Problem?> SettleAsync(bool isDone, AwayClock away)
    {
        EndStep();
        _stepBegun = place.Time.GetTimestamp();
        // Only told, not journaled: on a full disk the old release must come back all the same, and recovery does not read it.
        _operation = _operation! with { Step = !isDone ? "bringing the old release back" : away.IsRunning ? "opening the gate" : "clearing up" };
        var actions = Recovery.Decide(place.Instance.Record, _operation);
        if (isDone)
        {
            actions = [.. actions.Select(action => action is RecoveryAction.Serve serve ? serve with { MustRestart = false } : action)];
        }

        // Only an application that was brought back may be said to be as before.
        var isToServe = actions.Any(action => action is RecoveryAction.Serve);
        try
        {
            return await RecoveryWork.RunAsync(place, actions, OnServing, CancellationToken.None);
        }
        catch (Exception error) when (error is ProblemException or IOException or UnauthorizedAccessException)
        {
            var problem = Failures.ProblemOf(error);
            place.Tell($"clearing up failed, the next command goes on with it: {problem.What}");
            return isToServe ? problem : null;
        }

        void OnServing()
        {
            isToServe = false;
            away.End();
        }
    }

    private void Begin(OperationRecord operation)
    {
        EndStep();
        _stepBegun = place.Time.GetTimestamp();
        place.Instance.Begin(operation);
        _operation = operation;
        place.Tell(operation.Step);
    }

    private void Step(string step) => Begin(_operation! with { Step = step });

    private void EndStep()
    {
        if (_operation is not null && _stepBegun != 0)
        {
            _steps.Add(new StepTime(_operation.Step, place.Time.GetElapsedTime(_stepBegun)));
            _stepBegun = 0;
        }
    }

    private string? ShortPlace(string? backup) => backup is null ? null : place.Folder.ShortPlace(backup);

    private static bool LetsInEarly(SwitchOrder order) => order is { IsForwardSafe: true, IsWanted: true, IsOverlapping: false };

    private static SwitchOutcome Outcome(InstanceRecord? before, Problem? failure, Problem? broken) =>
        broken is not null ? SwitchOutcome.Broken
        : failure is null ? SwitchOutcome.Done
        : before is null ? SwitchOutcome.NotInstalled : SwitchOutcome.KeptOld;

    /// <summary>With the first line of the reason: what failed is often only "the engine".</summary>
    private static string Told(Problem failure)
    {
        var why = failure.Why?.Split('\n');
        return why is null ? failure.What : why.Length > 1 && why[0].EndsWith(':') ? $"{failure.What} ({why[0]} {why[^1]})" : $"{failure.What} ({why[0]})";
    }

    private Problem Both(Problem? failure, Problem broken) => broken with
    {
        What = $"{Readiness.Name(place.Instance.Record!.Release)} does not come back: {broken.What}",
        Why = failure is null ? broken.Why : $"{broken.Why ?? "it gave no reason"}\nwhat went wrong before: {Told(failure)}",
        Remedy = Broken.Remedy(place.Folder, place.Instance.Record!),
    };
}
