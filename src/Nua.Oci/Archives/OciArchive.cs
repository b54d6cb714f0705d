namespace Nua.Oci.Archives;

/// <summary>An image layout in a tar file, for reading.</summary>
internal sealed class OciArchive : IBlobStore, IDisposable
{
    private readonly ArchiveFile _archive;

    public OciArchive(string path)
    {
        _archive = ArchiveFile.Open(path);
        var header = _archive.ReadDocument(Storage.LayoutHeader.FileName)
            ?? throw ArchiveProblem.NotALayout(path, "it has no file 'oci-layout'");
        Storage.LayoutHeader.Check(header, $"{path}: oci-layout", why => ArchiveProblem.NotALayout(path, why));
        var index = _archive.ReadDocument("index.json") ?? throw ArchiveProblem.NotALayout(path, "it has no file 'index.json'");
        Index = ImageIndex.Parse(index, $"{path}: index.json");
    }

    public ImageIndex Index { get; }

    public string Name => _archive.Path;

    public bool TryGetSize(Digest digest, out long size)
    {
        using var slice = Find(digest);
        size = slice?.Length ?? 0;
        return slice is not null;
    }

    public Stream OpenRead(Digest digest, long size)
    {
        var slice = Find(digest) ?? throw BlobProblem.Missing(digest, Name);
        return slice.Length == size
            ? new VerifyingStream(slice, digest, size, Name)
            : throw BlobProblem.WrongSize(digest, Name, size, slice.Length);
    }

    public void Dispose() => _archive.Dispose();

    private FileSlice? Find(Digest digest) => _archive.Find($"blobs/{digest.Algorithm}/{digest.Encoded}");
}
