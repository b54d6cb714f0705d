using Nua.Engine.Backups.BackupPlaces;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Backups;

/// <summary>What the operator wants of one backup.</summary>
public sealed record BackupOrder
{
    /// <summary>A file, or a folder that exists or ends in <c>/</c>; <c>restic:REPOSITORY</c>; <c>rclone:REMOTE:FOLDER</c>; null: the instance's own folder.</summary>
    public string? Output { get; init; }

    /// <summary>Null leaves it readable, and the secrets out.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>A machine without the image can restore it.</summary>
    public bool HasImage { get; init; }

    /// <summary>Every byte is read back.</summary>
    public bool IsChecked { get; init; }

    /// <summary>Where the backup goes. The number in the name counts backups, so that no two have one name whatever the clock says.</summary>
    /// <exception cref="ProblemException">NUA5137: there is another file of that name; NUA5145: it cannot be a place.</exception>
    internal BackupPlace PlaceFor(InstanceFolder instance, int sequence, DateTimeOffset now)
    {
        var name = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{instance.Name}-{sequence:d4}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.tar.zst{(Key is null ? "" : ".age")}");
        if (Output is null)
        {
            return new FilePlace($"{instance.Backups}/{name}");
        }

        if (Output.StartsWith(ResticPlace.Prefix, StringComparison.Ordinal))
        {
            return ResticPlace.ForNew(Output[ResticPlace.Prefix.Length..]);
        }

        if (Output.StartsWith(RclonePlace.Prefix, StringComparison.Ordinal))
        {
            return RclonePlace.ForNew(Output[RclonePlace.Prefix.Length..], name);
        }

        if (Output.EndsWith('/') || Directory.Exists(Output))
        {
            return new FilePlace(Path.Combine(Path.GetFullPath(Output), name));
        }

        return File.Exists(Output)
            ? throw new ProblemException(new Problem("NUA5137", $"'{Printable.Escape(Output, 200)}' is there already")
            {
                Remedy = "give another name, or a folder: then each backup gets a name of its own",
            })
            { ExitCode = 73 }
            : new FilePlace(Path.GetFullPath(Output));
    }
}

/// <param name="Notes">What is not in it, as warnings.</param>
/// <param name="Way">How the data was brought to rest, a few words for people.</param>
public sealed record BackupResult(BackupEntry Entry, IReadOnlyList<Problem> Notes, string Way);
