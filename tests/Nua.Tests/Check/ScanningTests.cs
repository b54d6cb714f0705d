using Nua.Check.Scanning;
using Nua.Oci.Paths;
using Xunit;

namespace Nua.Tests.Check;

public sealed class ScanningTests
{
    [Theory]
    [InlineData("pkg:npm/%40scope/name@1.0.0", "npm", "@scope/name", "1.0.0")]
    [InlineData("pkg:deb/debian/libc6@2.41-12%2Bdeb13u1?arch=amd64&distro=trixie", "deb", "libc6", "2.41-12+deb13u1")]
    [InlineData("pkg:pypi/Flask_Login@0.6", "pypi", "flask-login", "0.6")]
    [InlineData("pkg:generic/node", "generic", "node", null)]
    public void Package_url_is_taken_apart(string text, string type, string name, string? version) =>
        Assert.Equal(new PackageUrl(type, name, version), PackageUrl.Parse(text));

    [Theory]
    [InlineData("npm/name@1")]
    [InlineData("pkg:npm")]
    [InlineData("pkg:/name@1")]
    [InlineData("pkg:n m/name")]
    public void Text_that_is_no_package_url_is_refused(string text) => Assert.Null(PackageUrl.Parse(text));

    [Theory]
    [InlineData("nua/app/node_modules/a/package.json", true)]
    [InlineData("nua/app/node_modules/@s/a/package.json", true)]
    [InlineData("nua/app/node_modules/a/node_modules/b/package.json", true)]
    [InlineData("nua/app/node_modules/.pnpm/a@1/node_modules/a/package.json", true)]
    [InlineData("nua/app/node_modules/a/test/fixture/package.json", false)]
    [InlineData("nua/app/node_modules/a/test/node_modules/b/package.json", false)]
    [InlineData("nua/app/package.json", false)]
    public void Only_manifests_of_installed_packages_count(string path, bool isRecord) =>
        Assert.Equal(isRecord, PackageRecords.IsRecord(path));

    [Theory]
    [InlineData("DB_PASSWORD", true)]
    [InlineData("GITHUB_TOKEN", true)]
    [InlineData("DB_PASSWORD_FILE", false)]
    [InlineData("TOKEN_TTL", false)]
    [InlineData("GREETING", false)]
    public void Secret_names_are_told_from_names_of_places(string name, bool isSecret) =>
        Assert.Equal(isSecret, SecretText.IsSecretName(name));

    [Theory]
    [InlineData("see -----BEGIN PRIVATE KEY----- in the manual")]
    [InlineData("xAKIAQWERTYUIOPASDFGH")]
    [InlineData("https://user@example.org/ and postgres://user:${PASSWORD}@db/x")]
    public void Texts_about_secrets_are_no_secrets(string text) => Assert.Empty(SecretText.KindsInSetting(text));

    [Fact]
    public void Upper_layers_hide_and_replace()
    {
        var tree = new MergedTree(new PathTable(100, 10_000));
        Add(tree, 0, ["a/", "a/x", "a/y", "b/", "b/z"]);
        Add(tree, 1, ["a/x/", "a/x/deep", "b=a"], "a/.wh.y");

        Assert.Equal(["a", "a/x", "a/x/deep", "b"], tree.Entries.Select(entry => entry.Path));
        Assert.Equal("a/x/deep", tree.Follow("/b/x/deep")!.Path);
        Assert.Null(tree.At("b/z"));
    }

    [Fact]
    public void What_was_hidden_may_come_again()
    {
        var tree = new MergedTree(new PathTable(100, 10_000));
        Add(tree, 0, ["a/", "a/x", "a/y/", "a/y/z"]);
        Add(tree, 1, ["a/y/new"], "a/.wh..wh..opq");
        Assert.Equal(["a", "a/y/new"], tree.Entries.Select(entry => entry.Path));
        Assert.True(tree.Has("a/y"));

        Add(tree, 2, ["a/x"], "a/.wh.y");
        Assert.Equal(["a", "a/x"], tree.Entries.Select(entry => entry.Path));
        Assert.False(tree.Has("a/y"));
        Assert.Equal(["x"], tree.NamesIn("a"));
    }

    [Fact]
    public void Links_never_lead_out_of_the_root()
    {
        var tree = new MergedTree(new PathTable(100, 10_000));
        Add(tree, 0, ["etc/", "etc/passwd", "up=../../../etc", "loop=loop"]);

        Assert.Equal("etc/passwd", tree.Follow("up/passwd")!.Path);
        Assert.Null(tree.Follow("loop"));
    }

    /// <param name="entries">Directories end in a slash, links are <c>NAME=TARGET</c>.</param>
    private static void Add(MergedTree tree, int index, string[] entries, params string[] whiteouts)
    {
        var layer = new ScannedLayer(tree) { Index = index, Blob = Nua.Oci.Descriptor.Of(Nua.Oci.MediaTypes.LayerTar, []) };
        foreach (var entry in entries)
        {
            var target = entry.Split('=').Skip(1).FirstOrDefault();
            tree.Take(layer, new EntryData
            {
                Path = tree.Paths.Add(entry.Split('=')[0]),
                Kind = target is not null ? EntryKind.Link : entry.EndsWith('/') ? EntryKind.Directory : EntryKind.File,
                Target = target is null ? default : tree.Paths.Keep(target)!.Value,
                Layer = index,
            });
        }

        foreach (var mark in whiteouts)
        {
            tree.TakeWhiteout(layer, tree.Paths.Add(mark));
        }

        tree.Add(layer);
    }
}
