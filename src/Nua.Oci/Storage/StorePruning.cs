using System.Text;
using System.Text.RegularExpressions;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci.Attachments;

namespace Nua.Oci.Storage;

/// <summary>What pruning may drop.</summary>
public sealed record PruneOptions
{
    public static readonly PruneOptions Default = new();

    /// <summary>Blobs and temporary files younger than this stay, whatever refers to them: another tool may be writing
    /// into the layout.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Cache records younger than this keep the blobs they mention; zero drops everything that is only
    /// cached.</summary>
    public TimeSpan CacheAge { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Also drops images that have lost their name.</summary>
    public bool Untagged { get; init; } = true;
}

/// <summary>What pruning dropped.</summary>
/// <param name="Bytes">Size of the blobs dropped.</param>
/// <param name="TemporaryFiles">Left by processes that died.</param>
/// <param name="Images">Entries of the index without a name.</param>
/// <param name="Attachments">Manifests about images that are not here any more.</param>
public sealed record PruneReport(
    int Blobs, long Bytes, int Records, int TemporaryFiles, IReadOnlyList<Descriptor> Images, int Attachments);

/// <summary>
/// Removes what nothing refers to. Under the exclusive lock: nameless images and the attachments of images that are gone leave the
/// index (durably), what index, leases, young
/// records and grace keep is marked, the rest is moved to <c>trash</c>. After the lock the trash is emptied. A kill at
/// any point leaves a store that
/// verifies; the next pruning finishes the job.
/// </summary>
internal sealed partial class StorePruning(ImageStore store, PruneOptions options, TimeProvider time)
{
    private readonly HashSet<Digest> _live = [];
    private int _temporaryFiles;
    private int _records;

    private long NowSeconds => time.GetUtcNow().ToUnixTimeSeconds();

    private string Trash => Path.Combine(store.Home, "trash");

    /// <summary>Drops unreferenced blobs, stale records and the leavings of dead processes.</summary>
    /// <exception cref="ProblemException">NUA3101, or a document that cannot be read: then nothing is dropped, since
    /// what it refers to is unknown.</exception>
    public PruneReport Run(CancellationToken cancellation)
    {
        try
        {
            var images = new List<Descriptor>();
            int attachments;
            var moved = new List<(string Path, long Size)>();
            using (FileLock.Exclusive(store.LockPath))
            {
                DropUntagged(images);
                attachments = DropOrphans();
                Mark(cancellation);
                moved.AddRange(MoveDeadBlobs(cancellation));
                DropTemporaryFiles();
            }

            foreach (var file in Directory.EnumerateFiles(Trash))
            {
                File.Delete(file);
            }

            return new PruneReport(moved.Count, moved.Sum(blob => blob.Size), _records, _temporaryFiles, images, attachments);
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotWrite(store.Home, error);
        }
    }

    private void DropUntagged(List<Descriptor> dropped)
    {
        if (!options.Untagged)
        {
            return;
        }

        var leased = LeasedDigests();
        store.ChangeIndexLocked(index => index.Without(entry =>
        {
            var isDropped = entry.NameOf() is null && !entry.IsAttachment() && !leased.Contains(entry.Digest)
                && !IsYoung(store.PathOf(entry.Digest));
            if (isDropped)
            {
                dropped.Add(entry);
            }

            return isDropped;
        }));
    }

    private int DropOrphans()
    {
        var dropped = 0;
        var leased = LeasedDigests();
        store.ChangeIndexLocked(index =>
        {
            var orphans = OrphanedAttachments.In(
                index, store.Blobs, entry => leased.Contains(entry.Digest) || IsYoung(store.PathOf(entry.Digest)));
            dropped = orphans.Count;
            return index.Without(orphans.Contains);
        });
        return dropped;
    }

    private void Mark(CancellationToken cancellation)
    {
        _live.UnionWith(LeasedDigests());
        foreach (var entry in store.ReadIndex().Manifests)
        {
            cancellation.ThrowIfCancellationRequested();
            MarkFrom(entry);
        }

        MarkRecords(RecordKind.Builds);
        MarkRecords(RecordKind.Layers);
    }

    private void MarkFrom(Descriptor root) => ImageClosure.Visit(store.Blobs, root, blob =>
    {
        _live.Add(blob.Digest);
        return store.Blobs.TryGetSize(blob.Digest, out _);
    });

