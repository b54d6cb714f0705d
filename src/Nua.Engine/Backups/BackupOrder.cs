using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Backups;

/// <summary>What the operator wants of one backup.</summary>
public sealed record BackupOrder
{
    /// <summary>A file, or a folder that exists or ends in <c>/</c>; null: the instance's own folder.</summary>
    public string? Output { get; init; }

    /// <summary>Null leaves it readable, and the secrets out.</summary>
    public BackupKey? Key { get; init; }

    /// <summary>A machine without the image can restore it.</summary>
    public bool HasImage { get; init; }

    /// <summary>Every byte is read back.</summary>
    public bool IsChecked { get; init; }

    /// <summary>Where the backup goes. The number in the name counts backups, so that no two have one name whatever the clock says.</summary>
    /// <exception cref="ProblemException">NUA5137: there is another file of that name.</exception>
    public string PathFor(InstanceFolder instance, int sequence, DateTimeOffset now)
    {
        var name = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{instance.Name}-{sequence:d4}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}.tar.zst{(Key is null ? "" : ".age")}");
        if (Output is null)
        {
            return $"{instance.Backups}/{name}";
        }

        if (Output.EndsWith('/') || Directory.Exists(Output))
        {
            return Path.Combine(Path.GetFullPath(Output), name);
        }

        return File.Exists(Output)
            ? throw new ProblemException(new Problem("NUA5137", $"'{Printable.Escape(Output, 200)}' is there already")
            {
                Remedy = "give another name, or a folder: then each backup gets a name of its own",
            })
            { ExitCode = 73 }
            : Path.GetFullPath(Output);
    }
}

/// <param name="Notes">What is not in it, as warnings.</param>
/// <param name="Way">How the data was brought to rest, a few words for people.</param>
public sealed record BackupResult(BackupEntry Entry, IReadOnlyList<Problem> Notes, string Way);
