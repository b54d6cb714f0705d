namespace Nua.Oci.Layers;

/// <summary>A finished layer.</summary>
/// <param name="DiffId">Digest of the uncompressed tar.</param>
/// <param name="TarSize">Bytes of the uncompressed tar.</param>
public sealed record Layer(Descriptor Blob, Digest DiffId, long TarSize);
