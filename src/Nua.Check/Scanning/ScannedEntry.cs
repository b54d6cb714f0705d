namespace Nua.Check.Scanning;

internal enum EntryKind
{
    File,
    Directory,
    Link,
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}

/// <summary>One entry of one layer, with what was learnt from its content while it streamed by.</summary>
internal sealed class ScannedEntry
{
    /// <summary>Relative to the root, without leading or trailing slash; the root itself is empty.</summary>
    public required string Path { get; init; }

    public required EntryKind Kind { get; init; }

    /// <summary>The twelve permission bits.</summary>
    public required int Mode { get; init; }

    public required long Uid { get; init; }
    public required long Gid { get; init; }
    public long Size { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long ModifiedAt { get; init; }

    /// <summary>Where a link points: as written for a symbolic link, a normalised path for a hard link; else
    /// empty.</summary>
    public string Target { get; init; } = "";

    /// <summary>Index of the layer, base 0.</summary>
    public required int Layer { get; init; }

    /// <summary>Names of extended attributes; usually none.</summary>
    public IReadOnlyList<string> Attributes { get; init; } = [];

    /// <summary>What a file holds; for a hard link the facts of the file it names; null for other kinds.</summary>
    public FileFacts? Facts { get; set; }

    public bool IsFile => Kind is EntryKind.File or EntryKind.HardLink;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    public string Parent => Path.LastIndexOf('/') is >= 0 and var slash ? Path[..slash] : "";

    /// <summary>Any execute bit.</summary>
    public bool IsExecutable => (Mode & 0x49) != 0;

    /// <summary>Group 0 and others, or a user with group 0 when the group is 0, may execute.</summary>
    public bool GroupMayExecute => (Mode & (Gid == 0 ? 0x08 : 0x01)) != 0;

    public bool GroupMayRead => (Mode & (Gid == 0 ? 0x20 : 0x04)) != 0;

    public bool IsPrivileged => IsFile && ((Mode & 0xC00) != 0 || Attributes.Contains("security.capability"));

    /// <summary>This hard link, holding what <paramref name="file"/> holds.</summary>
    public ScannedEntry Naming(string target, ScannedEntry file) => new()
    {
        Path = Path,
        Kind = Kind,
        Mode = Mode,
        Uid = Uid,
        Gid = Gid,
        Size = file.Size,
        ModifiedAt = ModifiedAt,
        Target = target,
        Layer = Layer,
        Attributes = file.Attributes,
        Facts = file.Facts,
    };

    public string ModeText => "0" + Convert.ToString(Mode, 8).PadLeft(3, '0');
}

/// <summary>What the content of a file told. Every member but the hash is usually absent.</summary>
internal sealed class FileFacts
{
    /// <summary>32 bytes.</summary>
    public required byte[] Sha256 { get; init; }

    public ElfFile? Elf { get; init; }

    /// <summary>The first line of a script after <c>#!</c>, a carriage return still on it.</summary>
    public string? Interpreter { get; init; }

    /// <summary>The whole content, for the few files that rules read.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Kinds of secrets seen in it.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The kind of credential that a file of this name keeps, when it does keep one.</summary>
    public string? Credential { get; init; }

    /// <summary>Components that the file declares as installed: one for a package's own manifest, many for a package
    /// database.</summary>
    public IReadOnlyList<InstalledComponent> Components { get; init; } = [];
}

/// <summary>A component that is in the image by the evidence of its package manager's own records.</summary>
/// <param name="Ecosystem"><c>deb</c>, <c>npm</c>, <c>pypi</c> or <c>nuget</c>, as in package URLs.</param>
internal sealed record InstalledComponent(string Ecosystem, string Name, string Version)
{
    public string? Architecture { get; init; }
}
