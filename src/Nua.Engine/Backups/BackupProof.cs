using Nua.Engine.Contracts;
using Nua.Engine.Data;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Engine.Settings;
using Nua.Engine.Verifying;
using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Engine.Backups;

/// <summary>What a proof needs to know of the instance whose backup it is; empty when there is none on this machine.</summary>
/// <param name="Secrets">Values by name, for those that the backup leaves out.</param>
public sealed record ProofSettings(InstanceSettings Settings, IReadOnlyDictionary<string, byte[]> Secrets)
{
    public static ProofSettings Of(InstanceFolder instance)
    {
        var settings = Instance.ReadRecord(instance)?.Settings ?? new InstanceSettings();
        var secrets = new SecretFolder(instance, settings.SecretSet).Files.ToDictionary(file => file.Key, file => File.ReadAllBytes(file.Value), StringComparer.Ordinal);
        return new ProofSettings(settings with { Ports = [], SecretSet = 0 }, secrets);
    }
}

/// <param name="Entries">Names in the backup.</param>
/// <param name="Checked">Seedings that were looked for and found; 0 when the image does not say how, or nothing was seeded.</param>
public sealed record ProofResult(long Entries, int Checked, TimeSpan Time);

/// <summary>
/// Proves a backup: restores it into an instance of its own, without a published port, waits until the application is ready, looks for what was seeded, and removes it again. The
/// instance that was backed up is not touched.
/// </summary>
public sealed class BackupProof(ImageStore store, IEngine engine, TimeProvider time, Action<string> tell, Action<int, ReadOnlyMemory<byte>> output)
{
    private const string Prefix = "prove-";
    private const int Generation = 1;

    private readonly List<StepTime> _steps = [];

    /// <summary>Brings the restored data to another release and tries that: the rehearsal of an upgrade. Null: the release of the backup is tried.</summary>
    public Release? UpgradeTo { get; init; }

    /// <summary>What the operator gives for that release.</summary>
    public GivenSettings Given { get; init; } = new();

    /// <summary>What is looked for; null: all that the backup says was seeded.</summary>
    public IReadOnlyList<Seeding>? Seedings { get; init; }

    /// <summary>How long it must stay ready.</summary>
    public TimeSpan Steady { get; init; } = TimeSpan.Zero;

    /// <summary>What was done, in order, the step that failed last.</summary>
    public IReadOnlyList<StepTime> Steps => _steps;

    /// <exception cref="ProblemException">those of <see cref="BackupReader"/>; NUA5207 a verb failed; NUA5201, NUA5202 it did not become ready; NUA5141
    /// the data is not what it should be. Nothing is left then either.</exception>
    public async Task<ProofResult> RunAsync(BackupReader backup, ProofSettings known, CancellationToken cancel)
    {
        var begun = time.GetTimestamp();
        await ClearAsync(cancel);
        var folder = new InstanceFolder(store.Home, InstanceName.Parse(Prefix + backup.Head.Id[..12]));
        using var instance = Instance.Open(folder);
        instance.Begin(new OperationRecord { Kind = OperationKind.Install, Step = "prove a backup", Generation = Generation, Begun = time.GetUtcNow() });
        using var places = Places.Open(store, instance, engine, tell, output);
        try
        {
            var (entries, found) = await ProveAsync(places, backup, known, cancel);
            return new ProofResult(entries, found, time.GetElapsedTime(begun));
        }
        finally
        {
            await UndoAsync(places.Work);
        }
    }

