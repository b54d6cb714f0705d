using Nua.Attest.Places;
using Nua.Oci;
using Nua.Oci.Attachments;

namespace Nua.Tests.Attest;

/// <summary>Lists what it was told to, as a hostile registry may.</summary>
internal sealed class LyingPlace(IAttachmentPlace honest, params IReadOnlyList<Attachment> listed) : IAttachmentPlace
{
    public string Name => honest.Name;

    public Descriptor Subject => honest.Subject;

    public Task<IReadOnlyList<Attachment>> ListAsync(CancellationToken cancellation) => Task.FromResult(listed);

    public Task<byte[]> ReadAsync(Descriptor blob, int limit, CancellationToken cancellation) => honest.ReadAsync(blob, limit, cancellation);

    public Task AttachAsync(AttachmentContent content, CancellationToken cancellation) => honest.AttachAsync(content, cancellation);
}
