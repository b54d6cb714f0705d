using System.Text;
using Nua.Build.Sbom;
using Nua.Build.Wrap;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Build.Wrap;

/// <summary>What is learnt of an image by reading its layers.</summary>
public sealed class LayerFactsTests
{
    private const string Apk = """
        C:Q1abc=
        P:musl
        V:1.2.5-r0
        A:x86_64
        T:the musl c library
        L:MIT
        p:so:libc.musl-x86_64.so.1=1
        F:lib
        R:ld-musl-x86_64.so.1

        P:busybox
        V:1.36.1-r29
        A:x86_64
        L:GPL-2.0-only
        D:so:libc.musl-x86_64.so.1 !something musl>=1
        F:bin
        R:busybox

        """;

    [Fact]
    public void Packages_of_alpine_are_components()
    {
        var facts = Read(
            new RawTar().Entry("lib/apk/db/installed", content: Apk).Entry("bin/busybox").Entry("lib/ld-musl-x86_64.so.1")
                .Entry("etc/os-release", content: "ID=alpine\nVERSION_ID=3.20.1\n").ToArray());
        var parts = Parts(facts.ComponentsJson);
        Assert.Equal(
            ["pkg:apk/alpine/busybox@1.36.1-r29?arch=x86_64&distro=alpine-3.20.1", "pkg:apk/alpine/musl@1.2.5-r0?arch=x86_64&distro=alpine-3.20.1"],
            parts.Select(p => p.Purl));
        Assert.Equal([parts[1].BomRef], parts[0].DependsOn);
        Assert.Equal("MIT", Assert.Single(parts[1].Licenses).Text);
    }

    [Fact]
    public void Packages_of_every_language_are_components_wherever_they_lie()
    {
        var facts = Read(
            new RawTar()
                .Entry("opt/app/node_modules/left/package.json", content: """{"name":"left","version":"1.0.0"}""")
                .Entry("usr/lib/python3/site-packages/flat-2.0.egg-info", content: "Name: flat\nVersion: 2.0\n")
                .Entry("usr/lib/python3/site-packages/wheel_x-3.dist-info/METADATA", content: "Name: wheel-x\nVersion: 3\n")
                .Entry("srv/a.deps.json", content: """{"targets":{"t":{"Pack/1.0":{}}},"libraries":{"Pack/1.0":{"type":"package"}}}""")
                .ToArray());
        Assert.Equal(
            ["pkg:npm/left@1.0.0", "pkg:nuget/Pack@1.0", "pkg:pypi/flat@2.0", "pkg:pypi/wheel-x@3"],
            Parts(facts.ComponentsJson).Select(p => p.Purl));
    }

    [Fact]
    public void Removed_packages_are_none()
    {
        var facts = Read(
            new RawTar().Entry("app/node_modules/left/package.json", content: """{"name":"left","version":"1.0.0"}""").ToArray(),
            new RawTar().Entry("app/.wh.node_modules").ToArray());
        Assert.Empty(Parts(facts.ComponentsJson));
    }

    [Fact]
    public void Shell_accounts_and_a_nua_folder_are_seen()
    {
        var facts = Read(
            new RawTar().Entry("bin", '2', link: "usr/bin").Entry("usr/bin/sh", '2', link: "dash").Entry("usr/bin/dash").ToArray(),
            new RawTar().Entry("etc/passwd", content: "a:x:1:1").ToArray());
        Assert.True(facts.HasShell);
        Assert.False(facts.HasNua);
        Assert.Equal("a:x:1:1", Encoding.UTF8.GetString(facts.Passwd));

        var other = Read(new RawTar().Entry("nua", '2', link: "etc").Entry("bin/sh", '2', link: "nowhere").ToArray());
        Assert.False(other.HasShell);
        Assert.True(other.HasNua);
        Assert.Empty(other.Passwd);
    }

    [Fact]
    public void Paths_that_are_long_together_are_refused_before_they_take_all_memory()
    {
        var folder = string.Concat(Enumerable.Repeat(new string('y', 250) + "/", 15));
        var tar = new RawTar();
        for (var i = 0; i < 14_000; i++)
        {
            tar.Entry(folder + i, Array.Empty<byte>());
        }

        var error = Assert.Throws<ProblemException>(() => Read(tar.ToArray()));
        Assert.Equal("NUA2218", error.Problems[0].Code);
    }

    private static IReadOnlyList<Component> Parts(string json) => CycloneDxReader.Read(Encoding.UTF8.GetBytes(json)).Parts;

    private static Nua.Build.Roots.RootFacts Read(params byte[][] tars)
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.Publish(store, "base:1", LayerCompression.Gzip, tars);
        return LayerFacts.Read(store.OpenImage("base:1"), CancellationToken.None);
    }
}