    /// <summary>
    /// A record keeps the blobs whose digests its text mentions, whatever its form, and what a manifest among them leads to.
    /// Records that are old, or whose blobs are gone, are dropped.
    /// </summary>
    private void MarkRecords(RecordKind kind)
    {
        foreach (var path in Directory.EnumerateFiles(store.RecordDirectory(kind)))
        {
            var mentioned = DigestText().Matches(Encoding.Latin1.GetString(UnlockedFile.ReadAllBytes(path, int.MaxValue)))
                .Select(match => Digest.Parse(match.Value)).ToList();
            var isOld = AgeOf(path) >= options.CacheAge.TotalSeconds && !mentioned.TrueForAll(_live.Contains);
            if (isOld || mentioned.Count == 0)
            {
                File.Delete(path);
                _records++;
            }
            else
            {
                mentioned.ForEach(MarkMentioned);
            }
        }
    }

    private void MarkMentioned(Digest digest)
    {
        if (!_live.Add(digest) || !store.Blobs.TryGetSize(digest, out var size) || size > 64 << 10)
        {
            return;
        }

        try
        {
            MarkFrom(new Descriptor(MediaTypes.Manifest, digest, size));
        }
        catch (ProblemException)
        {
            // Not a manifest: a layer, a config, or a digest of something that is not a blob. It is kept itself, and
            // that is all.
        }
    }

    private List<(string Path, long Size)> MoveDeadBlobs(CancellationToken cancellation)
    {
        var moved = new List<(string, long)>();
        foreach (var path in Directory.EnumerateFiles(store.BlobDirectory))
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Path.GetFileName(path);
            if (!Digest.TryParse("sha256:" + name, out var digest) || _live.Contains(digest) || IsYoung(path))
            {
                continue;
            }

            moved.Add((path, FileStatus.Of(path).Size));
            Posix.Check(
                Libc.RenameAt2(Libc.AtFdCwd, Posix.Path(path), Libc.AtFdCwd, Posix.Path(Path.Combine(Trash, name)), 0),
                "moving away", path);
        }

        if (moved.Count > 0)
        {
            DurableFile.SyncDirectory(Trash);
            DurableFile.SyncDirectory(store.BlobDirectory);
        }

        return moved;
    }

    /// <summary>Files that no living process has locked.</summary>
    private void DropTemporaryFiles()
    {
        // One directory after the other: a second one that is opened at once stays open when the first cannot be read.
        string[] locked = [store.IngestDirectory, store.LeaseDirectory];
        foreach (var path in locked.SelectMany(Directory.EnumerateFiles))
        {
            if (!IsYoung(path) && FileLock.TryExclusive(path, out var taken))
            {
                using (taken)
                {
                    File.Delete(path);
                }

                _temporaryFiles++;
            }
        }

        string[] written = [store.Home, store.RecordDirectory(RecordKind.Builds), store.RecordDirectory(RecordKind.Layers)];
        foreach (var path in written.SelectMany(directory => Directory.EnumerateFiles(directory, ".*.tmp")).Where(path => !IsYoung(path)))
        {
            File.Delete(path);
            _temporaryFiles++;
        }
    }

    /// <summary>What living writers rely on. The lock of a dead one can be taken, which is how it is known to be
    /// dead.</summary>
    private HashSet<Digest> LeasedDigests()
    {
        var leased = new HashSet<Digest>();
        foreach (var path in Directory.EnumerateFiles(store.LeaseDirectory))
        {
            if (FileLock.TryExclusive(path, out var taken))
            {
                taken.Dispose();
                continue;
            }

            foreach (var line in Encoding.ASCII.GetString(UnlockedFile.ReadAllBytes(path, int.MaxValue)).Split('\n'))
            {
                if (Digest.TryParse(line, out var digest))
                {
                    leased.Add(digest);
                }
            }
        }

        return leased;
    }

    private bool IsYoung(string path) => File.Exists(path) && AgeOf(path) < options.Grace.TotalSeconds;

    private long AgeOf(string path) => NowSeconds - FileStatus.Of(path).ChangedSeconds;

    [GeneratedRegex("sha256:[0-9a-f]{64}", RegexOptions.CultureInvariant)]
    private static partial Regex DigestText();
}
