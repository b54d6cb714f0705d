using Nua.Foundation;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Testing;

namespace Nua.Tests.Oci;

/// <summary>Bit rot in the store: found before the content is used.</summary>
public sealed class FlippedByteTests
{
    [Fact]
    public void Every_flipped_byte_of_a_document_and_any_of_a_layer_is_found_before_use()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "a:1");
        var image = store.OpenImage("a:1");
        foreach (var document in (Nua.Oci.Digest[])[image.Digest, image.Manifest.Config.Digest])
        {
            ForFlips(store.PathOf(document), every: 1, () => store.OpenImage("a:1"));
        }

        foreach (var layer in image.Layers)
        {
            ForFlips(store.PathOf(layer.Blob.Digest), every: 1 + (int)(layer.Blob.Size / 100), () => ImageTree.Read(image));
        }

        Assert.Empty(store.Verify(VerifyDepth.Layers));
    }

    private static void ForFlips(string path, int every, Action use)
    {
        var right = File.ReadAllBytes(path);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        for (var i = 0; i < right.Length; i += every)
        {
            var wrong = (byte[])right.Clone();
            wrong[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(path, wrong);
            Assert.Throws<ProblemException>(use);
        }

        File.WriteAllBytes(path, right);
    }
}
