namespace Nua.Engine.Instances;

/// <summary>The places of one instance, <c>$NUA_HOME/instances/NAME</c>. Only names: nothing is read or created here.</summary>
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
    public string Backups => $"{StoreHome}/backups/{Name}";

    /// <summary>Sockets and status of the supervisor: may vanish at any time.</summary>
    public string Run => $"{Path}/run";

    public string Log => $"{Path}/log";

    /// <summary>All volumes of class <c>data</c> of one generation.</summary>
    public string Generation(int number) => $"{Path}/generations/{number}";

    public string Volume(int generation, string volume) => $"{Generation(generation)}/{volume}";

    public string Caches => $"{Path}/cache";

    /// <summary>A volume of class <c>cache</c>: the same for all generations.</summary>
    public string Cache(string volume) => $"{Caches}/{volume}";

    /// <summary>Where the files of a backup are while a verb of the application works on them: mounted at <c>/nua/backup</c>.</summary>
    public string RestoredFiles => $"{Path}/generations/{Data.Generations.Staging}/{Data.Generations.Files}";

    public static string Root(string storeHome) => $"{storeHome}/instances";
}
