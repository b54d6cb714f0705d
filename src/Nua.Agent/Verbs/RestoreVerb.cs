using Nua.Agent.Backup;
using Nua.Agent.Config;
using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Verbs;

/// <summary>
/// <c>restore</c>: rebuilds data from a backup on a new, empty volume. Everything is checked before anything is
/// changed. The data keeps the backup's version; the operator then runs <c>upgrade</c>.
/// </summary>
internal static class RestoreVerb
{
    public static int Run(VerbContext context)
    {
        var folder = context.Variables["NUA_BACKUP_DIR"]!;
        var header = ManifestReader.Read($"{folder}/{BackupFolder.Manifest}", static (_, _) => { });
        Accept(context.Config, header);
        if (!header.IsCopy && context.Config.Restore is null)
        {
            Output.Note("the backup was made by a command and this image has none to restore it");
            return ExitCode.NotSupported;
        }

        var identity = Identity(folder);
        var data = context.Data;
        if (data.ReadOwn(DataFolder.RestoredMark) == identity)
        {
            return Finish(context, header, "already restored from this backup");
        }

        RefuseUsed(context, identity);
        _ = Verification.Run(folder, context.Checkpoint);
        using var held = DataLock.Take(data, shared: false);
        data.WriteOwn(DataFolder.RestoreMark, identity);
        var status = header.IsCopy ? ByCopy(context, folder) : ByCommand(context, header);
        if (status != ExitCode.Done)
        {
            return status;
        }

        Sync(context);
        data.WriteOwn(DataFolder.AppFile, context.Config.AppId);
        data.WriteOwn(DataFolder.RestoredMark, identity);
        return Finish(context, header, "restored");
    }

    /// <summary>
    /// The backup must be of this application and of a data version that this image can work up from.
    /// </summary>
    private static void Accept(RuntimeConfig config, BackupHeader header)
    {
        if (header.Contract != 1)
        {
            throw Refusal.BackupForeign($"the backup follows contract {header.Contract}, this image contract 1",
                "restore it with its own image");
        }

        if (header.AppId != config.AppId)
        {
            throw Refusal.DataOfAnotherApp(header.AppId, config.AppId);
        }

        foreach (var volume in header.IsCopy ? header.Volumes : [])
        {
            if (!BackupVerb.DataVolumes(config).Exists(own => own.Name == volume.Name))
            {
                throw Refusal.BackupForeign(
                    $"the backup has a volume '{Printable.Escape(volume.Name, 100)}' that this image does not have",
                    "restore it with its own image");
            }
        }

        if (header.DataVersion is { } version && version > config.DataVersion)
        {
            throw Refusal.DataNewer(version, config.DataVersion);
        }

        if (header.DataVersion is { } older && older < config.DataVersion && older < config.UpgradeFrom)
        {
            throw Refusal.DataTooOld(older, config.UpgradeFrom);
        }
    }

    /// <summary>Only a new volume is filled, or one in which the restore of this very backup was cut off.</summary>
    private static void RefuseUsed(VerbContext context, string identity)
    {
        var data = context.Data;
        if (!data.IsWritable)
        {
            throw Refusal.DataNotWritable(data.Path, "the folder is missing or cannot be written");
        }

        if (data.ReadOwn(DataFolder.RestoreMark) is { } begun)
        {
            if (begun != identity)
            {
                throw Refusal.DataNotEmpty();
            }

            return;
        }

        foreach (var volume in BackupVerb.DataVolumes(context.Config))
        {
            var folder = new DataFolder(context.Paths.At(volume.Path));
            if (!folder.IsEmpty || folder.Version is not null)
            {
                throw Refusal.DataNotEmpty();
            }
        }
    }

    private static int ByCopy(VerbContext context, string folder)
    {
        var copy = new RestoreCopy(folder, Target, context.Checkpoint);
        _ = ManifestReader.Read($"{folder}/{BackupFolder.Manifest}", copy.Add);
        copy.Finish();
        if (copy.Refused > 0)
        {
            Output.Note($"{copy.Refused} owners or attributes could not be set as this user");
        }

        return ExitCode.Done;

        string? Target(string name)
        {
            foreach (var volume in BackupVerb.DataVolumes(context.Config))
            {
                if (volume.Name == name)
                {
                    return context.Paths.At(volume.Path);
                }
            }

            return null;
        }
    }

    private static int ByCommand(VerbContext context, BackupHeader header)
    {
        VerbProgram.Render(context);
        var version = header.DataVersion is { } known ? UpgradeStep.Text(known) : null;
        var variables = context.Variables.With(("NUA_FROM_DATA_VERSION", version),
            ("NUA_FROM_VERSION", header.Version));
        var status = CommandRunner.Run(context.Config.Restore!, variables, context.Paths.App, context.Limit);
        if (status != ExitCode.Done)
        {
            Output.Note($"the restore command ended with {status}");
        }

        return status;
    }

    private static void Sync(VerbContext context)
    {
        foreach (var volume in BackupVerb.DataVolumes(context.Config))
        {
            var path = context.Paths.At(volume.Path);
            if (Directory.Exists(path))
            {
                var fd = FileBytes.OpenFolder(path);
                var result = Libc.Syncfs(fd);
                var error = Posix.LastError;
                _ = Libc.Close(fd);
                if (result < 0)
                {
                    Posix.Throw(error, "syncing", path);
                }
            }
        }
    }

    private static int Finish(VerbContext context, BackupHeader header, string message)
    {
        var data = context.Data;
        if (header.DataVersion is { } version && data.Version is null)
        {
            data.WriteVersion(version);
        }

        data.DeleteOwn(DataFolder.RestoreMark);
        var needsUpgrade = header.DataVersion is { } restored && restored < context.Config.DataVersion;
        Output.Note(needsUpgrade ? $"{message}, data version {header.DataVersion}; now run upgrade" : message);
        ResultFile.Write(context.Variables, header.DataVersion, message);
        return ExitCode.Done;
    }

    /// <summary>Which backup this is: the hash of its manifest.</summary>
    private static string Identity(string folder)
    {
        var path = $"{folder}/{BackupFolder.Manifest}";
        var fd = FileBytes.OpenToRead(path);
        var hash = new FileCopy(static () => { }).Run(fd, null, FileStatus.OfOpen(fd).Size, path);
        _ = Libc.Close(fd);
        return hash ?? throw Refusal.NotABackup(path, "the manifest cannot be read");
    }
}
