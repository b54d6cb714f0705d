using Nua.Foundation;

namespace Nua.Oci.Tar;

public sealed class TarReader
{
    public TarReader(Stream input, string where, TarLimits? limits = null) => throw new NotImplementedException();

    public TarEntry? Next() => throw new NotImplementedException();

    public Stream Content => throw new NotImplementedException();

    public bool HasEndMarker => throw new NotImplementedException();
}
