using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>The commands around the store, on a small image that every test gets a copy of.</summary>
public sealed class StoreTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Image_keeps_its_digest_through_every_oci_form()
    {
        var digest = await LoadAsync();
        (await Nua.RunAsync("save", "site:1", $"oci-archive:{_folder["a.tar"]}:1")).Expect(0);
        (await Nua.RunAsync("copy", $"oci-archive:{_folder["a.tar"]}:1", $"oci:{_folder["layout"]}:2")).Expect(0);
        var other = new NuaProgram(_folder["other"]);
        Assert.Equal(digest, (await other.RunAsync("load", $"oci:{_folder["layout"]}:2")).Expect(0).Out.Trim());
        var listed = await other.JsonAsync("images");
        Assert.Equal("nua-site:1.0", listed.GetProperty("images")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Docker_archive_comes_back_with_the_same_content()
    {
        await LoadAsync();
        (await Nua.RunAsync("save", "site:1", $"docker-archive:{_folder["d.tar"]}:site:1")).Expect(0);
        (await Nua.RunAsync("load", $"docker-archive:{_folder["d.tar"]}", "-t", "back:1")).Expect(0);
        var difference = await Nua.JsonAsync("diff", "site:1", "back:1");
        Assert.True(difference.GetProperty("same_content").GetBoolean());
    }

    [Fact]
    public async Task Name_moves_with_tag_and_goes_with_rm()
    {
        var digest = await LoadAsync();
        (await Nua.RunAsync("tag", "site:1", "other:2")).Expect(0);
        (await Nua.RunAsync("rm", "site:1")).Expect(0);
        var images = await Nua.JsonAsync("images");
        var only = Assert.Single(images.GetProperty("images").EnumerateArray());
        Assert.Equal("other:2", only.GetProperty("name").GetString());
        Assert.Equal(digest, only.GetProperty("digest").GetString());
    }

    [Fact]
    public async Task Nothing_is_removed_when_one_of_several_is_missing()
    {
        await LoadAsync();
        var outcome = (await Nua.RunAsync("rm", "site:1", "missing:1")).Expect(1);
        Assert.Contains("missing:1", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await Nua.JsonAsync("images")).GetProperty("images").GetArrayLength());
    }

    [Fact]
    public async Task Prune_frees_what_no_image_needs_and_keeps_what_one_does()
    {
        await LoadAsync();
        (await Nua.RunAsync("tag", "site:1", "kept:1")).Expect(0);
        Assert.Equal(0, (await Nua.JsonAsync("prune", "--all")).GetProperty("images").GetInt32());
        (await Nua.RunAsync("store", "verify")).Expect(0);
        (await Nua.RunAsync("rm", "site:1", "kept:1")).Expect(0);
        Assert.True((await Nua.JsonAsync("prune", "--all")).GetProperty("bytes").GetInt64() > 100_000);
        Assert.Empty(Directory.EnumerateFiles(_folder["home/blobs/sha256"]));
    }

    [Fact]
    public async Task Verify_finds_one_flipped_bit_and_says_where()
    {
        await LoadAsync();
        (await Nua.RunAsync("store", "verify")).Expect(0);
        var blob = Directory.EnumerateFiles(_folder["home/blobs/sha256"]).OrderByDescending(path => new FileInfo(path).Length).First();
        var bytes = await File.ReadAllBytesAsync(blob, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, bytes, TestContext.Current.CancellationToken);
        var outcome = (await Nua.RunAsync("store", "verify")).Expect(1);
        Assert.Contains(Path.GetFileName(blob), outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Loading_again_heals_a_damaged_blob()
    {
        var built = await images.BuildAsync("site");
        await LoadAsync();
        var blob = Directory.EnumerateFiles(_folder["home/blobs/sha256"]).OrderByDescending(path => new FileInfo(path).Length).First();
        File.Delete(blob);
        (await Nua.RunAsync("store", "verify")).Expect(1);
        (await Nua.RunAsync("load", $"oci:{built.Layout}:{built.Tag}")).Expect(0);
        (await Nua.RunAsync("store", "verify")).Expect(0);
    }

    private async Task<string> LoadAsync()
    {
        var built = await images.BuildAsync("site");
        return (await Nua.RunAsync("load", $"oci:{built.Layout}:{built.Tag}", "-t", "site:1")).Expect(0).Out.Trim();
    }
}
