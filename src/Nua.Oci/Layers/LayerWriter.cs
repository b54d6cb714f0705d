using System.Security.Cryptography;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

/// <summary>
/// Makes a layer in one pass: entries become a tar, which is hashed (diff_id), compressed, hashed again (digest) and written to the store.
/// Memory does not depend on the layer's size. Without <see cref="Complete"/> nothing is left in the store.
/// </summary>
/// <remarks>Entries come sorted, parents first, no path twice; names that a layer cannot hold (<c>.wh.x</c>) are refused.</remarks>
public sealed class LayerWriter : IDisposable
{
    private readonly BlobWriter _blob;
    private readonly Stream _compressed;
    private readonly HashingStream _hashed;
    private readonly TarWriter _tar;
    private readonly LayerCompression _compression;

    /// <param name="workers">Threads that compress; 0 is one per processor. The bytes do not depend on it.</param>
    public LayerWriter(StoreWriter store, LayerCompression compression, int workers = 0)
    {
        _compression = compression;
        _blob = store.NewBlob();
        _compressed = LayerStreams.Compress(_blob, compression, workers);
        _hashed = new HashingStream(_compressed);
        _tar = new TarWriter(_hashed);
    }

    /// <summary>An entry without content.</summary>
    public void Add(TarEntry entry) => Add(entry, []);

    /// <exception cref="ProblemException">NUA3033 a name that means something else in a layer; those of <see cref="TarWriter"/>.</exception>
    public void Add(TarEntry entry, ReadOnlySpan<byte> content)
    {
        Check(entry);
        _tar.Write(entry, content);
    }

    /// <inheritdoc cref="TarWriter.Write(TarEntry, Stream)"/>
    public void Add(TarEntry entry, Stream content)
    {
        Check(entry);
        _tar.Write(entry, content);
    }

    /// <summary>A whiteout: the path of lower layers is gone in this one.</summary>
    public void Remove(string path, TarTime time = default)
    {
        var slash = path.LastIndexOf('/');
        var name = path[..(slash + 1)] + Whiteout.Prefix + path[(slash + 1)..];
        _tar.Write(new TarEntry(name, TarEntryType.File) { Modified = time });
    }

    /// <summary>Hides all that lower layers have in a directory; to be added right after the directory itself.</summary>
    public void Hide(string directory, TarTime time = default) =>
        _tar.Write(new TarEntry($"{directory}/{Whiteout.Opaque}", TarEntryType.File) { Modified = time });

    /// <summary>Finishes the layer and commits its blob; its name is durable after <see cref="StoreWriter.Sync"/> or Publish.</summary>
    public Layer Complete()
    {
        _tar.Complete();
        _hashed.Drain();
        _compressed.Dispose();
        return new Layer(_blob.Commit(MediaTypes.Layer(_compression)), _hashed.Digest(), _tar.Length);
    }

    public void Dispose()
    {
        // The compressor is not finished on purpose: without Complete there is no layer.
        _hashed.Dispose();
        _blob.Dispose();
    }

    private static void Check(TarEntry entry)
    {
        var slash = entry.Path.LastIndexOf('/');
        if (entry.Path.AsSpan(slash + 1).StartsWith(Whiteout.Prefix))
        {
            throw new ProblemException(new Problem("NUA3033", $"'{Printable.Escape(entry.Path, 200)}' cannot be in an image")
            {
                Why = "in a layer a name that begins with '.wh.' deletes the file named by the rest",
                Remedy = "rename the file, or leave it out with an ignore file",
            });
        }
    }

    /// <summary>Hashes on the way to the compressor.</summary>
    private sealed class HashingStream(Stream output) : WriteOnlyStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly byte[] _buffer = new byte[64 << 10];
        private int _buffered;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            // Headers and small files are gathered: a call into the hash costs more than hashing them.
            if (buffer.Length > _buffer.Length - _buffered)
            {
                Drain();
            }

            if (buffer.Length >= _buffer.Length)
            {
                Pass(buffer);
                return;
            }

            buffer.CopyTo(_buffer.AsSpan(_buffered));
            _buffered += buffer.Length;
        }

        public Digest Digest()
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            _hash.GetHashAndReset(hash);
            return Oci.Digest.FromHash(hash);
        }

        public void Drain()
        {
            Pass(_buffer.AsSpan(0, _buffered));
            _buffered = 0;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _hash.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Pass(ReadOnlySpan<byte> bytes)
        {
            _hash.AppendData(bytes);
            output.Write(bytes);
        }
    }
}
