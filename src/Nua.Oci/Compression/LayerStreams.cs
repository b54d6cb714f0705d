namespace Nua.Oci.Compression;

/// <summary>Opens the stream that compresses or expands a layer.</summary>
public static class LayerStreams
{
    public static Stream Compress(Stream output, LayerCompression compression, int workers = 0) => throw new NotImplementedException();

    public static Stream Expand(Stream input, LayerCompression compression, string where, ExpansionLimits? limits = null) =>
        throw new NotImplementedException();
}
