using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci.Attachments;

namespace Nua.Oci.Storage;

/// <summary>
/// The local images: an OCI image layout that several processes share, with records beside it. What a call has acknowledged
/// survives kill -9 and a power cut: blobs are synced and renamed before the index that mentions them is.
/// </summary>
/// <remarks>
/// <code>
/// oci-layout  index.json      the layout; an entry's name is its annotation org.opencontainers.image.ref.name
/// blobs/sha256/HEX            immutable, mode 0444
/// builds/KEY  layers/KEY      cache records
/// ingest/ID                   blobs being written, each under its writer's kernel lock
/// leases/ID                   digests that a writer relies on, under its kernel lock
/// trash/                      blobs that pruning took out of use and has not deleted yet
/// lock                        never deleted: exclusive to change the index or prune, shared to lease
/// </code>
/// The directory itself is 0711, so that a sandbox can pass through to its snapshots; everything in it is private.
/// </remarks>
public sealed class ImageStore
{
    private const uint PassThrough = 0x1C9;
    private const uint Private = 0x1C0;

    private static readonly string[] _directories = ["blobs", "blobs/sha256", "builds", "layers", "ingest", "leases", "trash"];

    private readonly StoreIndex _index;
    private readonly TimeProvider _time;

    private ImageStore(string home, TimeProvider time)
    {
        Home = home;
        _time = time;
        _index = new StoreIndex(home, Path.Combine(home, "lock"), mode: 0x180);
        Blobs = new BlobDirectory(home);
    }

    /// <summary>Absolute path.</summary>
    public string Home { get; }

    public IBlobStore Blobs { get; }

    internal string LockPath => _index.LockPath;

    internal string BlobDirectory => Path.Combine(Home, "blobs", "sha256");

    internal string IngestDirectory => Path.Combine(Home, "ingest");

    internal string LeaseDirectory => Path.Combine(Home, "leases");

    /// <summary><c>NUA_HOME</c>, else <c>/var/lib/nua</c> for root, else <c>$XDG_DATA_HOME/nua</c>, else
    /// <c>~/.local/share/nua</c>.</summary>
    public static string DefaultHome(Func<string, string?> environment, bool isRoot)
    {
        if (environment("NUA_HOME") is { Length: > 0 } home)
        {
            return Path.GetFullPath(home);
        }

        if (isRoot)
        {
            return "/var/lib/nua";
        }

        // The XDG specification: a relative path in the variable is to be ignored.
        return environment("XDG_DATA_HOME") is { Length: > 0 } data && Path.IsPathRooted(data)
            ? Path.Combine(data, "nua")
            : Path.Combine(environment("HOME") ?? "/", ".local", "share", "nua");
    }

    /// <summary>Opens the store, creating what is missing of it. Other users' bits on the private directories are taken
    /// away.</summary>
    /// <exception cref="ProblemException">NUA3101, NUA3102 something else is there, NUA3107 it belongs to another
    /// user.</exception>
    public static ImageStore Open(string home, TimeProvider? time = null)
    {
        var store = new ImageStore(Path.GetFullPath(home), time ?? TimeProvider.System);
        try
        {
            store.Create();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw StoreProblem.CannotWrite(store.Home, error as IOException ?? new IOException(error.Message, error));
        }

        return store;
    }

    /// <summary>Where a blob is or would be.</summary>
    public string PathOf(Digest digest) => ((BlobDirectory)Blobs).PathOf(digest);

    /// <summary>Starts adding blobs. Dispose the writer when the image is published.</summary>
    /// <exception cref="ProblemException">NUA3101.</exception>
    public StoreWriter BeginWrite() => Writing(() => new StoreWriter(this));

    /// <summary>Sorted by name; images without one last. Attachments are not images.</summary>
    public IReadOnlyList<StoredImage> List() =>
        [.. ReadIndex().Manifests
            .Where(entry => !entry.IsAttachment())
            .Select(entry => new StoredImage(entry.NameOf(), entry))
            .OrderBy(image => image.Name is null)
            .ThenBy(image => image.Name, StringComparer.Ordinal)
            .ThenBy(image => image.Manifest.Digest)];

    /// <summary>
    /// By name; by <c>NAME</c> alone for <c>NAME:latest</c> or the only tag there is; by digest, whole or its first six or more
    /// hexadecimal digits. Null when nothing matches.
    /// </summary>
    /// <exception cref="ProblemException">NUA3105 several images match.</exception>
    public StoredImage? Find(string nameOrDigest) => StoreLookup.Find(List(), nameOrDigest);

    /// <inheritdoc cref="Find"/>
    /// <exception cref="ProblemException">NUA3104 nothing matches; it lists what there is.</exception>
    public StoredImage Resolve(string nameOrDigest)
    {
        var images = List();
        return StoreLookup.Find(images, nameOrDigest)
            ?? throw StoreProblem.NotFound(nameOrDigest, images.Select(image => image.Name ?? image.Manifest.Digest.ToString()));
    }

    /// <summary>What is attached to an image of the store.</summary>
    /// <exception cref="ProblemException">NUA3070, or what reading the image gives.</exception>
    public IReadOnlyList<Attachment> AttachmentsOf(Descriptor image) => AttachmentIndex.Of(Blobs, ReadIndex(), image);

