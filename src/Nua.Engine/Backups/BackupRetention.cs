using Nua.Engine.Backups.BackupPlaces;
using Nua.Engine.Instances;

namespace Nua.Engine.Backups;

/// <summary>Which backups stay. What was removed is forgotten then, one by one: a command that is cut off between the two does both again
/// the next time.</summary>
public static class BackupRetention
{
    /// <summary>Removes what is older than the newest <paramref name="keep"/> proven backups. Call with the instance's lock held.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="Nua.Foundation.ProblemException">NUA5144: a place elsewhere does not answer; what is left is removed the next time.</exception>
    public static IReadOnlyList<BackupEntry> Apply(InstanceFolder instance, int keep, CancellationToken cancel = default)
    {
        var list = BackupList.Load(instance);
        var surplus = list.Surplus(keep);
        foreach (var entry in surplus)
        {
            BackupPlace.Parse(entry.Place).Remove(cancel);
            list = list with { Backups = [.. list.Backups.Where(other => other != entry)] };
            list.Save(instance);
        }

        return surplus;
    }

    /// <summary>Removes one backup, if it is still where it was made. Call with the instance's lock held.</summary>
    public static void Remove(InstanceFolder instance, string path)
    {
        var list = BackupList.Load(instance);
        if (list.Backups.FirstOrDefault(entry => entry.Place == path) is { } found)
        {
            (list with { Backups = [.. list.Backups.Where(entry => entry != found)] }).Save(instance);
            if (File.Exists(path))
            {
                // Not even its folder need be there: the store may have been moved since.
                File.Delete(path);
            }
        }
    }

    /// <summary>An instance that goes on where another machine has ended counts its backups on: the one with the highest number stays the
    /// newest, whatever clocks say.</summary>
    public static void Continue(InstanceFolder instance, BackupHead head)
    {
        var list = BackupList.Load(instance);
        if (head.Instance == instance.Name.ToString() && head.Sequence >= list.NextSequence)
        {
            list.Since(head.Sequence).Save(instance);
        }
    }

    /// <summary>Notes what was found out about a backup, where its instance is known on this machine.</summary>
    public static void Note(string storeHome, BackupHead head, BackupState state, DateTimeOffset now)
    {
        InstanceFolder instance;
        try
        {
            instance = new InstanceFolder(storeHome, InstanceName.Parse(head.Instance));
        }
        catch (Nua.Foundation.ProblemException)
        {
            return;
        }

        var list = BackupList.Load(instance);
        if (list.Backups.Any(entry => entry.Id == head.Id))
        {
            list.Raise(head.Id, state, now).Save(instance);
        }
    }
}
