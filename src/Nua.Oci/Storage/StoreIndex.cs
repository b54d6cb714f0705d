using Nua.Foundation.Durable;

namespace Nua.Oci.Storage;

/// <summary>
/// <c>index.json</c> of a layout. Reading needs no lock, since a new index replaces the old one whole. Changing is
/// read-modify-write under the exclusive kernel lock of a file that is never deleted.
/// </summary>
/// <param name="lockPath">The file whose lock counts.</param>
/// <param name="mode">Of the index file.</param>
internal sealed class StoreIndex(string home, string lockPath, uint mode)
{
    private readonly string _path = System.IO.Path.Combine(home, "index.json");

    public string LockPath { get; } = lockPath;

    public ImageIndex Read() => ImageIndex.Parse(UnlockedFile.ReadAllBytes(_path), _path);

    public bool Exists => File.Exists(_path);

    /// <summary>Durable when this returns. Unchanged content is not written again.</summary>
    public void Change(Func<ImageIndex, ImageIndex> change)
    {
        using var _ = FileLock.Exclusive(LockPath);
        ChangeLocked(change);
    }

    /// <summary>For callers that hold the exclusive lock.</summary>
    public void ChangeLocked(Func<ImageIndex, ImageIndex> change)
    {
        var old = Exists ? Read() : null;
        var changed = change(old ?? ImageIndex.Empty);
        if (old is null || !ReferenceEquals(old, changed))
        {
            DurableFile.Replace(_path, changed.ToBytes(), mode);
        }
    }
}
