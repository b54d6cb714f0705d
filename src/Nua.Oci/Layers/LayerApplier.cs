using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Oci.Compression;
using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>
/// Applies layers to a directory by the rules of layer.md, so that nothing outside of it is touched whatever the layers hold:
/// see <see cref="RootedDirectory"/>. Owner, mode, times and attributes are set through descriptors or without following links.
/// When it throws, the directory is left as it is and worth nothing: unpack into a temporary one.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A directory over a directory changes its attributes and keeps its children; anything else replaces what is
/// there, a link too.</item>
/// <item>Links among the parents of an entry are followed inside the root. A parent that is a file, or a link to
/// nowhere, is an error.</item>
/// <item>Whiteouts and opaque markers touch lower layers only, wherever in the tar they are.</item>
/// <item>The header of a hard link sets mode, owner, time and attributes of the file it names, as docker, podman and
/// containerd do.</item>
/// </list>
/// </remarks>
public sealed class LayerApplier : IDisposable
{
    private const string DefaultAcl = "system.posix_acl_default";

    private readonly ApplyOptions _options;
    private readonly RootedDirectory _root;
    private readonly FileAttributeWriter _attributes;
    private readonly LayerMembers _members = new();
    private readonly PathTable _directories;
    private readonly Dictionary<int, TarTime> _directoryTimes = [];
    private readonly Dictionary<int, ReadOnlyMemory<byte>> _defaultAcls = [];
    private readonly byte[] _buffer = new byte[256 << 10];
    private long _entries;
    private long _bytes;

    /// <param name="root">An existing directory, not a link.</param>
    public LayerApplier(string root, ApplyOptions? options = null)
    {
        _options = options ?? ApplyOptions.Default;
        _attributes = new FileAttributeWriter(_options);
        _directories = new PathTable(_options.Tar.MaxEntries, _options.IsPlainArchive ? 64 << 20 : 24 << 20);
        _root = new RootedDirectory(root) { OnImplied = path => _directoryTimes[Number(path)] = default };
        _root.DropAcls();
    }

    public ApplyReport Report => new(_entries, _bytes, _attributes.Notes);

    /// <summary>All layers of an image into an existing empty directory, with digests and diff_ids checked along the
    /// way.</summary>
    /// <exception cref="ProblemException">NUA3014 to NUA3059, NUA3060 to NUA3062.</exception>
    public static ApplyReport Apply(
        Image image, string root, ApplyOptions? options = null, CancellationToken cancellation = default)
    {
        using var applier = new LayerApplier(root, options);
        foreach (var layer in image.Layers)
        {
            using var tar = LayerStreams.OpenVerified(image, layer, applier._options.Expansion);
            applier.Apply(tar, $"layer {layer.Index} ({layer.Blob.Digest})", cancellation);
        }

        applier.Complete();
        return applier.Report;
    }

    /// <summary>One layer, uncompressed. Base first.</summary>
    public void Apply(Stream tar, string where, CancellationToken cancellation = default)
    {
        _members.Clear();
        using var reader = new TarReader(tar, where, _options.Tar);
        while (reader.Next() is { } entry)
        {
            cancellation.ThrowIfCancellationRequested();
            var change = _options.IsPlainArchive ? LayerChange.OfPlain(entry, where) : LayerChange.Of(entry, where);
            try
            {
                Apply(entry, change, reader.Content, $"{where}: at byte {entry.Offset}", cancellation);
            }
            catch (IOException error) when (!Posix.IsDiskFull(error))
            {
                throw new ProblemException(new Problem("NUA3057", $"'{Printable.Escape(entry.Path, 200)}' cannot be unpacked")
                {
                    Where = where,
                    Why = Printable.Escape(error.Message, 300),
                }, error);
            }

            _entries++;
        }
    }

    /// <summary>Sets the times of directories, which later entries have changed, and their default ACLs. Once, after the last layer.</summary>
    public void Complete()
    {
        foreach (var (directory, time) in _directoryTimes)
        {
            var path = _directories.Path(directory);
            var fd = _root.OpenForReading(path);
            if (fd >= 0)
            {
                if (_defaultAcls.TryGetValue(directory, out var acl))
                {
                    _attributes.SetXattr(fd, DefaultAcl, acl.Span, path);
                }

                FileAttributeWriter.SetTime(fd, time);
                _ = Libc.Close(fd);
            }
        }
    }

    public void Dispose() => _root.Dispose();

