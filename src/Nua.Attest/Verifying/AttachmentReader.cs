using Nua.Attest.Places;
using Nua.Oci;

namespace Nua.Attest.Verifying;

/// <summary>Reads blobs of a place within the limits of one image.</summary>
internal sealed class AttachmentReader(IAttachmentPlace place, AttestLimits limits)
{
    private long _left = limits.MaxTotalBytes;

    /// <exception cref="Nua.Foundation.ProblemException">NUA3902: all together is too much. Those of reading.</exception>
    public async Task<byte[]> ReadAsync(Descriptor blob, int limit, CancellationToken cancellation)
    {
        if (blob.Size > _left)
        {
            throw VerifyProblem.TooMany(place.Subject.Digest, place.Name, $"at most {limits.MaxTotalBytes} bytes are read");
        }

        _left -= blob.Size;
        return await place.ReadAsync(blob, limit, cancellation);
    }
}
