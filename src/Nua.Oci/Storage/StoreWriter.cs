namespace Nua.Oci.Storage;

/// <summary>Adds blobs to a store. Holds a lease on what it added or relies on.</summary>
public sealed class StoreWriter : IDisposable
{
    public ImageStore Store => throw new NotImplementedException();

    /// <summary>Whether the store has it, and keeps it at least until this writer ends.</summary>
    public bool Holds(Digest digest, long size) => throw new NotImplementedException();

    public BlobWriter NewBlob() => throw new NotImplementedException();

    /// <summary>Adds a document.</summary>
    public Descriptor Put(string mediaType, ReadOnlySpan<byte> content) => throw new NotImplementedException();

    /// <summary>Makes everything durable, then enters the manifest into the index under these names. When this returns, the image survives a power cut.</summary>
    public void Publish(Descriptor manifest, params IReadOnlyList<string> names) => throw new NotImplementedException();

    /// <summary>Makes everything added durable without publishing: for cached layers.</summary>
    public void Sync() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}

/// <summary>A blob being written: a stream that hashes.</summary>
public sealed class BlobWriter : Stream
{
    public Descriptor Commit(string mediaType) => throw new NotImplementedException();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotImplementedException();

    public override long Position { get => throw new NotImplementedException(); set => throw new NotSupportedException(); }

    public override void Flush() => throw new NotImplementedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotImplementedException();
}
