using Nua.Foundation;

namespace Nua.Oci.Storage;

/// <summary>An entry of the store's index.</summary>
/// <param name="Name">Null for an image that lost its tag to a newer one.</param>
public sealed record StoredImage(string? Name, Descriptor Manifest);

/// <summary>Small files by key beside the blobs. Losing one costs time, never correctness.</summary>
public enum RecordKind
{
    /// <summary><c>builds/KEY</c></summary>
    Builds,

    /// <summary><c>layers/KEY</c></summary>
    Layers,
}

public enum VerifyDepth
{
    /// <summary>Index, manifests and configs; presence and size of layers.</summary>
    Documents,

    /// <summary>Also the hash of every blob.</summary>
    Content,

    /// <summary>Also the diff_id of every layer.</summary>
    Layers,
}

public sealed record PruneOptions
{
    public static readonly PruneOptions Default = new();

    /// <summary>Blobs younger than this stay, whatever refers to them.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Cache records younger than this keep their blobs; zero drops all that is only cached.</summary>
    public TimeSpan CacheAge { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Also drops images without a name.</summary>
    public bool Untagged { get; init; } = true;
}

public sealed record PruneReport(int Blobs, long Bytes, int Records, int TemporaryFiles, IReadOnlyList<Descriptor> Images);

public sealed class ImageStore
{
    public string Home => throw new NotImplementedException();

    public IBlobStore Blobs => throw new NotImplementedException();

    public static string DefaultHome(Func<string, string?> environment, bool isRoot) => throw new NotImplementedException();

    /// <summary>Opens, creating it when it does not exist.</summary>
    public static ImageStore Open(string home, TimeProvider? time = null) => throw new NotImplementedException();

    /// <summary>Starts adding blobs; what is added cannot be pruned until the writer is disposed.</summary>
    public StoreWriter BeginWrite(string purpose) => throw new NotImplementedException();

    public IReadOnlyList<StoredImage> List() => throw new NotImplementedException();

    /// <summary>By name, <c>NAME</c> alone when it has one tag, full digest or the first 6+ hex digits of one; null when there is none.</summary>
    public StoredImage? Find(string nameOrDigest) => throw new NotImplementedException();

    /// <summary>The same; a problem that lists what there is when nothing or several match.</summary>
    public StoredImage Resolve(string nameOrDigest) => throw new NotImplementedException();

    public Image OpenImage(string nameOrDigest, Platform? platform = null) => throw new NotImplementedException();

    public void Tag(Descriptor manifest, string name) => throw new NotImplementedException();

    /// <summary>Removes a name, or with a digest the image and all its names.</summary>
    public IReadOnlyList<StoredImage> Remove(string nameOrDigest) => throw new NotImplementedException();

    public PruneReport Prune(PruneOptions? options = null, CancellationToken cancellation = default) => throw new NotImplementedException();

    public IReadOnlyList<Problem> Verify(VerifyDepth depth, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Null when there is none.</summary>
    public byte[]? ReadRecord(RecordKind kind, string key) => throw new NotImplementedException();

    public void WriteRecord(RecordKind kind, string key, ReadOnlySpan<byte> content) => throw new NotImplementedException();
}
