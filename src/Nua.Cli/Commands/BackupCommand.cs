using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Backups;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua backup</c>: one file that says what it is.</summary>
public static class BackupCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var output = Inputs.Value("--output", "PLACE", "A file, a folder, restic:REPOSITORY or rclone:REMOTE:FOLDER; else the store's own folder", "-o");
        var key = Key("Encrypts with age: a recipient (age1…) or the file of an identity. Only then are secrets in it");
        var withImage = Inputs.Flag("--with-image", "The image is in it too: a machine that has nothing can restore it");
        var check = Inputs.Flag("--check", "Reads every byte back");
        var prove = Inputs.Flag("--prove", "Restores it into an instance of its own, to see that the application works on it");
        var keep = new Option<int?>("--keep") { HelpName = "N", Description = "Afterwards removes what is older than the N newest proven backups" };
        return new NuaCommand("backup", "Backs up an instance into one file.")
        {
            Usage = "NAME [-o PLACE] [options]",
            Details = "The application is stopped for as short as can be: not at all when it has a backup command that works while it runs; for a moment\n" +
                "where the file system can clone; else while its data is read. --prove also looks for seeded data (nua seed), and leaves nothing behind.\n" +
                "restic and rclone (S3 and other stores) are programs of this machine; each takes its passwords from its own variables and configuration.",
            Examples =
            [
                new("into the store's own folder", "nua backup notes"),
                new("encrypted, with the image, tried out", "nua backup notes -o /mnt/disk/ --key backup.key --with-image --prove"),
                new("into a restic repository whose password RESTIC_PASSWORD_FILE names", "nua backup notes -o restic:s3:https://s3.example.org/backups"),
                new("into a bucket that rclone knows", "nua backup notes -o rclone:store:bucket/notes --key backup.key"),
            ],
            ExitStatuses = [new(0, "the backup is written whole, and on the disk or accepted by its place"), new(65, "it is not good: --check or --prove failed"), new(73, "it cannot be written, the disk is full, or its place does not take it")],
            JsonFields = _fields,
            Arguments = { name },
            Options = { output, key, withImage, check, prove, keep },
            Subcommands = { CreateVerify() },
            Run = async (parsed, session) =>
            {
                var given = parsed.GetValue(key);
                var order = new BackupOrder
                {
                    Output = parsed.GetValue(output),
                    Key = given is null ? null : BackupKey.Parse(given),
                    HasImage = parsed.GetValue(withImage),
                    IsChecked = parsed.GetValue(check),
                };
                BackupEntry entry;
                InstanceFolder folder;
                using (var place = await Instances.OpenAsync(parsed.GetRequiredValue(name), session))
                {
                    var result = await new BackupWork(place.Work, place.Data, order).RunAsync(session.Cancellation);
                    session.Messages.Report(result.Notes);
                    session.Messages.Note($"{result.Way}; away for {result.Entry.Away / 1000.0:0.0} s");
                    (entry, folder) = (result.Entry, place.Work.Folder);
                }

                if (parsed.GetValue(prove))
                {
                    entry = await ProveAsync(entry, folder, order.Key, session);
                }

                Print(entry, session);
                Prune(folder, parsed.GetValue(keep), session);
                return ExitStatus.Done;
            },
        };
    }

    public static Option<string?> Key(string description) => Inputs.Value("--key", "KEY", description);

    private static readonly JsonField[] _fields =
    [
        new("file", "full path of the backup, or its place: restic:…, rclone:…"), new("id", "which backup it is, whatever the file is called"), new("sequence", "counts the backups of the instance"),
        new("state", "sealed, checked or proven"), new("made", "UTC"), new("file_bytes", "size of the file"), new("content_bytes", "size of the files in it"),
        new("version", "of the application"), new("data_version", "form of the data"), new("image", "digest of the image"), new("kind", "copy, or command: made by the application's own command"),
        new("encrypted", "true with --key"), new("away_ms", "how long the application was stopped"),
    ];

    public static IReadOnlyList<JsonField> Fields => _fields;

    private static async Task<BackupEntry> ProveAsync(BackupEntry entry, InstanceFolder folder, BackupKey? key, Session session)
    {
        var record = Instances.Read(folder);
        var proof = new BackupProof(
            Locations.OpenStore(), Instances.Engine(record, folder, session), TimeProvider.System, session.Messages.Note, (_, _) => { });
        var result = await proof.RunAsync(BackupReader.Open(entry.Place, key, folder.Backups, cancel: session.Cancellation), ProofSettings.Of(folder), session.Cancellation);
        session.Messages.Note($"proven in {result.Time.TotalSeconds:0.0} s: restored, ready{(result.Checked > 0 ? $", {result.Checked} seedings found" : "")}");
        using var held = Instance.OpenExisting(folder);
        var list = BackupList.Load(folder).Raise(entry.Id, BackupState.Proven, TimeProvider.System.GetUtcNow());
        list.Save(folder);
        return list.Backups.First(other => other.Id == entry.Id);
    }

    private static void Prune(InstanceFolder folder, int? keep, Session session)
    {
        if (keep is not { } count)
        {
            return;
        }

        using var held = Instance.OpenExisting(folder);
        foreach (var removed in BackupRetention.Apply(folder, count, session.Cancellation))
        {
            session.Messages.Note($"removed {Printable.Escape(removed.Place, 200)}");
        }
    }

    private static void Print(BackupEntry entry, Session session)
    {
        if (session.Json)
        {
            session.Out.WriteLine(JsonText.Indented(writer => Write(writer, entry)));
            return;
        }

        session.Messages.Note($"{entry.State}: {ByteSize.Format(entry.FileBytes)} of {ByteSize.Format(entry.ContentBytes)}, data version {entry.DataVersion}");
        session.Out.WriteLine(entry.Place);
    }

    /// <param name="isThere">Null leaves it out.</param>
    public static void Write(System.Text.Json.Utf8JsonWriter writer, BackupEntry entry, bool? isThere = null)
    {
        writer.WriteStartObject();
        writer.WriteString("file", entry.Place);
        writer.WriteString("id", entry.Id);
        writer.WriteNumber("sequence", entry.Sequence);
        writer.WriteString("state", entry.State);
        writer.WriteString("made", entry.Made);
        writer.WriteNumber("file_bytes", entry.FileBytes);
        writer.WriteNumber("content_bytes", entry.ContentBytes);
        writer.WriteString("version", entry.Version);
        writer.WriteNumber("data_version", entry.DataVersion);
        writer.WriteString("image", entry.Image);
        writer.WriteString("kind", entry.Kind);
        writer.WriteBoolean("encrypted", entry.IsEncrypted);
        writer.WriteNumber("away_ms", entry.Away);
        if (isThere is { } there)
        {
            writer.WriteBoolean("is_there", there);
        }

        writer.WriteEndObject();
    }

    private static NuaCommand CreateVerify()
    {
        var file = new Argument<string>("PLACE") { Description = "The backup: a file, restic:REPOSITORY[:SNAPSHOT] or rclone:REMOTE:PATH" };
        var key = Key("File of the identity, for an encrypted backup");
        return new NuaCommand("verify", "Reads every byte of a backup and says whether it is whole and unchanged.")
        {
            Usage = "PLACE [--key KEY]",
            Details = "One changed bit anywhere, a missing end, a file that is not as listed: each is found. Nothing is changed.\n" +
                "Of a restic repository that is given without a snapshot, the newest backup is read.",
            Examples = [new("after copying it to another disk", "nua backup verify /mnt/disk/notes-0007-20261123T060000Z.tar.zst")],
            ExitStatuses = [new(0, "it is whole and unchanged"), new(65, "it is not, or it is not a backup"), new(66, "there is no such backup"), new(69, "its place does not answer")],
            JsonFields = [new("id", "which backup it is"), new("app_id", "whose data"), new("data_version", "form of the data"), new("entries", "names in it"), new("content_bytes", "size of the files in it")],
            Arguments = { file },
            Options = { key },
            Run = async (parsed, session) =>
            {
                var given = parsed.GetValue(key);
                var path = parsed.GetRequiredValue(file);
                var reader = BackupReader.Open(path, given is null ? null : BackupKey.Parse(given), Path.GetTempPath(), cancel: session.Cancellation);
                var summary = await Task.Run(() => reader.Check(session.Cancellation));
                BackupRetention.Note(Locations.StoreHome(), reader.Head, BackupState.Checked, TimeProvider.System.GetUtcNow());
                if (session.Json)
                {
                    session.Out.WriteLine(JsonText.Indented(writer =>
                    {
                        writer.WriteStartObject();
                        writer.WriteString("id", reader.Head.Id);
                        writer.WriteString("app_id", reader.Head.AppId);
                        writer.WriteNumber("data_version", reader.Head.DataVersion);
                        writer.WriteNumber("entries", summary.Entries);
                        writer.WriteNumber("content_bytes", summary.ContentBytes);
                        writer.WriteEndObject();
                    }));
                    return ExitStatus.Done;
                }

                session.Messages.Note(
                    $"whole and unchanged: {Printable.Escape(reader.Head.AppId, 80)} {Printable.Escape(reader.Head.Version, 40)}, data version {reader.Head.DataVersion}, "
                    + $"{summary.Entries} entries, {ByteSize.Format(summary.ContentBytes)}");
                return ExitStatus.Done;
            },
        };
    }
}
