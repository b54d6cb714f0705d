using Nua.Engine.Instances;

namespace Nua.Engine.Backups;

/// <summary>Which backups stay. Removing forgets first, so that the list never names a file that is gone.</summary>
public static class BackupRetention
{
    /// <summary>Removes what is older than the newest <paramref name="keep"/> proven backups. Call with the instance's lock held.</summary>
    /// <returns>What was removed.</returns>
    public static IReadOnlyList<BackupEntry> Apply(InstanceFolder instance, int keep)
    {
        var list = BackupList.Load(instance);
        var surplus = list.Surplus(keep);
        if (surplus.Count > 0)
        {
            (list with { Backups = [.. list.Backups.Except(surplus)] }).Save(instance);
            foreach (var entry in surplus)
            {
                File.Delete(entry.Place);
            }
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
            File.Delete(path);
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
