using System.Text;
using System.Text.Json;
using Nua.Attest.Provenance;

namespace Nua.Tests.Attest;

public sealed class ProvenanceTests
{
    private const string Build = """
        {"schema":1,"tool":{"name":"nua","version":"0.1.0"},"compat":1,
         "source":{"digest":"sha256:aa","kind":"git","address":"https://git.example/notes","sha256":null,"commit":"c0ffee"},
         "base":{"name":"debian:trixie","digest":"sha256:6c2a31204a692aeff8a8882a56a52740e2ebe7a43733fd6ad94079b1a2578c89"},
         "packages":[{"name":"libc6","version":"1:2.41+b1","architecture":"amd64","sha256":"967a","scope":"base"}],
         "toolchains":[{"name":"node","version":"22.1.0","integrity":"sha512-AAEC","in_image":true},{"name":"dotnet-sdk","version":"10.0.100","integrity":null}],
         "plan":{"schema":1,"phases":[]},"epoch":1735689600,"layers":[],"stray":[]}
        """;

    private const string Config = """{"schema":1,"metadata":{"id":"notes"},"lifecycle":{},"runtime":{},"env":{"A":"b"}}""";

    [Fact]
    public void Provenance_has_what_level_1_asks_for()
    {
        var predicate = Make(new BuilderIdentity(BuilderIdentity.LocalId));
        var definition = predicate.GetProperty("buildDefinition");
        Assert.Equal(SlsaProvenance.BuildType, definition.GetProperty("buildType").GetString());
        Assert.Equal(
            """{"source":{"kind":"git","address":"https://git.example/notes","commit":"c0ffee","digest":"sha256:aa"},"config":{"env":{"A":"b"},"metadata":{"id":"notes"}},"plan":{"schema":1,"phases":[]},"epoch":1735689600}""",
            definition.GetProperty("externalParameters").GetRawText());
        Assert.Equal("urn:nua:builder:local", predicate.GetProperty("runDetails").GetProperty("builder").GetProperty("id").GetString());
        Assert.False(predicate.GetProperty("runDetails").TryGetProperty("metadata", out _));
    }

    [Fact]
    public void Every_dependency_has_its_digest() => Assert.Equal(
        [
            """{"name":"source","uri":"https://git.example/notes","digest":{"gitCommit":"c0ffee","nuaTreeV1":"aa"}}""",
            """{"name":"debian:trixie","digest":{"sha256":"6c2a31204a692aeff8a8882a56a52740e2ebe7a43733fd6ad94079b1a2578c89"}}""",
            """{"name":"libc6","uri":"pkg:deb/debian/libc6@1:2.41%2Bb1?arch=amd64","digest":{"sha256":"967a"}}""",
            """{"name":"node","uri":"pkg:generic/node@22.1.0","digest":{"sha512":"000102"}}""",
            """{"name":"dotnet-sdk","uri":"pkg:generic/dotnet-sdk@10.0.100"}""",
        ],
        Make(new BuilderIdentity(BuilderIdentity.LocalId)).GetProperty("buildDefinition").GetProperty("resolvedDependencies").EnumerateArray()
            .Select(dependency => dependency.GetRawText()));

    [Fact]
    public void Builder_and_times_are_as_given()
    {
        var start = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2));
        var details = Make(new BuilderIdentity("https://ci.example/1") { StartedOn = start, FinishedOn = start.AddMinutes(1) }).GetProperty("runDetails");
        Assert.Equal(
            """{"builder":{"id":"https://ci.example/1","version":{"nua":"0.1.0"}},"metadata":{"startedOn":"2026-01-02T01:04:05Z","finishedOn":"2026-01-02T01:05:05Z"}}""",
            details.GetRawText());
    }

    private static JsonElement Make(BuilderIdentity builder)
    {
        using var record = BuildRecord.Parse(Encoding.UTF8.GetBytes(Build), Encoding.UTF8.GetBytes(Config), "test");
        return JsonDocument.Parse(SlsaProvenance.Predicate(record, builder)).RootElement;
    }
}
