using System.Globalization;
using Nua.Agent.Backup;
using Nua.Agent.Config;
using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Verbs;

/// <summary>
/// <c>backup</c>: fills NUA_BACKUP_DIR by the packager's command, or with a cold copy of the data volumes, and seals
/// it.
/// </summary>
internal static class BackupVerb
{
    public static int Run(VerbContext context)
    {
        DataCheck.RefuseForeign(context.Data, context.Config);
        DataCheck.RefuseMissing(context.Data, context.Variables);
        using var folder = BackupFolder.Open(context.Variables["NUA_BACKUP_DIR"]!);
        if (folder.IsSealed)
        {
            return AlreadyDone(context, folder);
        }

        // The command knows how to copy a running application; the plain copy needs a stopped one.
        using var held = context.Config.Backup is null ? DataLock.Take(context.Data, shared: true) : null;
        folder.Begin();
        var header = Header(context);
        using var manifest = new ManifestWriter(folder.NewManifest, header);
        var status = context.Config.Backup is { } command
            ? ByCommand(context, command, folder, manifest)
            : ByCopy(context, folder, manifest);
        if (status != ExitCode.Done || folder.IsSealed)
        {
            return status;
        }

        folder.SyncFiles();
        manifest.Finish(Now(context));
        folder.Seal();
        var message = $"{manifest.Count} files, {manifest.Bytes} bytes, data version {Shown(header.DataVersion)}";
        Output.Note("backup complete: " + message);
        ResultFile.Write(context.Variables, header.DataVersion, message);
        return ExitCode.Done;
    }

    private static int AlreadyDone(VerbContext context, BackupFolder folder)
    {
        var header = ManifestReader.Read($"{folder.Path}/{BackupFolder.Manifest}", static (_, _) => { });
        if (header.AppId != context.Config.AppId)
        {
            throw Refusal.BackupTarget(folder.Path, "it holds the backup of another application");
        }

        folder.RemoveMark();
        Output.Note("this folder already holds a complete backup");
        ResultFile.Write(context.Variables, header.DataVersion, "already complete");
        return ExitCode.Done;
    }

    private static int ByCopy(VerbContext context, BackupFolder folder, ManifestWriter manifest)
    {
        var copy = new ColdCopy(folder.Path, manifest, context.Checkpoint);
        foreach (var volume in DataVolumes(context.Config))
        {
            if (Directory.Exists(context.Paths.At(volume.Path)))
            {
                copy.Volume(context.Paths.At(volume.Path), volume.Name);
            }
        }

        foreach (var warning in copy.Warnings)
        {
            Output.Note(warning);
        }

        return ExitCode.Done;
    }

    /// <summary>
    /// Lists what the command left, unless it sealed the backup itself. Nothing at all is not a backup.
    /// </summary>
    private static int ByCommand(VerbContext context, PackagerCommand command, BackupFolder folder,
        ManifestWriter manifest)
    {
        VerbProgram.Render(context);
        var status = CommandRunner.Run(command, context.Variables, context.Paths.App, context.Limit);
        if (status != ExitCode.Done)
        {
            Output.Note($"the backup command ended with {status}");
            return status;
        }

        if (folder.IsSealed)
        {
            folder.RemoveMark();
            return ExitCode.Done;
        }

        var copy = new FileCopy(context.Checkpoint);
        foreach (var name in folder.Contents())
        {
            if (!BackupFolder.IsOwn(name))
            {
                List(folder.Path, name, manifest, copy);
            }
        }

        if (manifest.Bytes > 0)
        {
            return ExitCode.Done;
        }

        Output.Note("the backup command left no data in NUA_BACKUP_DIR");
        return ExitCode.Failed;
    }

    private static void List(string folder, string path, ManifestWriter manifest, FileCopy copy)
    {
        var full = $"{folder}/{path}";
        if (FileStatus.Of(full, followLinks: false) is not { } status)
        {
            throw Refusal.ChangedWhileCopied(path);
        }

        var entry = new BackupEntry(path, EntryKind.Directory)
        {
            Mode = status.Mode,
            Uid = status.Uid,
            Gid = status.Gid,
            Seconds = status.Seconds,
            Nanoseconds = status.Nanoseconds,
        };
        if (status.IsDirectory)
        {
            manifest.Add(entry);
            foreach (var name in DirectoryReader.Names(full))
            {
                List(folder, $"{path}/{name}", manifest, copy);
            }
        }
        else if (status.IsRegular)
        {
            var fd = FileBytes.OpenToRead(full);
            var hash = copy.Run(fd, null, status.Size, full);
            _ = Libc.Close(fd);
            manifest.Add(entry with
            {
                Kind = EntryKind.File,
                Size = status.Size,
                Sha256 = hash ?? throw Refusal.ChangedWhileCopied(path),
            });
        }
        else
        {
            throw Refusal.BackupTarget(folder, $"{Printable.Escape(path, 200)} is neither a file nor a folder");
        }
    }

    private static BackupHeader Header(VerbContext context)
    {
        var volumes = new List<VolumeName>();
        foreach (var volume in DataVolumes(context.Config))
        {
            volumes.Add(new VolumeName(volume.Name, volume.Path));
        }

        return new BackupHeader
        {
            AppId = context.Config.AppId,
            Instance = context.Variables["NUA_INSTANCE"],
            Version = context.Config.Version,
            ImageDigest = context.Variables["NUA_IMAGE_DIGEST"],
            DataVersion = context.Data.Version,
            Mode = context.Config.Backup is null && context.Config.BackupMode == "hot"
            ? "cold" : context.Config.BackupMode,
            IsCopy = context.Config.Backup is null,
            Started = Now(context),
            Volumes = volumes,
        };
    }

    public static List<VolumeSpec> DataVolumes(RuntimeConfig config)
    {
        var volumes = new List<VolumeSpec>();
        foreach (var volume in config.Volumes)
        {
            if (volume.Class == "data")
            {
                volumes.Add(volume);
            }
        }

        return volumes;
    }

    private static string Now(VerbContext context) =>
        context.Time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Shown(int? version) => version?.ToString(CultureInfo.InvariantCulture) ?? "none";
}
