namespace Nua.Engine.Instances;

/// <summary>The places of one instance, <c>$NUA_HOME/instances/NAME</c>. Only names: nothing is created here.</summary>
public sealed record InstanceFolder(string StoreHome, InstanceName Name)
{
    public string Path => $"{Root(StoreHome)}/{Name}";

    /// <summary>Kernel lock of whoever changes the instance; the file is never deleted while the instance exists.</summary>
    public string Lock => $"{Path}/lock";

    /// <summary><see cref="InstanceRecord"/>.</summary>
    public string Record => $"{Path}/instance.json";

    /// <summary><see cref="OperationRecord"/>; absent when nothing is unfinished.</summary>
    public string Operation => $"{Path}/operation.json";

    public string Secrets => $"{Path}/secrets";

    /// <summary>Backups, unless another place is given, and the list of all. It is not below <see cref="Path"/>: it outlives the instance.</summary>
    public string Backups => $"{StoreHome}/{BackupsFromStore}";

    /// <summary>The place of a backup as it is written down: in <see cref="Backups"/> without the path of the store, so that
    /// the store may be moved.</summary>
    public string ShortPlace(string place) =>
        place.StartsWith(Backups + "/", StringComparison.Ordinal) ? BackupsFromStore + place[Backups.Length..] : place;

    /// <summary>The same place as it is used. A full path in a store that was moved meanwhile, as earlier versions of nua wrote it, is led to the
    /// file of that name in <see cref="Backups"/>.</summary>
    public string FullPlace(string place)
    {
        if (place.StartsWith(BackupsFromStore + "/", StringComparison.Ordinal))
        {
            return $"{StoreHome}/{place}";
        }

        var here = $"{Backups}/{System.IO.Path.GetFileName(place)}";
        return place.EndsWith("/" + ShortPlace(here), StringComparison.Ordinal) && !File.Exists(place) && File.Exists(here) ? here : place;
    }

    /// <summary>Sockets and status of the supervisor: may vanish at any time.</summary>
    public string Run => $"{Path}/run";

    public string Log => $"{Path}/log";

    public string Generations => $"{Path}/generations";

    /// <summary>All volumes of class <c>data</c> of one generation.</summary>
    public string Generation(int number) => $"{Generations}/{number}";

    public string Volume(int generation, string volume) => $"{Generation(generation)}/{volume}";

    public string Caches => $"{Path}/cache";

    /// <summary>A volume of class <c>cache</c>: the same for all generations.</summary>
    public string Cache(string volume) => $"{Caches}/{volume}";

    /// <summary>Where the files of a backup are while a verb of the application works on them: mounted at <c>/nua/backup</c>.</summary>
    public string RestoredFiles => $"{Generations}/{Data.Generations.Staging}/{Data.Generations.Files}";

    private string BackupsFromStore => $"backups/{Name}";

    public static string Root(string storeHome) => $"{storeHome}/instances";
}
