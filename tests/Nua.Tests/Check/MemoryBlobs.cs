using Nua.Foundation;
using Nua.Oci;

namespace Nua.Tests.Check;

/// <summary>Blobs in memory, held to the promises of every blob store: what is read to its end is what was asked
/// for.</summary>
internal sealed class MemoryBlobs : IBlobStore
{
    private readonly Dictionary<Digest, byte[]> _blobs = [];

    public string Name => "memory";

    /// <summary>Adds content under its true digest, or under another one to make a damaged store.</summary>
    public Descriptor Add(string mediaType, byte[] content, Digest? lie = null)
    {
        var digest = lie ?? Digest.Sha256(content);
        _blobs[digest] = content;
        return new Descriptor(mediaType, digest, content.Length);
    }

    public void Replace(Digest digest, byte[] content) => _blobs[digest] = content;

    public void Remove(Digest digest) => _blobs.Remove(digest);

    public byte[] Get(Digest digest) => _blobs[digest];

    public bool TryGetSize(Digest digest, out long size)
    {
        var isThere = _blobs.TryGetValue(digest, out var content);
        size = content?.Length ?? 0;
        return isThere;
    }

    public Stream OpenRead(Digest digest, long size)
    {
        if (!_blobs.TryGetValue(digest, out var content))
        {
            throw new ProblemException(new Problem("NUA3060", $"the blob {digest} is missing"));
        }

        if (content.Length != size)
        {
            throw new ProblemException(
                new Problem("NUA3061", $"the blob {digest} has {content.Length} bytes, not {size}"));
        }

        return new Verified(content, digest);
    }

    private sealed class Verified(byte[] content, Digest digest) : MemoryStream(content, writable: false)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            return read > 0 || count == 0 || Digest.Sha256(ToArray()) == digest
                ? read
                : throw new ProblemException(new Problem("NUA3062", $"the blob {digest} is damaged"));
        }

        public override int Read(Span<byte> buffer)
        {
            var bytes = new byte[buffer.Length];
            var read = Read(bytes, 0, bytes.Length);
            bytes.AsSpan(0, read).CopyTo(buffer);
            return read;
        }

        public override int ReadByte()
        {
            var one = new byte[1];
            return Read(one, 0, 1) == 0 ? -1 : one[0];
        }
    }
}
