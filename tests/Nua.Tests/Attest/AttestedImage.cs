using Nua.Attest;
using Nua.Attest.Keys;
using Nua.Attest.Places;
using Nua.Attest.Verifying;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Attest;

/// <summary>An image in a store of its own, to attach things to.</summary>
internal sealed class AttestedImage : IDisposable
{
    private readonly TempDirectory _directory = new();

    public AttestedImage()
    {
        Store = ImageStore.Open(_directory["store"]);
        Root = TestImages.PublishTypical(Store, "notes:1");
    }

    public ImageStore Store { get; }

    public Descriptor Root { get; }

    public SigningKey Key { get; } = SigningKey.Generate();

    public string this[string name] => _directory[name];

    /// <summary>Opened anew, so that it sees what was attached since.</summary>
    public LocalPlace Place()
    {
        var location = new ImageLocation.StoreName("notes:1");
        return new LocalPlace(location, ImageSource.Open(location, Store), Store, Root);
    }

    public Signer Signer(AttestLimits? limits = null) => new(Place(), limits ?? AttestLimits.Default);

    public async Task<VerificationReport> VerifyAsync(VerifyingKey? key = null, AttestLimits? limits = null) =>
        await Verifier.VerifyAsync(Place(), key ?? Key.Public, limits ?? AttestLimits.Default, CancellationToken.None);

    public async Task<AttachmentVerdict> VerdictAsync(VerifyingKey? key = null) => Assert.Single((await VerifyAsync(key)).Verdicts);

    /// <summary>Attaches what others might, whatever it says.</summary>
    public void Attach(AttachmentContent content)
    {
        using var writer = Store.BeginWrite();
        writer.Attach(content);
    }

    public void Dispose()
    {
        Key.Dispose();
        _directory.Dispose();
    }
}
