using System.Text.Json.Nodes;
using Nua.Check.Inspecting;
using Nua.Check.Scanning;
using Nua.Oci;
using Xunit;

namespace Nua.Tests.Check;

public sealed class ImageInspectorTests
{
    private static ImageInspection Inspect(GoodImage image)
    {
        var (blobs, manifest) = image.Make();
        return ImageInspector.Inspect(Image.Load(blobs, manifest));
    }

    [Fact]
    public void Inspection_tells_layers_verbs_start_and_components()
    {
        var inspection = Inspect(new GoodImage());

        Assert.Equal(["base", "runtime", "dependencies", "application", "nua: metadata"],
            inspection.Layers.Select(l => l.Purpose));
        Assert.All(inspection.Verbs, verb => Assert.Equal(VerbOrigin.Generated, verb.Origin));
        Assert.Equal(["python3", "/nua/app/app.py"], inspection.Start);
        Assert.Equal(["8080/tcp", "9090/udp"], inspection.Ports);
        Assert.Equal(["deb", "npm", "nuget", "pypi"], inspection.Components.Keys);
        Assert.Contains(inspection.Tree, file =>
            file is { Path: "/nua/data", Type: "directory", Mode: "0770", Uid: 10001 });
        Assert.Empty(inspection.Problems);
    }

    [Fact]
    public void Files_of_packages_and_components_are_attributed()
    {
        var unattributed = Inspect(new GoodImage()).Unattributed;

        Assert.Contains("/usr/bin/env", unattributed);
        Assert.DoesNotContain("/usr/bin/dash", unattributed);
        Assert.DoesNotContain("/nua/app/app.py", unattributed);
        Assert.DoesNotContain("/nua/metadata/sbom.json", unattributed);
    }

    [Fact]
    public void Origin_of_each_verb_is_told()
    {
        var image = new GoodImage().Rewrite("nua/scripts/backup", "#!/bin/sh\nexit 0\n").Remove("nua/scripts/stop")
            .Remove("nua/scripts/restart")
            .Link(GoodImage.Top, "nua/scripts/stop", "/nua/bin/nua-agent");

        var origins = Inspect(image).Verbs.ToDictionary(verb => verb.Name, verb => verb.Origin);

        Assert.Equal(VerbOrigin.Packager, origins["backup"]);
        Assert.Equal(VerbOrigin.Agent, origins["stop"]);
        Assert.Equal(VerbOrigin.Missing, origins["restart"]);
        Assert.Equal(VerbOrigin.Generated, origins["start"]);
    }

    [Fact]
    public void Layer_that_cannot_be_read_is_told()
    {
        var image = new GoodImage { EditBlobs = (blobs, layers) => blobs.Remove(layers[2].Digest) };

        Assert.Contains("is missing", Assert.Single(Inspect(image).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Text_and_json_say_the_same()
    {
        var inspection = Inspect(new GoodImage());

        var text = InspectionText.Write(inspection);
        var json = ReportTests.Json(writer => InspectionJson.Write(inspection, writer));

        Assert.Contains("application  notes 1.0", text, StringComparison.Ordinal);
        Assert.Contains("start        python3 /nua/app/app.py", text, StringComparison.Ordinal);
        Assert.Contains("components   1 deb, 1 npm, 1 nuget, 1 pypi", text, StringComparison.Ordinal);
        Assert.Equal("notes", json.GetProperty("app").GetProperty("id").GetString());
        Assert.Equal(2, json.GetProperty("lifecycle").GetProperty("data_version").GetInt32());
        Assert.Equal(json.GetProperty("unattributed").GetProperty("count").GetInt32(),
            json.GetProperty("unattributed").GetProperty("files").GetArrayLength());
    }

    [Fact]
    public void Image_of_others_is_told_too()
    {
        var image = new GoodImage().Remove("nua");
        image.Without.UnionWith(["build.json", "files.json", "nua-config.json", "sbom.json"]);
        image.Config["config"]!["Entrypoint"] = JsonNode.Parse("""["/usr/bin/env", "a b"]""");

        var text = InspectionText.Write(Inspect(image));

        Assert.Contains("none: not a Nua image", text, StringComparison.Ordinal);
        Assert.Contains("/usr/bin/env 'a b'", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(999, "999 B")]
    [InlineData(1000, "1.0 kB")]
    [InlineData(999_999, "1.0 MB")]
    [InlineData(-2_500_000, "-2.5 MB")]
    public void Sizes_are_readable(long bytes, string expected) => Assert.Equal(expected, InspectionText.Bytes(bytes));
}
