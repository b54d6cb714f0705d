using System.Security.Cryptography;
using Nua.Engine.Backups.BackupPlaces;
using Nua.Engine.Contracts;
using Nua.Engine.Data;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Engine.Settings;
using Nua.Engine.Verifying;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Rootfs.Volumes;

namespace Nua.Engine.Backups;

/// <summary>
/// Makes one backup of an instance. The application is stopped for as short as can be: not at all when its own command copies it while it runs; for the
/// moment of a clone where the file system shares content; else for as long as its data is read. It is in the journal like every
/// operation, so that a command that was killed in the middle is undone by the next: the application runs again and nothing half is left.
/// </summary>
public sealed class BackupWork(Workplace place, Generations folders, BackupOrder order)
{
    /// <summary>Before the paths of volumes in a backup.</summary>
    private const string Volumes = "volumes/";

    private readonly AwayClock _away = new(place.Time);
    private readonly List<Problem> _notes = [];

    private InstanceRecord Record => place.Instance.Record!;

    private AppContract Contract => place.Containers.Contract(Record.Release);

    /// <exception cref="ProblemException">NUA5134, NUA5143 to NUA5147 it cannot be written; NUA5138 the application's command failed; what reading the data gives. The
    /// application runs again then, if it did.</exception>
    public async Task<BackupResult> RunAsync(CancellationToken cancel)
    {
        var now = place.Time.GetUtcNow();
        var head = HeadOf(BackupList.Load(place.Folder).NextSequence, now);
        var target = order.PlaceFor(place.Folder, head.Sequence, now);
        await Task.Run(() => target.Prepare(cancel), cancel);
        var wasRunning = (await place.Engine.StatusAsync(place.Folder, cancel)).IsRunning;
        var operation = new OperationRecord
        {
            Kind = OperationKind.Backup,
            Step = "copy the data",
            WasRunning = wasRunning,
            Partial = target.Partial,
            Begun = now,
        };
        place.Instance.Begin(operation);
        SentBackup sent;
        string way;
        try
        {
            (sent, way) = await WriteAsync(head, target, wasRunning, cancel);
        }
        catch
        {
            await SettleAsync(operation);
            throw;
        }

        await SettleAsync(operation);
        var entry = Enter(head, sent);
        return new BackupResult(order.IsChecked ? await CheckAsync(entry, cancel) : entry, _notes, way);
    }

    /// <summary>The backup before a switch. When the application would have to rest for as long as its data is read, the switch makes it.</summary>
    /// <param name="report">Told what is not in it.</param>
    /// <exception cref="ProblemException">those of <see cref="RunAsync"/>.</exception>
    public async Task<SafetyBackup> BeforeSwitchAsync(Action<IReadOnlyList<Problem>> report, CancellationToken cancel)
    {
        var rests = !Contract.HasBackupCommand
            && (await place.Engine.StatusAsync(place.Folder, cancel)).IsRunning
            && !await Task.Run(folders.CanReflink, cancel);
        if (!rests)
        {
            place.Tell("making a safety backup");
            var made = await RunAsync(cancel);
            report(made.Notes);
            return new SafetyBackup.Made(made.Entry.Place);
        }

        var now = place.Time.GetUtcNow();
        var head = HeadOf(BackupList.Load(place.Folder).NextSequence, now);
        var target = order.PlaceFor(place.Folder, head.Sequence, now);
        report(_notes);
        return new SafetyBackup.AtRest(target.Partial, async token =>
        {
            // The switch works on the other generation meanwhile.
            using var own = Generations.Open(place.Folder, place.Engine.VolumeIds);
            var sent = await PackAsync(head, target, read => report([.. own.Pack(Record.Generation, Volumes, read, token).Notes]), token);
            return (await CheckAsync(Enter(head, sent), token)).Place;
        });
    }

    private BackupEntry Enter(BackupHead head, SentBackup sent)
    {
        var entry = new BackupEntry(
            head.Sequence, head.Id, sent.Place.Text, head.Started, sent.Written.FileBytes, sent.Written.ContentBytes, head.Version, head.DataVersion, head.Image,
            head.Kind, order.Key is not null, (long)_away.Total.TotalMilliseconds);
        BackupList.Load(place.Folder).With(entry).Save(place.Folder);
        return entry;
    }

    private async Task<BackupEntry> CheckAsync(BackupEntry entry, CancellationToken cancel)
    {
        await Task.Run(() => BackupReader.Open(entry.Place, order.Key, place.Folder.Backups, cancel: cancel).Check(cancel), cancel);
        var list = BackupList.Load(place.Folder).Raise(entry.Id, BackupState.Checked, place.Time.GetUtcNow());
        list.Save(place.Folder);
        return list.Backups[^1];
    }

    private async Task<(SentBackup Sent, string Way)> WriteAsync(BackupHead head, BackupPlace target, bool wasRunning, CancellationToken cancel)
    {
        if (!head.IsCopy)
        {
            return await ByCommandAsync(head, target, wasRunning, cancel);
        }

        if (!wasRunning)
        {
            return (await PackAsync(head, target, read => Note(folders.Pack(Record.Generation, Volumes, read, cancel)), cancel), "it was not running");
        }

        if (await Task.Run(folders.CanReflink, cancel))
        {
            await StopAsync(cancel);
            await Task.Run(() => Note(folders.CloneToStaging(Record.Generation, cancel)), cancel);
            await ServeAsync(cancel);
            return (await PackAsync(head, target, read => Note(folders.PackStaging(Volumes, read, cancel)), cancel), "stopped while the data was cloned");
        }

        // Only while the data itself is read: the image before it takes longer, and needs no rest.
        var sent = await PackAsync(
            head,
            target,
            read =>
            {
                StopAsync(cancel).GetAwaiter().GetResult();
                Note(folders.Pack(Record.Generation, Volumes, read, cancel));
                ServeAsync(cancel).GetAwaiter().GetResult();
            },
            cancel);
        return (sent, "stopped while the data was read: this file system cannot clone");
    }

