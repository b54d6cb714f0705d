using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Attachments;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Oci;

/// <summary>What is attached to an image lives as long as the image and goes where it goes.</summary>
public sealed class AttachmentTests : IDisposable
{
    private const string Kind = "application/vnd.example.note";

    private static readonly PruneOptions _now = new() { Grace = TimeSpan.Zero, CacheAge = TimeSpan.Zero };

    private readonly TempDirectory _directory = new();
    private readonly ImageStore _store;

    public AttachmentTests() => _store = ImageStore.Open(_directory["store"]);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Attachment_is_no_image_of_the_store()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        var note = Attach(image, "note");
        Attach(image, "tagged", AttachmentTag.Of(image.Digest));
        Assert.Equal(["a:1"], _store.List().Select(stored => stored.Name));
        Assert.Null(_store.Find(note.Digest.ToString()));
        Assert.Equal(2, _store.AttachmentsOf(image).Count);
        Assert.Empty(_store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public void Pruning_keeps_what_is_attached_to_images_that_stay()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        var note = Attach(image, "note");
        var aboutNote = Attach(note, "signature of the note");
        Attach(image, "tagged", AttachmentTag.Of(image.Digest));
        var report = _store.Prune(_now);
        Assert.Equal((0, 0), (report.Attachments, report.Blobs));
        Assert.Equal([note.Digest, aboutNote.Digest], _store.AttachmentsOf(image).Where(found => found.Tag is null).Select(found => found.Manifest.Digest));
    }

    [Fact]
    public void Pruning_drops_what_was_attached_to_images_that_are_gone()
    {
        var gone = TestImages.PublishTypical(_store, "a:1");
        var note = Attach(gone, "note");
        Attach(note, "signature of the note");
        Attach(gone, "tagged", AttachmentTag.Of(gone.Digest));
        var kept = TestImages.PublishTypical(_store, "b:1", seed: 2);
        Attach(kept, "other note");
        _store.Remove("a:1");
        var report = _store.Prune(_now);
        Assert.Equal(3, report.Attachments);
        Assert.Single(_store.AttachmentsOf(kept));
        Assert.Empty(_store.AttachmentsOf(gone));
        Assert.Empty(_store.Verify(VerifyDepth.Layers));
        _store.Remove("b:1");
        _store.Prune(_now);
        Assert.Empty(Directory.GetFiles(Path.Combine(_store.Home, "blobs/sha256")));
    }

    [Fact]
    public void Attachment_of_one_platform_stays_with_the_index()
    {
        var image = TestImages.PublishTypical(_store, null);
        Descriptor root;
        using (var writer = _store.BeginWrite())
        {
            root = writer.Put(MediaTypes.Index, new ImageIndex([image with { Platform = Platform.LinuxAmd64 }]).ToBytes());
            writer.Publish(root, "multi:1");
        }

        Attach(image, "of the platform");
        Attach(root, "of the whole");
        _store.Prune(_now);
        Assert.Equal(2, _store.AttachmentsOf(root).Count);
    }

