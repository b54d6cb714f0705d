namespace Nua.Sandbox;

/// <summary>One container to run: a mounted root, a process, and what it may see. Paths in it are the worker's unless said.</summary>
public sealed record ContainerSpec
{
    /// <summary>Absolute path of the mounted root.</summary>
    public required string Root { get; init; }

    public required IReadOnlyList<string> Argv { get; init; }
    public required IReadOnlyDictionary<string, string> Env { get; init; }

    /// <summary>Absolute, inside the container.</summary>
    public string WorkDir { get; init; } = "/";

    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];
    public bool IsRootReadOnly { get; init; }

    /// <summary>Shares the worker's network; else a namespace with loopback only.</summary>
    public bool SharesNetwork { get; init; }

    /// <summary>Capability names such as <c>CAP_CHOWN</c>; the fewest that the work needs.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = [];

    public string HostName { get; init; } = "nua";

    /// <summary>A process whose pid namespace it joins; null for one of its own.</summary>
    public int? PidNamespaceOf { get; init; }

    /// <summary>Upper bound of processes of the container's user; 0 leaves the host's limit.</summary>
    public ulong MaxProcesses { get; init; } = 2048;

    public TimeSpan? TimeLimit { get; init; }

    /// <summary>When the machine runs out of memory, the kernel ends this container's processes before any other.</summary>
    public bool IsFirstToEnd { get; init; }
}

/// <param name="Kind"><c>bind</c> or <c>tmpfs</c>.</param>
/// <param name="Source">Folder or file for a bind; ignored for tmpfs.</param>
/// <param name="Options">Extra options for tmpfs, such as <c>size=64m</c>, <c>mode=1777</c>.</param>
public sealed record ContainerMount(string Kind, string Source, string Target, bool IsReadOnly = false, string? Options = null);

/// <summary>Capability sets. Nothing is inheritable, nothing is ambient.</summary>
public static class CapabilitySets
{
    /// <summary>None: how applications run.</summary>
    public static readonly IReadOnlyList<string> None = [];

    /// <summary>
    /// For the root of images that others made: most begin as root, take possession of their folders and then become another user. What
    /// Docker gives, without making devices, raw sockets and audit records.
    /// </summary>
    public static readonly IReadOnlyList<string> Wrapped =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP", "CAP_SETGID",
        "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT",
    ];

    /// <summary>What package installation and build tools need to own and move files as the namespace's root.</summary>
    public static readonly IReadOnlyList<string> Build =
        ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SYS_CHROOT"];
}

/// <summary>How a container ended.</summary>
/// <param name="Status">Exit status; 128+n for signal n.</param>
public sealed record ContainerEnd(int Status, bool IsTimeout);
