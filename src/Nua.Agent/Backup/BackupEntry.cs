namespace Nua.Agent.Backup;

/// <summary>What a name in a backup is.</summary>
internal enum EntryKind
{
    File,
    Directory,
    Link,
    HardLink,
    Fifo,
}

/// <summary>One name of a backup with everything that restoring it needs.</summary>
/// <param name="Path">Relative to the backup's folder, <c>volumes/data/notes.db</c>; names as <see
/// cref="Foundation.Linux.RawName"/> has them.</param>
internal sealed record BackupEntry(string Path, EntryKind Kind)
{
    public long Size { get; init; }

    /// <summary>64 hex digits; of files only.</summary>
    public string? Sha256 { get; init; }

    public uint Mode { get; init; }
    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public long Seconds { get; init; }
    public uint Nanoseconds { get; init; }

    /// <summary>A link's target; a hard link's earlier path.</summary>
    public string? Target { get; init; }

    /// <summary>How many names the file has; more than one means that hard links may follow.</summary>
    public uint Links { get; init; } = 1;

    public IReadOnlyList<ExtendedAttribute> Attributes { get; init; } = [];
}

internal sealed record ExtendedAttribute(string Name, byte[] Value);

/// <summary>The facts of a backup as a whole.</summary>
internal sealed record BackupHeader
{
    public string AppId { get; init; } = "";
    public string? Instance { get; init; }
    public string Version { get; init; } = "";
    public string? ImageDigest { get; init; }

    /// <summary>Null: the data was not installed yet.</summary>
    public int? DataVersion { get; init; }

    public int Contract { get; init; } = 1;

    /// <summary><c>cold</c>, <c>hot</c> or <c>snapshot</c>.</summary>
    public string Mode { get; init; } = "cold";

    /// <summary>True: files are a copy of the volumes; false: what the packager's command left.</summary>
    public bool IsCopy { get; init; } = true;

    public string? Started { get; init; }
    public string? Finished { get; init; }
    public IReadOnlyList<VolumeName> Volumes { get; init; } = [];
}

internal sealed record VolumeName(string Name, string Path);
