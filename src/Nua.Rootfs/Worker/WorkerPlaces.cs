using Nua.Foundation.Linux;
using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>Where things are inside the worker.</summary>
/// <param name="Root">A tmpfs that every process of the namespace can walk to.</param>
internal sealed record WorkerPlaces(string Root)
{
    public string Store => Root + "/store";

    /// <summary>Where the sandbox folder is seen, whatever the folders above it allow.</summary>
    public string Home => Store + "/sandbox";

    /// <summary>Makes the tmpfs over a folder that the worker does not need, and binds the store into it. The store is found as <c>..</c> of the
    /// working directory, whatever the modes of the folders above it are.</summary>
    public static WorkerPlaces Arrange(Emulator? emulator)
    {
        var places = new WorkerPlaces(((string[])["/mnt", "/srv", "/media", "/opt"]).First(Directory.Exists));
        Mounts.Tmpfs(places.Root);
        foreach (var folder in (string[])["/store", "/stacks", "/state", "/private", "/formats"])
        {
            Directory.CreateDirectory(places.Root + folder);
        }

        Mounts.Bind("..", places.Store);
        emulator?.Register(places.Root + "/formats");
        return places;
    }

    public ContainerMount Resolve(ContainerMount mount)
    {
        if (mount.Kind == "tmpfs")
        {
            return mount;
        }

        var path = Resolve(mount.Source);
        if (mount.Source.StartsWith("home:", StringComparison.Ordinal) && !mount.IsReadOnly)
        {
            Directory.CreateDirectory(path);
        }

        return mount with { Source = path };
    }

    /// <summary><c>home:</c> is the sandbox folder, <c>store:</c> the store, <c>private:</c> the worker's own memory; others are the host's.</summary>
    public string Resolve(string source) => source switch
    {
        _ when source.StartsWith("home:", StringComparison.Ordinal) => Home + "/" + source[5..],
        _ when source.StartsWith("store:", StringComparison.Ordinal) => Store + "/" + source[6..],
        _ when source.StartsWith("private:", StringComparison.Ordinal) => Root + "/private/" + source[8..],
        _ => source,
    };
}
