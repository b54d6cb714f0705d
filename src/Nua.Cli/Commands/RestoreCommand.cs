using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Backups;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Engine.Settings;
using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Cli.Commands;

/// <summary><c>nua restore</c>: the data of a backup, under an instance that exists or a new one.</summary>
public static class RestoreCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name("The instance; a new one when there is none of that name");
        var file = new Argument<string>("PLACE") { Description = "The backup: a file, restic:REPOSITORY[:SNAPSHOT] or rclone:REMOTE:PATH" };
        var key = Inputs.Value("--key", "FILE", "Identity that decrypts the backup");
        var engine = new EngineChoice();
        var settings = new SettingsInputs();
        var switching = new SwitchInputs();
        var command = new NuaCommand("restore", "Restores a backup into an instance, or makes a new instance from it.")
        {
            Usage = "NAME PLACE [--key FILE] [-p HOST[:PORT]] [options]",
            Details = "Every byte of the backup is read before anything is changed. An instance that exists keeps its image, which brings older data up to its version;\n" +
                "its present data stays kept: 'nua rollback NAME --to kept' brings it back. A new instance gets the image of the backup, from the store or\n" +
                "from the backup itself (nua backup --with-image): then nothing else has to be on the machine. Of a restic repository that\n" +
                "is given without a snapshot, the newest backup of NAME is taken, or of the only instance in it.",
            Examples =
            [
                new("the data of yesterday", "nua restore notes notes-0007-20260101T030000Z.tar.zst"),
                new("on another machine, where nothing is", "nua restore notes /mnt/notes.tar.zst -p 8080"),
                new("the newest one in a repository", "nua restore notes restic:/srv/restic"),
            ],
            ExitStatuses = SwitchOutput.ExitStatuses,
            JsonFields = SwitchOutput.Fields,
            Arguments = { name, file },
            Options = { key, engine.Option },
            Run = async (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                await Instances.SettleAsync(folder, session);
                var store = Locations.OpenStore();
                var temporary = Directory.CreateDirectory(Path.Combine(folder.StoreHome, "ingest")).FullName;
                var backup = BackupReader.Open(
                    parsed.GetRequiredValue(file), parsed.GetValue(key) is { } text ? BackupKey.Parse(text) : null, temporary, folder.Name.ToString(),
                    session.Cancellation);
                using var instance = Instance.Open(folder);
                try
                {
                    return await RunAsync(backup, instance, store, engine, settings, switching, parsed, session);
                }
                catch when (instance.Record is null && !File.Exists(folder.Operation) && Directory.Exists(folder.Path))
                {
                    // Refused before anything began: no trace of the name is left.
                    Directory.Delete(folder.Path, recursive: true);
                    throw;
                }
            },
        };
        foreach (var option in settings.All.Concat(switching.All))
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static async Task<int> RunAsync(
        BackupReader backup, Instance instance, ImageStore store, EngineChoice engine, SettingsInputs inputs, SwitchInputs switching, ParseResult parsed, Session session)
    {
        var folder = instance.Folder;
        using var place = Instances.Place(
            instance, Instances.Engine(engine.Of(parsed, instance), folder.StoreHome, session), session);
        var work = switching.Apply(parsed, place.Work);
        var release = instance.Record?.Release ?? ReleaseOf(backup, folder, store, session);
        var contract = work.Containers.Contract(release);
        var restore = new Restore(work, place.Data) { SafetyBackup = switching.BackupAtOnce(parsed, place, session) };
        var given = await restore.CheckAsync(backup, contract, inputs.Given(parsed), session.Cancellation);
        var settings = UpCommand.Wanted(instance, contract, inputs, parsed);
        UpChecks.RefuseTakenPorts(settings, folder);
        settings = new SettingsWork(folder).Resolve(contract, settings, given, (variable, value) => session.Messages.Note($"{variable} = {value}"));
        var report = await restore.RunAsync(backup, release, settings, session.Cancellation);
        return SwitchOutput.Print(folder.Name, report, session);
    }

    /// <summary>The very image the backup was made with, from the store or from the backup.</summary>
    private static Release ReleaseOf(BackupReader backup, InstanceFolder folder, ImageStore store, Session session)
    {
        var head = backup.Head;
        if (store.Find(head.Image) is null)
        {
            session.Messages.Note("taking the image from the backup");
            backup.LoadImage(store, $"instance/{folder.Name}:g1", session.Cancellation);
        }

        return head.Release;
    }
}