    private void Apply(TarEntry entry, LayerChange change, Stream content, string where, CancellationToken cancellation)
    {
        switch (change.Kind)
        {
            case ChangeKind.Remove:
                RemoveLower(change.Path, where);
                break;
            case ChangeKind.Empty:
                EmptyLower(change.Path, where);
                break;
            default:
                if (change.Path.Length == 0)
                {
                    SetDirectory(_root.OpenForReading(""), entry, "", isNew: false);
                }
                else if (!IsLeftOut(entry, change.Path, where))
                {
                    Put(entry, change, content, where, cancellation);
                }

                break;
        }
    }

    private void RemoveLower(string path, string where)
    {
        if (_root.Open(LayerPath.Parent(path), create: false, where, out var parent) >= 0)
        {
            _root.Remove(LayerPath.Join(parent, LayerPath.Name(path)), _members.Contains, ResetImplied, where);
        }
    }

    private void EmptyLower(string path, string where)
    {
        // As a layer's own directory the marker's one exists, even if nothing else is in it.
        _root.Open(path, create: true, where, out var real);
        _members.TryAdd(LayerPath.Join(real, Whiteout.Opaque), isDirectory: false);
        _root.Clear(real, _members.Contains, ResetImplied, where);
    }

    /// <summary>A directory that was removed and came back only as somebody's parent has nothing of its old self
    /// left.</summary>
    private void ResetImplied(string path)
    {
        if (_members.IsImplied(path))
        {
            var fd = _root.OpenForReading(path);
            if (fd >= 0)
            {
                SetDirectory(fd, new TarEntry(path, TarEntryType.Directory), path, isNew: true);
            }
        }
    }

    private void Put(TarEntry entry, LayerChange change, Stream content, string where, CancellationToken cancellation)
    {
        var isPlain = _options.IsPlainArchive;
        var directory = _root.Open(LayerPath.Parent(change.Path), create: !isPlain, where, out var parent);
        if (directory < 0 || (isPlain && parent != LayerPath.Parent(change.Path)))
        {
            throw LayerChange.NotADirectory(change.Path, where, "the archive has no folder of that name before it");
        }

        var name = LayerPath.Name(change.Path);
        var path = LayerPath.Join(parent, name);
        var isDirectory = entry.Type == TarEntryType.Directory;
        var old = RootedDirectory.Status(directory, name);
        // In a new folder the disk itself knows what the archive has put there.
        if (isPlain ? old is not null : !_members.TryAdd(path, isDirectory))
        {
            throw LayerChange.Duplicate(path, where);
        }

        var wasDirectory = old is { } status && (status.Mode & 0xF000) == 0x4000;
        if (change.Link is not null)
        {
            CheckLinkTarget(change, path, where);
        }

        if (old is not null && !(isDirectory && wasDirectory))
        {
            _root.Remove(path, _ => false, _ => { }, where);
            directory = _root.Open(parent, create: false, where, out _);
            wasDirectory = false;
        }

        switch (entry.Type)
        {
            case TarEntryType.File:
                WriteFile(entry, directory, name, content, cancellation);
                break;
            case TarEntryType.Directory:
                MakeDirectory(entry, directory, name, path, wasDirectory);
                break;
            case TarEntryType.SymbolicLink:
                Posix.Check(Libc.SymlinkAt(Posix.Path(entry.LinkTarget!), directory, Posix.Path(name)), "linking", path);
                _attributes.SetOnNode(directory, name, entry);
                break;
            case TarEntryType.HardLink:
                MakeHardLink(entry, change, name, parent, where);
                break;
            default:
                MakeNode(entry, directory, name, path);
                break;
        }
    }

    private void WriteFile(TarEntry entry, int directory, string name, Stream content, CancellationToken cancellation)
    {
        var create = Libc.OWrOnly | Libc.OCreat | Libc.OExcl | Libc.ONoFollow | Libc.OCloExec;
        var fd = Posix.Check(Libc.OpenAt(directory, Posix.Path(name), create, 0x180), "creating", name);
        try
        {
            if (entry.SparseSize is { } size)
            {
                WritePieces(fd, entry, size, content, cancellation);
            }
            else
            {
                Copy(fd, content, entry.Size, name, cancellation);
            }

            _attributes.Set(fd, entry, name);
            FileAttributeWriter.SetTime(fd, entry.Modified);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private void Copy(int fd, Stream content, long length, string name, CancellationToken cancellation)
    {
        while (length > 0)
        {
            cancellation.ThrowIfCancellationRequested();
            var read = content.Read(_buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length)));
            WriteAll(fd, _buffer.AsSpan(0, read), name);
            (_bytes, length) = (_bytes + read, length - read);
        }
    }

