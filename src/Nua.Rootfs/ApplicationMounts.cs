using Nua.Sandbox;

namespace Nua.Rootfs;

/// <summary>The places an application may write to when its root is read-only (lifecycle contract, paths).</summary>
public static class ApplicationMounts
{
    /// <summary>All in memory: for a test or a trial.</summary>
    public static readonly IReadOnlyList<ContainerMount> Scratch =
    [
        new("tmpfs", "tmpfs", "/tmp", Options: "mode=1777"),
        new("tmpfs", "tmpfs", "/run", Options: "mode=1777"),
        new("tmpfs", "tmpfs", "/nua/data", Options: "mode=0770,uid=10001,gid=0"),
        new("tmpfs", "tmpfs", "/nua/cache", Options: "mode=0770,uid=10001,gid=0"),
    ];
}
