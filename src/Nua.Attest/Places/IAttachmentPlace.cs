using Nua.Oci;
using Nua.Oci.Attachments;

namespace Nua.Attest.Places;

/// <summary>One manifest where it is kept, and what is attached to it there: on this machine or in a registry.</summary>
public interface IAttachmentPlace
{
    /// <summary>What people call it, for messages; not escaped.</summary>
    string Name { get; }

    /// <summary>The manifest or index that attachments are about.</summary>
    Descriptor Subject { get; }

    /// <summary>What says that it is about <see cref="Subject"/>. A claim: readers of the manifests compare.</summary>
    Task<IReadOnlyList<Attachment>> ListAsync(CancellationToken cancellation);

    /// <summary>Content of this digest and size.</summary>
    /// <exception cref="Nua.Foundation.ProblemException">NUA3001 it has more than <paramref name="limit"/> bytes; it is not there, or not
    /// what was asked for.</exception>
    Task<byte[]> ReadAsync(Descriptor blob, int limit, CancellationToken cancellation);

    /// <summary>Durable (or acknowledged by the registry) when this returns. Attaching the same again changes nothing.</summary>
    Task AttachAsync(AttachmentContent content, CancellationToken cancellation);
}
