using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>Podman with a storage of its own below a folder: nothing of the machine's is read or changed.</summary>
public static class PodmanSettings
{
    /// <param name="driver"><c>overlay</c>, or <c>vfs</c> where whole copies do no harm.</param>
    public static Shell WithPodmanIn(this Shell shell, TemporaryFolder folder, string driver)
    {
        // crun does not do hybrid cgroups; limits above the machine's own would be refused.
        var containers = folder.Write("containers.conf", """
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
            [engine]
            runtime = "runc"
            cgroup_manager = "cgroupfs"
            events_logger = "file"
            """);
        var storage = folder.Write("storage.conf", $"""
            [storage]
            driver = "{driver}"
            graphroot = "{folder["podman"]}"
            runroot = "{folder["podman-run"]}"
            """);
        return shell.Set("CONTAINERS_CONF", containers).Set("CONTAINERS_STORAGE_CONF", storage);
    }
}