    /// <summary>The image for a platform, linux/amd64 unless said otherwise.</summary>
    public Image OpenImage(string nameOrDigest, Platform? platform = null) =>
        OpenImage(Resolve(nameOrDigest).Manifest, platform);

    public Image OpenImage(Descriptor manifest, Platform? platform = null) =>
        Image.Load(Blobs, ImageClosure.Select(Blobs, manifest, platform ?? Platform.LinuxAmd64));

    /// <summary>Gives an image of the store another name, taking it from the image that had it. Durable.</summary>
    public void Tag(Descriptor manifest, string name)
    {
        if (!ImageLocation.StoreName.IsValid(name))
        {
            throw StoreProblem.BadName(name);
        }

        using var writer = BeginWrite();
        writer.Publish(manifest, name);
    }

    /// <summary>Removes one name, or with a digest the image and all its names. Blobs stay until pruning.
    /// Durable.</summary>
    /// <returns>The entries that are gone; an image that lost its last name is gone too.</returns>
    public IReadOnlyList<StoredImage> Remove(string nameOrDigest)
    {
        var target = Resolve(nameOrDigest);
        var isByName = target.Name is not null && StoreLookup.IsByName(target, nameOrDigest);
        var removed = new List<StoredImage>();
        ChangeIndex(index => index.Without(entry =>
        {
            var isGone = entry.Digest == target.Manifest.Digest && (!isByName || entry.NameOf() == target.Name);
            if (isGone)
            {
                removed.Add(new StoredImage(entry.NameOf(), entry));
            }

            return isGone;
        }));
        return removed;
    }

    /// <inheritdoc cref="StorePruning.Run"/>
    public PruneReport Prune(PruneOptions? options = null, CancellationToken cancellation = default) =>
        new StorePruning(this, options ?? PruneOptions.Default, _time).Run(cancellation);

    /// <inheritdoc cref="StoreVerification.Run"/>
    public IReadOnlyList<Problem> Verify(VerifyDepth depth, CancellationToken cancellation = default) =>
        new StoreVerification(this, depth).Run(cancellation);

    /// <summary>Null when there is none.</summary>
    public byte[]? ReadRecord(RecordKind kind, string key)
    {
        try
        {
            return UnlockedFile.ReadAllBytes(RecordPath(kind, key), int.MaxValue);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Whole and durable when this returns. A record of the same key is replaced.</summary>
    public void WriteRecord(RecordKind kind, string key, ReadOnlySpan<byte> content)
    {
        var bytes = content.ToArray();
        Writing(() =>
        {
            // Shared with other writers; pruning, which clears away temporary files, waits.
            using var _ = FileLock.Shared(LockPath);
            DurableFile.Replace(RecordPath(kind, key), bytes, mode: 0x180);
            return true;
        });
    }

    internal ImageIndex ReadIndex()
    {
        try
        {
            return _index.Read();
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotRead(Home, error);
        }
    }

    internal void ChangeIndex(Func<ImageIndex, ImageIndex> change) => Writing(() =>
    {
        _index.Change(change);
        return true;
    });

    /// <summary>For pruning, which holds the lock.</summary>
    internal void ChangeIndexLocked(Func<ImageIndex, ImageIndex> change) => _index.ChangeLocked(change);

    internal string RecordDirectory(RecordKind kind) =>
        Path.Combine(Home, kind == RecordKind.Builds ? "builds" : "layers");

    private T Writing<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotWrite(Home, error);
        }
    }

    /// <summary>A key is a file name: lower-case letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, not first a
    /// dot.</summary>
    private string RecordPath(RecordKind kind, string key)
    {
        if (key.Length is 0 or > 128 || key[0] == '.' || key.AsSpan().IndexOfAnyExcept(CharacterSets.RecordKey) >= 0)
        {
            throw new ArgumentException($"'{Printable.Escape(key, 60)}' is not a record key", nameof(key));
        }

        return Path.Combine(RecordDirectory(kind), key);
    }

    private void Create()
    {
        if (!Directory.Exists(Home))
        {
            DurableFile.CreateDirectory(Home, PassThrough);
            Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(Home), PassThrough, 0), "protecting", Home);
        }

        foreach (var directory in _directories)
        {
            MakePrivate(Path.Combine(Home, directory));
        }

        LayoutHeader.CreateOrCheck(Home, why => StoreProblem.NotAStore(Home, why));
        if (!_index.Exists)
        {
            _index.Change(index => index);
        }
    }

    private static void MakePrivate(string directory)
    {
        DurableFile.CreateDirectory(directory, Private);
        var status = FileStatus.Of(directory);
        if (status.Uid != Libc.GetEuid())
        {
            throw StoreProblem.NotOurs(directory, status.Uid, Libc.GetEuid());
        }

        // A group may have the right to walk through: the sandbox's root has it on the blobs, in another process that is working now.
        const uint forbidden = 0x37;
        if ((status.Mode & forbidden) != 0 || (status.Mode & Private) != Private)
        {
            Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(directory), Private, 0), "protecting", directory);
        }
    }
}