    /// <summary>The verb fills an empty folder in a container of its own, beside the live application when it can work hot.</summary>
    private async Task<(SentBackup Sent, string Way)> ByCommandAsync(BackupHead head, BackupPlace target, bool wasRunning, CancellationToken cancel)
    {
        var isHot = Contract.IsBackupHot;
        if (wasRunning && !isHot)
        {
            await StopAsync(cancel);
        }

        var owner = ImageVolumes.Of(place.Containers.Open(Record.Release).Image, Contract)[0];
        await Task.Run(() => folders.CreateStaging([owner with { Name = Generations.Files }]), cancel);
        var verb = new SwitchVerb(Record.Release, ["backup"], "manual", Contract.BackupTimeout)
        {
            Mounts = [new Engines.VolumeMount(place.Folder.RestoredFiles, "/nua/backup")],
        };
        var run = place.Containers.Verb(verb, Record.Generation, Record.Settings, isEmpty: false) with { IsBesideService = wasRunning && isHot };
        var result = await place.Engine.RunAsync(run, place.Output, cancel);
        if (result.Status != 0)
        {
            throw new ProblemException(new Problem("NUA5138", $"the application's own backup command ended with {result.Status}")
            {
                Where = place.Folder.Name.ToString(),
                Why = result.Status == 124 ? $"it was not done within {Contract.BackupTimeout} s" : null,
                Remedy = $"nua logs {place.Folder.Name} shows what it printed; the application was not changed",
            })
            { ExitCode = result.Status is >= 64 and <= 78 ? result.Status : 1 };
        }

        if (wasRunning && !isHot)
        {
            await ServeAsync(cancel);
        }

        return (await PackAsync(head, target, read => Note(folders.PackStaging("", read, cancel)), cancel), isHot ? "by its own command, while it ran" : "by its own command, stopped");
    }

    /// <param name="data">Gives a tar of the data to the reader it is called with.</param>
    private Task<SentBackup> PackAsync(BackupHead head, BackupPlace target, Action<Action<Stream>> data, CancellationToken cancel) => Task.Run(
        () =>
        {
            var content = new BackupContent
            {
                Head = head,
                Image = order.HasImage ? place.Containers.Open(Record.Release).Image : null,
                Secrets = order.Key is null ? new SortedDictionary<string, byte[]>(StringComparer.Ordinal) : Secrets(head.Secrets),
                Data = data,
            };
            DurableFile.CreateDirectory(place.Folder.Backups, 0x1C0);
            return target.Write(new BackupWriter(content, order.Key, place.Time), place.Folder.Backups, cancel);
        },
        cancel);

    private void Note(CopyReport report) => _notes.AddRange(report.Notes);

    private BackupHead HeadOf(int sequence, DateTimeOffset now)
    {
        var secrets = Contract.Secrets.Where(secret => secret.IsForData).Select(secret => secret.Name).Order(StringComparer.Ordinal).ToList();
        if (secrets.Count > 0 && order.Key is null)
        {
            _notes.Add(new Problem("NUA5139", $"the backup is without the secrets that its data needs: {string.Join(", ", secrets)}")
            {
                Severity = Severity.Warning,
                Why = "secrets are kept only in encrypted backups",
                Remedy = "back up with --key, or keep them elsewhere: another machine cannot restore without them",
            });
        }

        return new BackupHead
        {
            Id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)),
            AppId = Record.Release.AppId,
            Instance = Record.Name,
            Version = Record.Release.Version,
            Image = Record.Release.Image,
            Reference = Record.Release.Reference,
            DataVersion = Record.Release.DataVersion,
            Kind = Contract.HasBackupCommand ? "command" : "copy",
            Mode = Contract.HasBackupCommand && Contract.IsBackupHot ? "hot" : "cold",
            Volumes = Contract.HasBackupCommand ? [] : [.. Contract.Volumes.Where(volume => !volume.IsCache).Select(volume => volume.Name)],
            Secrets = order.Key is null ? [] : secrets,
            SecretsLeftOut = order.Key is null ? secrets : [],
            Seeds = SeedRecord.Load(place.Folder).Seedings,
            HasImage = order.HasImage,
            Writer = $"nua {typeof(BackupWork).Assembly.GetName().Version?.ToString(3)}",
            Started = now,
            Sequence = sequence,
        };
    }

    private SortedDictionary<string, byte[]> Secrets(IReadOnlyList<string> names)
    {
        var files = new SecretFolder(place.Folder, Record.Settings.SecretSet).Files;
        var secrets = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            secrets[name] = File.ReadAllBytes(files[name]);
        }

        return secrets;
    }

    private async Task StopAsync(CancellationToken cancel)
    {
        _away.Begin(counts: true);
        await place.Engine.SetGateAsync(place.Folder, isOpen: false, cancel);
        await place.Engine.StopAsync(place.Folder, cancel);
    }

    private async Task ServeAsync(CancellationToken cancel)
    {
        await RecoveryWork.ServeAsync(place, new RecoveryAction.Serve(Record, MustRestart: false), cancel);
        _away.End();
    }

    /// <summary>What recovery would do: the application runs if it is wanted, and nothing half is left. It happens even when the operator gives up.</summary>
    private async Task SettleAsync(OperationRecord operation)
    {
        await Task.Run(folders.RemoveStaging);
        var broken = await RecoveryWork.RunAsync(place, Recovery.Decide(Record, operation), _away.End, CancellationToken.None);
        if (broken is not null)
        {
            _notes.Add(broken with { Severity = Severity.Warning });
        }
    }
}
