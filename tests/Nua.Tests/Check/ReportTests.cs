using System.Text;
using System.Text.Json;
using Nua.Check;
using Nua.Check.Reports;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Check;

public sealed class ReportTests
{
    private static readonly CheckReport _report = new(
        "sha256:1234", IsNuaImage: true,
        [
            new Finding("NUA-S02", Severity.Error, "the interpreter /usr/bin/ruby is not in the image")
            {
                Layer = "sha256:" + new string('a', 64), Place = "/nua/scripts/sta rt", Remedy = "add the package",
            },
            new Finding("NUA-S02", Severity.Error, "another") { Remedy = "add the package" },
            new Finding("OCI-26", Severity.Note, "1 program") { Remedy = "remove it" },
        ],
        RulesAsked: 96);

    [Fact]
    public void Text_has_one_line_for_each_finding_and_one_remedy_for_each_rule()
    {
        Assert.Equal(
            """
            error NUA-S02 /nua/scripts/sta rt (layer sha256:aaaaaaaaaaaa): the interpreter /usr/bin/ruby is not in the image
            error NUA-S02: another
              fix: add the package
            note OCI-26: 1 program
              fix: remove it
            N0: the Nua image specification is not kept: 2 errors, 0 warnings, 1 note; 96 rules

            """,
            TextReport.Write(_report));
    }

    [Fact]
    public void Json_has_the_documented_members()
    {
        var json = Json(writer => JsonReport.Write(_report, writer));

        Assert.Equal(1, json.GetProperty("schema").GetInt32());
        Assert.Equal("N0", json.GetProperty("level").GetString());
        Assert.Equal(2, json.GetProperty("errors").GetInt32());
        var finding = json.GetProperty("findings")[0];
        Assert.Equal(
            ["rule", "severity", "layer", "place", "what", "remedy"], finding.EnumerateObject()
            .Select(member => member.Name));
        Assert.Equal(JsonValueKind.Null, json.GetProperty("findings")[1].GetProperty("place").ValueKind);
    }

    [Fact]
    public void Sarif_refers_to_its_rules_and_has_valid_addresses()
    {
        var json = Json(writer => SarifReport.Write(_report, "nua-notes:1.0", "0.1.0", writer));

        Assert.Equal("2.1.0", json.GetProperty("version").GetString());
        var run = json.GetProperty("runs")[0];
        var rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.Equal(2, rules.GetArrayLength());
        foreach (var result in run.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(
                result.GetProperty("ruleId").GetString(),
                rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
            Assert.Contains(result.GetProperty("level").GetString(), (string[])["error", "warning", "note", "none"]);
            Assert.True(result.GetProperty("message").GetProperty("text").GetString()!.Length > 0);
        }

        var uri = run.GetProperty("results")[0].GetProperty("locations")[0]
            .GetProperty("physicalLocation").GetProperty("artifactLocation").GetProperty("uri").GetString();
        Assert.Equal("nua/scripts/sta%20rt", uri);
    }

    [Fact]
    public void Names_from_the_image_are_printed_safely()
    {
        var image = new GoodImage().File(GoodImage.Application, "nua/app/\u001b[31m\n.log", "x");
        var (blobs, manifest) = image.Make();

        var text = TextReport.Write(ImageChecker.Check(blobs, manifest));

        Assert.Contains("/nua/app/\\x1b[31m\\n.log", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', text);
    }

    internal static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(buffer.ToArray())).RootElement;
    }
}