    [Fact]
    public void Attachment_that_somebody_writes_just_now_is_spared()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        using var writer = _store.BeginWrite();
        writer.Attach(Content(image, "note"));
        _store.Remove("a:1");
        Assert.Equal(0, _store.Prune(_now).Attachments);
        writer.Dispose();
        Assert.Equal(1, _store.Prune(_now).Attachments);
    }

    [Theory]
    [InlineData("oci:")]
    [InlineData("oci-archive:")]
    public void Image_moves_with_its_attachments_and_without_when_asked(string form)
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        var note = Attach(image, "note");
        var aboutNote = Attach(note, "about the note");
        var tagged = Attach(image, "tagged", AttachmentTag.Of(image.Digest));
        var place = ImageLocation.Parse(form + _directory["moved"]);
        ImageTransfer.Copy(new ImageLocation.StoreName("a:1"), place, _store);

        var other = ImageStore.Open(_directory["other"]);
        using (var source = ImageSource.Open(place, null))
        {
            // Without a tag the image is the only image, whatever lies beside it.
            Assert.Equal(image.Digest, source.Root.Digest);
            ImageTransfer.Load(source, other, "a:1");
        }

        Assert.Equal(
            new[] { note.Digest, aboutNote.Digest, tagged.Digest }.Order(),
            other.AttachmentsOf(image).Select(found => found.Manifest.Digest).Order());
        Assert.Equal(["a:1"], other.List().Select(stored => stored.Name));
        Assert.Empty(other.Verify(VerifyDepth.Content));

        var bare = ImageLocation.Parse(form + _directory["bare"]);
        using var whole = ImageSource.Open(new ImageLocation.StoreName("a:1"), _store);
        ImageTransfer.Copy(whole.WithoutAttachments(), bare, _store);
        using var moved = ImageSource.Open(bare, null);
        Assert.Empty(moved.Attachments);
    }

    [Fact]
    public void Docker_archive_says_that_it_leaves_attachments_out()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        Attach(image, "note");
        var result = ImageTransfer.Copy(new ImageLocation.StoreName("a:1"), ImageLocation.Parse("docker-archive:" + _directory["a.tar"]), _store);
        Assert.Contains(result.Notes, note => note.Code == "NUA3212");
    }

    [Fact]
    public void Attachment_is_added_to_a_layout_that_holds_the_image()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        ImageTransfer.Copy(new ImageLocation.StoreName("a:1"), ImageLocation.Parse("oci:" + _directory["layout"] + ":1"), _store);
        LayoutWriter.Attach(_directory["layout"], Content(image, "note"));
        LayoutWriter.Attach(_directory["layout"], Content(image, "note"));
        using var source = ImageSource.Open(ImageLocation.Parse("oci:" + _directory["layout"]), null);
        Assert.Equal(image.Digest, source.Root.Digest);
        Assert.Single(source.Attachments);
    }

    [Fact]
    public void More_attachments_than_anybody_needs_are_refused()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        var entries = Enumerable.Range(0, Attachment.MaxPerImage + 1).Select(i => new Descriptor(MediaTypes.Manifest, Digest.Sha256(BitConverter.GetBytes(i)), 2)
        {
            Annotations = StringMap.Of(AnnotationKeys.RefName, AttachmentTag.Of(image.Digest)),
        });
        Assert.Equal("NUA3070", CompressionTests.CodeOf(() => AttachmentIndex.Of(_store.Blobs, new ImageIndex([image, .. entries]), image)));
    }

    [Fact]
    public void Times_of_a_build_are_kept_beside_the_image_and_go_with_it()
    {
        var image = TestImages.PublishTypical(_store, "a:1");
        Assert.Null(BuildTimes.Read(_store, image.Digest));
        var start = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        new BuildTimes(start, start.AddSeconds(7)).Write(_store, image.Digest);
        Assert.Equal(new BuildTimes(start, start.AddSeconds(7)), BuildTimes.Read(_store, image.Digest));
        _store.Prune(_now);
        Assert.NotNull(BuildTimes.Read(_store, image.Digest));
        _store.Remove("a:1");
        _store.Prune(_now);
        Assert.Null(BuildTimes.Read(_store, image.Digest));
    }

    [Theory]
    [InlineData("sha256-0000000000000000000000000000000000000000000000000000000000000000.sig", true)]
    [InlineData("sha256-0000000000000000000000000000000000000000000000000000000000000000.att", true)]
    [InlineData("sha256-0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("sha256-00.sig", false)]
    [InlineData("sha512-0000000000000000000000000000000000000000000000000000000000000000.sig", false)]
    [InlineData("notes:1.sig", false)]
    [InlineData(".sig", false)]
    [InlineData(null, false)]
    public void Tag_of_an_attachment(string? name, bool isOne) => Assert.Equal(isOne, AttachmentTag.SubjectOf(name) is not null);

    private static AttachmentContent Content(Descriptor subject, string text, string? tag = null)
    {
        var empty = AttachmentBlob.Of(MediaTypes.Empty, "{}"u8.ToArray());
        var layer = AttachmentBlob.Of(Kind, System.Text.Encoding.UTF8.GetBytes(text));
        var manifest = new ImageManifest(empty.Descriptor, [layer.Descriptor])
        {
            ArtifactType = Kind,
            Subject = tag is null ? new Descriptor(subject.MediaType, subject.Digest, subject.Size) : null,
        }.ToBytes();
        var descriptor = Descriptor.Of(MediaTypes.Manifest, manifest) with { ArtifactType = Kind };
        return new AttachmentContent(new Attachment(descriptor, tag, subject.Digest), manifest, [empty, layer]);
    }

    private Descriptor Attach(Descriptor subject, string text, string? tag = null)
    {
        var content = Content(subject, text, tag);
        using var writer = _store.BeginWrite();
        writer.Attach(content);
        return content.Attachment.Manifest;
    }
}
