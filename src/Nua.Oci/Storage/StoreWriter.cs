using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci.Attachments;

namespace Nua.Oci.Storage;

/// <summary>
/// Adds blobs to a store and publishes images. It holds a lease: whatever it added or asked for with
/// <see cref="Holds"/> survives
/// pruning by other processes until it is disposed. Safe to use from several threads.
/// </summary>
/// <remarks>
/// A lease is a file <c>leases/ID</c> of digests, one a line, under this process's kernel lock. A digest is entered under the
/// shared lock of the store before the blob is looked for or put in place; pruning reads the leases and moves blobs away under
/// the exclusive one. So either pruning sees the lease, or the writer sees that the blob is gone.
/// </remarks>
public sealed class StoreWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Digest> _leased = [];
    private readonly string _leasePath;
    private readonly FileLock _leaseLock;
    private readonly FileStream _lease;
    private bool _hasNewNames;
    private bool _isDisposed;

    internal StoreWriter(ImageStore store)
    {
        Store = store;
        _leasePath = Path.Combine(store.LeaseDirectory, Guid.NewGuid().ToString("N"));
        using var _ = FileLock.Shared(store.LockPath);
        if (!FileLock.TryExclusive(_leasePath, out var taken))
        {
            throw new InvalidOperationException("a lease with a fresh name is held by somebody else");
        }

        _leaseLock = taken;
        try
        {
            _lease = UnlockedFile.OpenAppend(_leasePath);
        }
        catch (IOException)
        {
            // Else the lease would be taken for a living writer's as long as this process lives.
            taken.Dispose();
            throw;
        }
    }

    public ImageStore Store { get; }

    /// <summary>As <see cref="Holds"/>, and undamaged: whatever is written again heals the store. Reads the whole blob.</summary>
    public bool HoldsSound(Descriptor blob, CancellationToken cancellation) =>
        Holds(blob.Digest, blob.Size) && Store.Blobs.FindDamage(blob.Digest, blob.Size, cancellation) is null;

    /// <summary>Whether the store has a blob of this size, which then stays at least as long as this writer.</summary>
    /// <exception cref="ProblemException">NUA3101.</exception>
    public bool Holds(Digest digest, long size)
    {
        try
        {
            using var _ = FileLock.Shared(Store.LockPath);
            Lease(digest);
            return Store.Blobs.TryGetSize(digest, out var found) && found == size;
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotWrite(Store.Home, error);
        }
    }

    /// <summary>Begins a blob of unknown digest.</summary>
    public BlobWriter NewBlob()
    {
        try
        {
            // Pruning takes a temporary file without a lock for a dead process's: it must not see ours before it is
            // locked.
            using var _ = FileLock.Shared(Store.LockPath);
            return new BlobWriter(this, Path.Combine(Store.IngestDirectory, Guid.NewGuid().ToString("N")));
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotWrite(Store.Home, error);
        }
    }

    /// <summary>Adds a document.</summary>
    public Descriptor Put(string mediaType, ReadOnlySpan<byte> content)
    {
        using var blob = NewBlob();
        blob.Write(content);
        return blob.Commit(mediaType);
    }

    /// <summary>Makes every blob added so far durable without publishing anything: for layers that are only
    /// cached.</summary>
    public void Sync()
    {
        lock (_gate)
        {
            if (!_hasNewNames)
            {
                return;
            }

            try
            {
                DurableFile.SyncDirectory(Store.BlobDirectory);
            }
            catch (IOException error)
            {
                throw StoreProblem.CannotWrite(Store.Home, error);
            }

            _hasNewNames = false;
        }
    }

    /// <summary>
    /// Checks that everything the manifest (or index) needs is here, makes it durable, then enters it into the store's index
    /// under these names, which leave the images that had them. When this returns the image survives a power cut; when it
    /// throws, the index is as it was.
    /// </summary>
    /// <exception cref="ProblemException">NUA3103 a blob is missing, NUA3106 a name is malformed, NUA3101.</exception>
    public void Publish(Descriptor manifest, params IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (!ImageLocation.StoreName.IsValid(name))
            {
                throw StoreProblem.BadName(name);
            }
        }

        Holds(manifest.Digest, manifest.Size);
        var missing = new List<Problem>();
        ImageClosure.Visit(Store.Blobs, manifest, blob =>
        {
            if (!Holds(blob.Digest, blob.Size))
            {
                missing.Add(StoreProblem.Incomplete(Store.Home, manifest.Digest, blob.Digest));
                return false;
            }

            return true;
        });
        if (missing.Count > 0)
        {
            throw new ProblemException(missing);
        }

        Sync();
        Store.ChangeIndex(index => index.WithNames(manifest, names));
    }

    /// <summary>Publishes a manifest that is about another one. It stays as long as what it is about; a tag that an earlier
    /// attachment has goes to this one.</summary>
    /// <exception cref="ProblemException">as <see cref="Publish"/>.</exception>
    public void Attach(Attachment attachment) =>
        Publish(
            // The kind is what tells an attachment from an image that has lost its name.
            attachment.Manifest with { ArtifactType = attachment.Manifest.ArtifactType ?? MediaTypes.Empty },
            attachment.Tag is null ? [] : [attachment.Tag]);

    /// <summary>Adds an attachment with all its bytes.</summary>
    /// <exception cref="ProblemException">as <see cref="Publish"/>.</exception>
    public void Attach(AttachmentContent content)
    {
        foreach (var blob in content.Blobs)
        {
            Put(blob.Descriptor.MediaType, blob.Content.Span);
        }

        Put(content.Attachment.Manifest.MediaType, content.Manifest.Span);
        Attach(content.Attachment);
    }

    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _lease.Dispose();
            // A lease that stays behind is without its lock: pruning takes it for a dead writer's.
            DurableFile.Discard(_leasePath);
            _leaseLock.Dispose();
        }
    }

    /// <summary>Syncs the bytes, then gives the file its name.</summary>
    internal void Commit(SafeFileHandle file, string temporary, Digest digest)
    {
        try
        {
            Posix.Check(Libc.Fchmod((int)file.DangerousGetHandle(), 0x124), "protecting", temporary);
            DurableFile.Sync(file, temporary);
            using var _ = FileLock.Shared(Store.LockPath);
            Lease(digest);
            Place(temporary, Store.PathOf(digest));
            lock (_gate)
            {
                _hasNewNames = true;
            }
        }
        catch (IOException error)
        {
            throw StoreProblem.CannotWrite(Store.Home, error);
        }
    }

    private static void Place(string temporary, string final)
    {
        var from = Posix.Path(temporary);
        var to = Posix.Path(final);
        var result = Libc.RenameAt2(Libc.AtFdCwd, from, Libc.AtFdCwd, to, Libc.RenameNoReplace);
        if (result < 0 && Posix.LastError is Libc.EExist)
        {
            result = Libc.RenameAt2(Libc.AtFdCwd, from, Libc.AtFdCwd, to, 0);
        }

        Posix.Check(result, "renaming to", final);
    }

    private void Lease(Digest digest)
    {
        lock (_gate)
        {
            if (_leased.Add(digest))
            {
                _lease.Write(System.Text.Encoding.ASCII.GetBytes(digest + "\n"));
            }
        }
    }
}
