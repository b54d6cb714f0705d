namespace Nua.Oci;

/// <summary>
/// Immutable content by digest. Implemented by a directory of blobs (image layout, store) and by archives.
/// Promises: what is read through it either is the content that was asked for, or ends in a
/// <see cref="Nua.Foundation.ProblemException"/>;
/// it is safe to use from several threads; it never changes what it reads from.
/// </summary>
public interface IBlobStore
{
    /// <summary>Where this is, for messages.</summary>
    string Name { get; }

    /// <summary>Size in bytes of the stored content, without looking at it. False when it is not there.</summary>
    bool TryGetSize(Digest digest, out long size);

    /// <summary>
    /// Opens content for one pass from beginning to end. The size is compared now; the digest is computed along the way and
    /// compared when the end is reached, which is reported as an exception <em>instead of</em> the end of the stream. So
    /// whoever reads to the end has right content, and must throw away what it made if it gets an exception.
    /// </summary>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3060 not there, NUA3061 other size, NUA3062 other digest
    /// (while reading).</exception>
    Stream OpenRead(Digest digest, long size);
}
