using Nua.Attest;
using Nua.Attest.Keys;
using Nua.Attest.Places;
using Nua.Attest.Signatures;
using Nua.Attest.Statements;
using Nua.Attest.Verifying;
using Nua.Oci;
using Nua.Oci.Attachments;
using Nua.Registry;
using Nua.Testing;
using Nua.Tests.Oci;
using Nua.Tests.Registry;

namespace Nua.Tests.Attest;

/// <summary>Signatures in registries: with a list of referrers, without one, and with a false one.</summary>
public sealed class RegistryPlaceTests : IDisposable
{
    private readonly RegistryWorld _world = new();
    private readonly SigningKey _key = SigningKey.Generate();
    private readonly RegistryNetwork _network;
    private readonly RegistryClient _client;
    private readonly Descriptor _image;

    public RegistryPlaceTests()
    {
        _image = TestImages.PublishTypical(_world.Source, "app:1");
        _world.PushAsync(_image, "team/app:1").GetAwaiter().GetResult();
        _network = new RegistryNetwork(_world.Options);
        _client = _network.Open(_world.Reference("team/app"));
    }

    private RegistryPlace Place => new(_client, _image);

    public void Dispose()
    {
        _network.Dispose();
        _key.Dispose();
        _world.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Image_is_signed_and_verified_where_it_is(bool hasList)
    {
        _world.Registry.HasReferrers = hasList;
        var place = await RegistryPlace.OpenAsync(_client, "1", CancellationToken.None);
        var signer = new Signer(place, AttestLimits.Default);
        Assert.NotNull(await signer.SignAsync(_key, CancellationToken.None));
        Assert.NotNull(await signer.SignTaggedAsync(_key, "team/app", CancellationToken.None));
        Assert.Null(await signer.SignAsync(_key, CancellationToken.None));
        Assert.Null(await signer.SignTaggedAsync(_key, "team/app", CancellationToken.None));
        var report = await VerifyAsync();
        Assert.Equal([AttachmentForm.Bundle, AttachmentForm.Tag], report.Verdicts.Select(verdict => verdict.Form));
        Assert.All(report.Verdicts, verdict => Assert.True(verdict.IsVerified));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Attachments_go_to_a_registry_and_come_back_byte_for_byte(bool hasList)
    {
        _world.Registry.HasReferrers = hasList;
        var attached = SignInStore();
        Assert.Equal(2, await AttachmentTransfer.PushAsync(_client, _world.Source.Blobs, attached, CancellationToken.None));
        Assert.Equal(0, await AttachmentTransfer.PushAsync(_client, _world.Source.Blobs, attached, CancellationToken.None));

        await _world.PullAsync("team/app:1", new() { Names = ["app:1"] });
        using var writer = _world.Store.BeginWrite();
        var fetched = await AttachmentTransfer.FetchAsync(_client, writer, _image, AttestLimits.Default, problem => Assert.Fail(problem.ToString()), CancellationToken.None);
        foreach (var attachment in fetched)
        {
            writer.Attach(attachment);
        }

        Assert.Equal(attached.Select(one => one.Manifest.Digest), _world.Store.AttachmentsOf(_image).Select(one => one.Manifest.Digest));
    }

    [Fact]
    public async Task More_attachments_than_are_looked_at_decide_nothing_and_are_not_brought_along()
    {
        var entries = Enumerable.Range(0, 200).Select(i => new Descriptor(MediaTypes.Manifest, Digest.Sha256(BitConverter.GetBytes(i)), 2));
        _world.Registry.AddManifest(
            "team/app", RegistryClient.ReferrersTag(_image.Digest), new ImageIndex([.. entries]).ToBytes(), MediaTypes.Index);
        Assert.Equal("NUA3902", CompressionTests.CodeOf(() => VerifyAsync().GetAwaiter().GetResult()));

        await _world.PullAsync("team/app:1", new() { Names = ["app:1"] });
        using var writer = _world.Store.BeginWrite();
        var told = new List<string>();
        Assert.Empty(await AttachmentTransfer.FetchAsync(
            _client, writer, _image, AttestLimits.Default, problem => told.Add(problem.Code), CancellationToken.None));
        Assert.Equal(["NUA3903"], told);
    }

    [Fact]
    public async Task Entry_that_is_not_there_or_has_another_size_is_a_verdict()
    {
        await new Signer(Place, AttestLimits.Default).SignAsync(_key, CancellationToken.None);
        var listed = (await Place.ListAsync(CancellationToken.None)).Single().Manifest;
        var gone = new Descriptor(MediaTypes.Manifest, Digest.Sha256("gone"u8), 4);
        _world.Registry.AddManifest(
            "team/app", RegistryClient.ReferrersTag(_image.Digest),
            new ImageIndex([gone, listed with { Size = listed.Size + 1 }]).ToBytes(), MediaTypes.Index);
        var report = await VerifyAsync();
        Assert.Equal(["NUA3914", "NUA3914"], report.Verdicts.Select(verdict => verdict.Problem?.Code));
        Assert.False(report.Has(PredicateTypes.Signature));
    }

    private Task<VerificationReport> VerifyAsync() => Verifier.VerifyAsync(Place, _key.Public, AttestLimits.Default, CancellationToken.None);

    private IReadOnlyList<Attachment> SignInStore()
    {
        var statement = new Statement([_image.Digest], PredicateTypes.Signature, "{}"u8.ToArray());
        using (var writer = _world.Source.BeginWrite())
        {
            writer.Attach(AttachmentManifests.Bundle(
                _image, SigstoreBundle.Sign(statement.ToBytes(), _key), PredicateTypes.Signature));
            writer.Attach(AttachmentManifests.Bare(_image, statement));
        }

        return _world.Source.AttachmentsOf(_image);
    }
}
