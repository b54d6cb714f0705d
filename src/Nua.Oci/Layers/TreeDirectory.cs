using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>A file that one or more names share. Small, because an image may have hundreds of thousands.</summary>
internal struct TreeFile
{
    /// <summary>Number of the path that it was made at.</summary>
    public int Path;

    public TarEntryType Type;
    public bool HasHash;
    public ushort Mode;
    public uint Uid;
    public uint Gid;
    public uint DeviceMajor;
    public uint DeviceMinor;

    /// <summary>The layer that last wrote it.</summary>
    public int Layer;

    /// <summary>Layer and offset of its header: where its content is.</summary>
    public int SourceLayer;

    public int Nanoseconds;
    public long Offset;
    public long Size;
    public long Seconds;
    public StoredText LinkTarget;
    public UInt128 HashHigh;
    public UInt128 HashLow;
    public KeyValuePair<string, byte[]>[]? Xattrs;
    public byte[]? Content;
}

/// <summary>A name in the tree being merged.</summary>
internal struct TreeName
{
    /// <summary>Index of its file; <see cref="PathTable.None"/> when nothing of this name is there.</summary>
    public int File;

    /// <summary>The layer that put the name here, itself or by something below it.</summary>
    public int Layer;

    /// <summary>Names in it that are there.</summary>
    public int Children;

    /// <summary>The path that a hard link's entry names; <see cref="PathTable.None"/> for all others.</summary>
    public int HardLinkTo;

    /// <summary>No layer entry of its own in <see cref="Layer"/>.</summary>
    public bool IsImplied;

    public bool IsDirectory;
}
