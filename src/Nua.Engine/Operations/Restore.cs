using System.Globalization;
using Nua.Engine.Backups;
using Nua.Engine.Contracts;
using Nua.Engine.Data;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Settings;
using Nua.Engine.Verifying;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Puts the data of a backup under an instance: a new one, or one that exists, whose present data stays kept.</summary>
/// <remarks>The backup is unpacked, which reads and checks every byte, while the present data is still in use.</remarks>
public sealed class Restore(Workplace place, Generations folders)
{
    private const int WrongData = 65, WrongSetting = 78;

    /// <summary>Makes the safety backup and gives its path; null leaves it out.</summary>
    public Func<CancellationToken, Task<string>>? SafetyBackup { get; init; }

    /// <summary>What can be said without reading all of the backup; one with secrets in it is read whole.</summary>
    /// <returns>What is to be given to <see cref="SettingsWork"/>: with the secrets that protect the data.</returns>
    /// <exception cref="ProblemException">NUA512x the backup is damaged or does not fit the image; NUA5230 its secret differs from the instance's; NUA5231 a
    /// secret is missing.</exception>
    public async Task<GivenSettings> CheckAsync(BackupReader backup, AppContract contract, GivenSettings given, CancellationToken cancel)
    {
        backup.Accept(contract);
        var secrets = backup.Head.Secrets.Count == 0
            ? new Dictionary<string, byte[]>()
            : (await Task.Run(() => backup.Check(cancel), cancel)).Secrets;
        var present = new SecretFolder(place.Folder, place.Instance.Record?.Settings.SecretSet ?? 0);
        foreach (var (name, value) in secrets)
        {
            if (present.Has(name) && !File.ReadAllBytes(present.Files[name]).AsSpan().SequenceEqual(value))
            {
                throw new ProblemException(new Problem("NUA5230", $"the secret '{name}' of the backup is not the one of '{place.Folder.Name}'")
                {
                    Why = "the data of the backup can only be read with its own; were it replaced, there would be no way back",
                    Remedy = "restore it as a new instance: nua restore OTHER-NAME FILE",
                })
                { ExitCode = WrongData };
            }
        }

        var missing = backup.Head.SecretsLeftOut.Where(name => !present.Has(name) && !given.Secrets.ContainsKey(name)).ToList();
        return missing.Count == 0
            ? given with { Secrets = secrets.Concat(given.Secrets).DistinctBy(pair => pair.Key).ToDictionary(StringComparer.Ordinal) }
            : throw new ProblemException([.. missing.Select(name => new Problem("NUA5231", $"the data needs the secret '{name}', which is not in the backup")
            {
                Why = "secrets are kept only in encrypted backups, and another value would not do",
                Remedy = $"--secret {name}=FILE",
            })])
            { ExitCode = WrongSetting };
    }

    /// <param name="target">Its image is in the store and takes the backup.</param>
    /// <param name="settings">Resolved.</param>
    public async Task<SwitchReport> RunAsync(BackupReader backup, Release target, InstanceSettings settings, CancellationToken cancel)
    {
        var record = place.Instance.Record;
        var (image, contract) = place.Containers.Open(target);
        // Before anything is unpacked: a backup clears the staging folder.
        var safety = SafetyBackup is null || record is null ? null : await SafetyBackup(cancel);
        if (!backup.Head.IsCopy)
        {
            // While the application still serves: unpacking takes long.
            await Task.Run(() => backup.UnpackFiles(folders, cancel), cancel);
        }

        var order = new SwitchOrder
        {
            Kind = OperationKind.Restore,
            Target = target,
            Settings = settings,
            IsWanted = record?.IsWanted ?? true,
            Filling = backup.Head.IsCopy ? new Filling.Written(UnpackAsync) : new Filling.Empty(),
            Verbs = Verbs(backup.Head, target, contract),
            Reason = "restore",
            SafetyBackup = safety is null ? null : new SafetyBackup.Made(safety),
        };
        var report = await new Switch(place).RunAsync(order, cancel);
        if (report.Outcome == SwitchOutcome.Done)
        {
            new SeedRecord { Seedings = backup.Head.Seeds }.Save(place.Folder);
            BackupRetention.Continue(place.Folder, backup.Head);
        }

        return report;

        Task UnpackAsync(int generation, CancellationToken token) => Task.Run(
            () =>
            {
                folders.Remove(generation);
                backup.UnpackInto(folders, generation, ImageVolumes.Of(image, contract), token);
            },
            token);
    }

    private List<SwitchVerb> Verbs(BackupHead head, Release target, AppContract contract)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["NUA_FROM_DATA_VERSION"] = head.DataVersion.ToString(CultureInfo.InvariantCulture),
            ["NUA_TO_DATA_VERSION"] = target.DataVersion.ToString(CultureInfo.InvariantCulture),
            ["NUA_FROM_VERSION"] = head.Version,
        };
        var verbs = new List<SwitchVerb>();
        if (!head.IsCopy)
        {
            verbs.Add(new SwitchVerb(target, ["restore"], "restore", contract.BackupTimeout)
            {
                Env = env,
                Mounts = [new VolumeMount(place.Folder.RestoredFiles, "/nua/backup", IsReadOnly: true)],
            });
        }

        if (head.DataVersion < target.DataVersion)
        {
            verbs.Add(new SwitchVerb(target, ["upgrade"], "restore", contract.UpgradeTimeout) { Env = env });
        }

        return verbs;
    }
}
