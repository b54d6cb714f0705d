namespace Nua.Check.Scanning;

internal enum EntryKind : byte
{
    File,
    Directory,
    Link,
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}

/// <summary>One entry of one layer, with what was learnt from its content while it streamed by. A view: two of the same entry are
/// equal.</summary>
internal sealed record ScannedEntry(MergedTree Tree, int Index)
{
    /// <summary>Relative to the root, without leading or trailing slash; the root itself is empty.</summary>
    public string Path => Tree.Paths.Path(Data.Path);

    public EntryKind Kind => Data.Kind;

    /// <summary>The twelve permission bits.</summary>
    public int Mode => Data.Mode;

    public long Uid => Data.Uid;

    public long Gid => Data.Gid;

    public long Size => Data.Size;

    /// <summary>Seconds since 1970.</summary>
    public long ModifiedAt => Data.ModifiedAt;

    /// <summary>Where a link points: as written for a symbolic link, a normalised path for a hard link; else
    /// empty.</summary>
    public string Target => Tree.Paths.Text(Data.Target);

    /// <summary>Index of the layer, base 0.</summary>
    public int Layer => Data.Layer;

    /// <summary>Names of extended attributes; usually none.</summary>
    public IReadOnlyList<string> Attributes => Data.Attributes ?? [];

    /// <summary>What a file holds; for a hard link the facts of the file it names; null for other kinds.</summary>
    public FileFacts? Facts => Data.Facts;

    /// <summary>Of the content, when there are facts.</summary>
    public UInt256 Sha256 => Data.Sha256;

    public bool IsFile => Kind is EntryKind.File or EntryKind.HardLink;

    public string Name => Tree.Paths.Name(Data.Path).ToString();

    public string Parent => Data.Path == 0 ? "" : Tree.Paths.Path(Tree.Paths.Parent(Data.Path));

    /// <summary>Any execute bit.</summary>
    public bool IsExecutable => (Mode & 0x49) != 0;

    /// <summary>Group 0 and others, or a user with group 0 when the group is 0, may execute.</summary>
    public bool GroupMayExecute => (Mode & (Gid == 0 ? 0x08 : 0x01)) != 0;

    public bool GroupMayRead => (Mode & (Gid == 0 ? 0x20 : 0x04)) != 0;

    public bool IsPrivileged => IsFile && ((Mode & 0xC00) != 0 || Attributes.Contains("security.capability"));

    public string ModeText => "0" + Convert.ToString(Mode, 8).PadLeft(3, '0');

    internal ref EntryData Data => ref Tree.DataOf(Index);
}

/// <summary>What a <see cref="ScannedEntry"/> shows. Small, because an image may have hundreds of thousands.</summary>
internal struct EntryData
{
    public int Path;
    public EntryKind Kind;
    public ushort Mode;
    public uint Uid;
    public uint Gid;
    public int Layer;
    public long Size;
    public long ModifiedAt;
    public Nua.Oci.Paths.StoredText Target;
    public UInt256 Sha256;
    public IReadOnlyList<string>? Attributes;
    public FileFacts? Facts;
}

/// <summary>Thirty-two bytes of a hash.</summary>
internal readonly record struct UInt256(UInt128 High, UInt128 Low)
{
    public static UInt256 From(ReadOnlySpan<byte> bytes) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));

    /// <summary>Lower-case hex.</summary>
    public override string ToString() => $"{High:x32}{Low:x32}";
}
