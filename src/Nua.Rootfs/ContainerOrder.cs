using Nua.Sandbox;

namespace Nua.Rootfs;

/// <summary>What to run in a stack.</summary>
public sealed record ContainerOrder(IReadOnlyList<string> Argv)
{
    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    public string WorkDir { get; init; } = "/";

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>A bind source <c>home:PATH</c> lies in the sandbox folder and is created when missing, <c>store:PATH</c> in the store,
    /// <c>private:NAME</c> was given with <see cref="Workshop.PutPrivate"/>; others are paths of the host.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; init; } = [];

    public IReadOnlyList<string> Capabilities { get; init; } = CapabilitySets.None;

    public bool SharesNetwork { get; init; }

    public bool IsRootReadOnly { get; init; }

    /// <summary>When the machine runs out of memory, this container ends first.</summary>
    public bool IsFirstToEnd { get; init; }

    /// <summary>Zero means none.</summary>
    public TimeSpan TimeLimit { get; init; }
}

/// <param name="Status">128+n for signal n.</param>
/// <param name="IsOutOfMemory">The kernel ended a process for lack of memory.</param>
public sealed record ContainerResult(int Status, bool IsTimeout, bool IsDiskFull, bool IsOutOfMemory = false);
