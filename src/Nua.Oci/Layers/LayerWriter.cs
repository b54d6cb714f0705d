using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Oci.Layers;

public sealed class LayerWriter : IDisposable
{
    public LayerWriter(StoreWriter store, LayerCompression compression, int workers = 0) => throw new NotImplementedException();

    public void Add(TarEntry entry) => throw new NotImplementedException();

    public void Add(TarEntry entry, ReadOnlySpan<byte> content) => throw new NotImplementedException();

    public void Add(TarEntry entry, Stream content) => throw new NotImplementedException();

    public Layer Complete() => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