    /// <summary>What is between the pieces stays a hole.</summary>
    private void WritePieces(int fd, TarEntry entry, long size, Stream content, CancellationToken cancellation)
    {
        var name = LayerPath.Name(entry.Path);
        Posix.Check(RootedCalls.Truncate(fd, size), "writing", name);
        foreach (var (offset, length) in SparseMap.Read(entry, content, "archive"))
        {
            Posix.Check((nint)RootedCalls.Seek(fd, offset, 0), "writing", name);
            Copy(fd, content, length, name, cancellation);
        }
    }

    private static unsafe void WriteAll(int fd, ReadOnlySpan<byte> bytes, string name)
    {
        while (!bytes.IsEmpty)
        {
            fixed (byte* pointer = bytes)
            {
                bytes = bytes[(int)Posix.Check(Libc.Write(fd, pointer, bytes.Length), "writing", name)..];
            }
        }
    }

    private void MakeDirectory(TarEntry entry, int directory, string name, string path, bool isThere)
    {
        if (!isThere)
        {
            Posix.Check(Libc.MkdirAt(directory, Posix.Path(name), 0x1C0), "creating", path);
        }

        SetDirectory(RootedDirectory.OpenLeaf(directory, name, Libc.ORdOnly | Libc.ODirectory), entry, path, isNew: !isThere);
    }

    /// <summary>Takes the descriptor over.</summary>
    private void SetDirectory(int fd, TarEntry entry, string path, bool isNew)
    {
        Posix.Check(fd, "opening", path);
        try
        {
            var number = Number(path);
            _directoryTimes[number] = entry.Modified;
            if (entry.Xattrs.TryGetValue(DefaultAcl, out var acl))
            {
                // Set at the end: it would be inherited by what comes into the directory.
                if (_options.SetXattrs)
                {
                    _defaultAcls[number] = acl;
                }

                entry = entry with { Xattrs = entry.Xattrs.Where(pair => pair.Key != DefaultAcl).ToDictionary() };
            }
            else if (isNew)
            {
                _defaultAcls.Remove(number);
            }

            _attributes.Set(fd, entry, path);
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private int Number(string path) => _directories.Add(path) is not PathTable.None and var number
        ? number
        : throw new ProblemException(new Problem(TarLimits.Code, "it has unreasonably many directories, or unreasonably long names"));

    /// <summary>Before anything is removed for the link's sake: its target must not be what is removed.</summary>
    private void CheckLinkTarget(LayerChange change, string path, string where)
    {
        var directory = _root.Open(LayerPath.Parent(change.Link!), create: false, where, out var parent);
        var target = LayerPath.Join(parent, LayerPath.Name(change.Link!));
        if (directory < 0 || RootedDirectory.Status(directory, LayerPath.Name(change.Link!)) is not { } status)
        {
            throw LayerChange.BadLink(path, change.Link!, where, "there is no such file");
        }

        if ((status.Mode & 0xF000) == 0x4000)
        {
            throw LayerChange.BadLink(path, change.Link!, where, "it names a directory");
        }

        if (target == path || target.StartsWith(path + "/", StringComparison.Ordinal))
        {
            throw LayerChange.BadLink(path, change.Link!, where, "it names what it replaces");
        }
    }

    private void MakeHardLink(TarEntry entry, LayerChange change, string name, string parent, string where)
    {
        // Opening a second directory may close the first: so the target's is held by a descriptor of its own.
        using var source = new RootedHandle(_root.Open(LayerPath.Parent(change.Link!), create: false, where, out _));
        var directory = _root.Open(parent, create: false, where, out _);
        var target = Posix.Path(LayerPath.Name(change.Link!));
        Posix.Check(Libc.LinkAt(source.Fd, target, directory, Posix.Path(name), 0), "linking", entry.Path);
        _attributes.SetOnNode(directory, name, entry);
    }

    private void MakeNode(TarEntry entry, int directory, string name, string path)
    {
        var kind = entry.Type switch
        {
            TarEntryType.CharacterDevice => 0x2000u,
            TarEntryType.BlockDevice => 0x6000u,
            _ => 0x1000u,
        };
        var device = entry.Type == TarEntryType.Fifo ? 0 : RootedCalls.MakeDevice(entry.DeviceMajor, entry.DeviceMinor);
        Posix.Check(Libc.MknodAt(directory, Posix.Path(name), kind | 0x180, device), "creating", path);
        _attributes.SetOnNode(directory, name, entry);
    }

    private bool IsLeftOut(TarEntry entry, string path, string where)
    {
        var isDevice = entry.Type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice;
        if (!isDevice || (_options.Devices == DevicePolicy.Create && !_options.IsPlainArchive))
        {
            return false;
        }

        return UsualDevices.Contains(path) && !_options.IsPlainArchive
            ? true
            : throw UsualDevices.Refused(path, where);
    }
}
