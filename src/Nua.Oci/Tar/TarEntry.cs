namespace Nua.Oci.Tar;

/// <summary>What an entry of a layer is.</summary>
public enum TarEntryType
{
    File,
    Directory,
    SymbolicLink,
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}

/// <summary>A time as tar has it: whole seconds since 1970, possibly negative, and 0 to 999 999 999 nanoseconds after
/// them.</summary>
public readonly record struct TarTime(long Seconds, int Nanoseconds = 0)
{
    public override string ToString() => Nanoseconds == 0 ? $"{Seconds}" : $"{Seconds}+{Nanoseconds:d9}ns";
}

/// <summary>
/// One entry of a tar archive: everything about a file but its bytes. Names are bytes; in <see cref="Path"/> and
/// <see cref="LinkTarget"/> a byte that is not UTF-8 is written as <see cref="Nua.Foundation.Linux.RawName"/> does.
/// </summary>
/// <param name="Path">As in the archive. Writers give <c>a/b</c> without a leading or trailing slash; the root itself
/// is <c>.</c></param>
public sealed record TarEntry(string Path, TarEntryType Type)
{
    internal static readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> NoXattrs =
        new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>The lower 12 bits: permissions, set-user-id, set-group-id, sticky.</summary>
    public uint Mode { get; init; } = Type == TarEntryType.Directory ? 0x1EDu : 0x1A4u;

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>Bytes of content; 0 for everything that is not a file.</summary>
    public long Size { get; init; }

    /// <summary>Of a sparse file: its length with the holes. Its content in the archive is then a <see cref="SparseMap"/> and the pieces. Null for
    /// all others.</summary>
    public long? SparseSize { get; init; }

    public TarTime Modified { get; init; }

    /// <summary>Target of a symbolic link, verbatim; of a hard link, the path of an earlier entry.</summary>
    public string? LinkTarget { get; init; }

    public uint DeviceMajor { get; init; }

    public uint DeviceMinor { get; init; }

    /// <summary>Extended attributes by full name (<c>security.capability</c>), values byte for byte, sorted by
    /// name.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Xattrs { get; init; } = NoXattrs;

    /// <summary>Where the entry's first header begins in the archive; -1 for an entry that was not read from
    /// one.</summary>
    public long Offset { get; init; } = -1;
}