    private async Task<(long Entries, int Checked)> ProveAsync(Places places, BackupReader backup, ProofSettings known, CancellationToken cancel)
    {
        var place = places.Work with { Times = places.Work.Times with { Steady = Steady } };
        var release = Hold(place, backup, cancel);
        var contract = place.Containers.Contract(release);
        backup.Accept(contract);
        var summary = await StepAsync("restoring the data", () => Task.Run(() => FillAsync(places, backup, release, contract, cancel), cancel));
        var secrets = known.Secrets.Concat(summary.Secrets).GroupBy(pair => pair.Key).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        var work = new SettingsWork(place.Folder);
        var settings = work.Resolve(contract, known.Settings, new GivenSettings { Secrets = secrets }, (_, _) => { });
        if (!backup.Head.IsCopy)
        {
            await StepAsync("running restore", () => VerbAsync(place, Restoring(place, release, contract), settings, isEmpty: true, cancel));
        }

        if (UpgradeTo is { } target)
        {
            (release, contract) = (target, place.Containers.Contract(target));
            place.Images.Hold(target, Generation + 1);
            settings = work.Resolve(contract, settings, Given, (_, _) => { });
            places.Data.AddVolumes(Generation, ImageVolumes.Of(place.Containers.Open(target).Image, contract));
            var verb = Upgrade.Verb(backup.Head.Release, target, contract.UpgradeTimeout);
            await StepAsync("running upgrade", () => VerbAsync(place, verb, settings, isEmpty: false, cancel));
        }

        await StepAsync("starting the release", () => StartAsync(place, release, settings, cancel));
        var found = await StepAsync("looking for what was seeded", () => Verification.RunAsync(place, release, Seedings ?? backup.Head.Seeds, cancel));
        return (summary.Entries, found);
    }

    private static async Task<bool> VerbAsync(Workplace place, SwitchVerb verb, InstanceSettings settings, bool isEmpty, CancellationToken cancel)
    {
        await VerbWork.RunAsync(place, verb, Generation, settings, isEmpty, cancel);
        return true;
    }

    private static async Task<bool> StartAsync(Workplace place, Release release, InstanceSettings settings, CancellationToken cancel)
    {
        var (image, contract) = place.Containers.Open(release);
        await place.Engine.PrepareAsync(image, cancel);
        await place.Engine.StartAsync(place.Containers.Service(release, Generation, settings, "clone"), cancel);
        await Readiness.AwaitReadyAsync(place, release, contract.ReadyTimeout, cancel);
        await Readiness.AwaitSteadyAsync(place, release, cancel);
        return true;
    }

    private async Task<T> StepAsync<T>(string step, Func<Task<T>> work)
    {
        tell(step);
        var begun = time.GetTimestamp();
        try
        {
            return await work();
        }
        finally
        {
            _steps.Add(new StepTime(step, time.GetElapsedTime(begun)));
        }
    }

    /// <summary>The image by digest, out of the backup when the store has it not.</summary>
    private Release Hold(Workplace place, BackupReader backup, CancellationToken cancel)
    {
        var release = backup.Head.Release;
        if (store.Find(release.Image) is null)
        {
            backup.LoadImage(store, $"instance/{place.Folder.Name}:g{Generation}", cancel);
        }

        place.Images.Hold(release, Generation);
        return release;
    }

    private static BackupSummary FillAsync(Places places, BackupReader backup, Release release, AppContract contract, CancellationToken cancel)
    {
        var volumes = ImageVolumes.Of(places.Work.Containers.Open(release).Image, contract);
        if (backup.Head.IsCopy)
        {
            return backup.UnpackInto(places.Data, Generation, volumes, cancel);
        }

        places.Data.CreateEmpty(Generation, volumes);
        return backup.UnpackFiles(places.Data, cancel);
    }

    private static SwitchVerb Restoring(Workplace place, Release release, AppContract contract) =>
        new(release, ["restore"], "restore", contract.BackupTimeout)
        {
            Mounts = [new VolumeMount(place.Folder.RestoredFiles, "/nua/backup", IsReadOnly: true)],
        };

    /// <summary>What a proof that was cut off has left.</summary>
    private async Task ClearAsync(CancellationToken cancel)
    {
        foreach (var folder in Instance.List(store.Home).Where(folder => folder.Name.ToString().StartsWith(Prefix, StringComparison.Ordinal)))
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                using var left = Instance.Open(folder);
                using var places = Places.Open(store, left, engine, tell, output);
                await UndoAsync(places.Work);
            }
            catch (ProblemException busy) when (busy.Problems[0].Code == "NUA5011")
            {
                // Another proof at work.
            }
        }
    }

    private static async Task UndoAsync(Workplace place)
    {
        if (place.Instance.Operation is { } operation)
        {
            await RecoveryWork.RunAsync(place, Recovery.Decide(place.Instance.Record, operation), () => { }, CancellationToken.None);
        }
    }
}
