using System.Text.Json.Serialization;
using Nua.Engine.Instances;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Engine.Backups;

/// <summary>How far a backup is known to be good (lifecycle contract 2.5). Each includes the ones before.</summary>
public enum BackupState
{
    /// <summary>Written whole and on the disk.</summary>
    Sealed,

    /// <summary>Every byte was read back.</summary>
    Checked,

    /// <summary>It was restored, the application became ready on it and its own check passed.</summary>
    Proven,
}

/// <summary>One backup of an instance.</summary>
/// <param name="Place">Full path of the file (in the list itself, from the store on if it is in there), or as in <see cref="BackupPlaces.BackupPlace.Text"/>.</param>
/// <param name="ContentBytes">Of the files in it.</param>
/// <param name="Kind">As in <see cref="BackupHead.Kind"/>.</param>
/// <param name="Away">Milliseconds that the application was stopped for it.</param>
public sealed record BackupEntry(
    int Sequence, string Id, string Place, DateTimeOffset Made, long FileBytes, long ContentBytes, string Version, int DataVersion,
    string Image, string Kind, bool IsEncrypted, long Away)
{
    public string State { get; init; } = nameof(BackupState.Sealed).ToLowerInvariant();

    /// <summary>When its state was found out last; UTC.</summary>
    public DateTimeOffset? Verified { get; init; }
}

/// <summary>The backups that an instance knows of, in order: <c>backups/NAME/backups.json</c>. It outlives the instance, and the backups do not need it.</summary>
public sealed record BackupList
{
    private const string FileName = "backups.json";

    public IReadOnlyList<BackupEntry> Backups { get; init => field = value ?? []; } = [];

    /// <summary>The highest number that a backup of an instance of this name is known to have had, here or on the machine it came from.</summary>
    public int Last { get; init; }

    [JsonIgnore]
    public int NextSequence => Math.Max(Last, Backups.Select(entry => entry.Sequence).DefaultIfEmpty().Max()) + 1;

    /// <exception cref="ProblemException">NUA5136.</exception>
    public static BackupList Load(InstanceFolder instance)
    {
        var list = StateFile.Read(PathOf(instance), BackupJson.Default.BackupList, why => new ProblemException(
            new Problem("NUA5136", "the list of backups cannot be read")
            {
                Where = Printable.Escape(PathOf(instance), 300),
                Why = why,
                Remedy = "move it away: the backups themselves say what they are (nua backup verify FILE)",
            })) ?? new BackupList();
        return list with { Backups = [.. list.Backups.Select(entry => entry with { Place = instance.FullPlace(entry.Place) })] };
    }

    /// <summary>What lies in the store is named from there on: a store that is moved takes its backups along.</summary>
    public void Save(InstanceFolder instance)
    {
        DurableFile.CreateDirectory(instance.Backups, 0x1C0);
        var list = this with { Backups = [.. Backups.Select(entry => entry with { Place = instance.ShortPlace(entry.Place) })] };
        StateFile.Replace(PathOf(instance), list, BackupJson.Default.BackupList);
    }

    public BackupList With(BackupEntry entry) => (this with { Backups = [.. Backups.Where(other => other.Id != entry.Id), entry] }).Since(entry.Sequence);

    /// <summary>Later backups have higher numbers than this one.</summary>
    public BackupList Since(int sequence) => this with { Last = Math.Max(Last, sequence) };

    /// <summary>Raises the state of one backup, never lowers it.</summary>
    public BackupList Raise(string id, BackupState state, DateTimeOffset now) => this with
    {
        Backups = [.. Backups.Select(entry => entry.Id == id && StateOf(entry) <= state
            ? entry with { State = state.ToString().ToLowerInvariant(), Verified = now }
            : entry)],
    };

    /// <summary>What may go when <paramref name="keep"/> backups are to be kept: all that are older than the <paramref name="keep"/>-th newest
    /// <em>proven</em> one. While fewer than that are proven, nothing goes.</summary>
    public IReadOnlyList<BackupEntry> Surplus(int keep)
    {
        var proven = Backups.Where(entry => StateOf(entry) == BackupState.Proven).TakeLast(keep).ToList();
        return keep < 1 || proven.Count < keep ? [] : [.. Backups.TakeWhile(entry => entry.Sequence < proven[0].Sequence)];
    }

    public static BackupState StateOf(BackupEntry entry) =>
        Enum.TryParse<BackupState>(entry.State, ignoreCase: true, out var state) ? state : BackupState.Sealed;

    private static string PathOf(InstanceFolder instance) => $"{instance.Backups}/{FileName}";
}
