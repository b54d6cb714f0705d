using System.Text;
using System.Text.Json;
using Nua.Build.Sbom;
using Nua.Foundation;
using Nua.Tests.Build.Sources;
using Xunit;

namespace Nua.Tests.Build.Sbom;

public sealed class SbomWriterTests : IDisposable
{
    private readonly TempFolder _root = new();
    private readonly ComponentInventory _inventory;

    public SbomWriterTests()
    {
        SampleImage.Write(_root);
        _inventory = ComponentFinder.Find(new DiskTree(_root.Path), SampleImage.Facts(_root));

        // For tests/Nua.Tests/Build/Sbom/validate-cyclonedx.mjs.
        if (Environment.GetEnvironmentVariable("NUA_TEST_SBOM_OUT") is { Length: > 0 } path)
        {
            File.WriteAllBytes(path, CycloneDxWriter.Write(_inventory, 1_700_000_000, "0.1.0"));
        }
    }

    public void Dispose() => _root.Dispose();

    private JsonElement CycloneDx() => JsonDocument.Parse(CycloneDxWriter.Write(_inventory, 1_700_000_000, "0.1.0")).RootElement;

    private JsonElement Spdx() => JsonDocument.Parse(SpdxWriter.Write(_inventory, 1_700_000_000, "0.1.0")).RootElement;

    [Fact]
    public void CycloneDx_names_its_version_time_tool_and_application()
    {
        var root = CycloneDx();
        Assert.Equal("1.6", root.GetProperty("specVersion").GetString());
        Assert.False(root.TryGetProperty("serialNumber", out _));
        var metadata = root.GetProperty("metadata");
        Assert.Equal("2023-11-14T22:13:20Z", metadata.GetProperty("timestamp").GetString());
        Assert.Equal("notes", metadata.GetProperty("component").GetProperty("name").GetString());
        Assert.Equal("nua", metadata.GetProperty("tools").GetProperty("components")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void CycloneDx_dependencies_name_every_component_once_and_nothing_else()
    {
        var root = CycloneDx();
        var known = root.GetProperty("components").EnumerateArray().Select(c => c.GetProperty("bom-ref").GetString())
            .Append("pkg:generic/notes@1.0").ToHashSet();
        var graph = root.GetProperty("dependencies").EnumerateArray().ToList();
        Assert.Equal(known.Count, graph.Count);
        Assert.Equal(known, graph.Select(d => d.GetProperty("ref").GetString()).ToHashSet());
        Assert.All(
            graph.Where(d => d.TryGetProperty("dependsOn", out _)).SelectMany(d => d.GetProperty("dependsOn").EnumerateArray()),
            d => Assert.Contains(d.GetString(), known));
    }

    [Fact]
    public void CycloneDx_licences_are_one_expression_or_a_list_never_both()
    {
        foreach (var component in CycloneDx().GetProperty("components").EnumerateArray())
        {
            if (component.TryGetProperty("licenses", out var licenses))
            {
                var hasExpression = licenses.EnumerateArray().Any(l => l.TryGetProperty("expression", out _));
                Assert.True(!hasExpression || licenses.GetArrayLength() == 1);
            }
        }
    }

    [Fact]
    public void CycloneDx_says_the_layer()
    {
        var express = CycloneDx().GetProperty("components").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "express");
        var properties = express.GetProperty("properties").EnumerateArray()
            .Select(p => $"{p.GetProperty("name").GetString()}={p.GetProperty("value").GetString()}");
        Assert.Equal(["io.nua:layer=dependencies", "io.nua:path=/nua/app/node_modules/express"], properties);
    }

    [Fact]
    public void Same_inventory_gives_the_same_bytes()
    {
        var again = ComponentFinder.Find(new DiskTree(_root.Path), SampleImage.Facts(_root));
        Assert.Equal(CycloneDxWriter.Write(_inventory, 5, "1"), CycloneDxWriter.Write(again, 5, "1"));
        Assert.Equal(SpdxWriter.Write(_inventory, 5, "1"), SpdxWriter.Write(again, 5, "1"));
        Assert.NotEqual(SpdxWriter.Write(_inventory, 5, "1"), SpdxWriter.Write(again, 6, "1"));
    }

    [Fact]
    public void What_was_written_reads_back_as_the_same_document()
    {
        var bytes = CycloneDxWriter.Write(_inventory, 5, "1");
        Assert.Equal(bytes, CycloneDxWriter.Write(CycloneDxReader.Read(bytes), 5, "1"));
        Assert.Equal(SpdxWriter.Write(_inventory, 5, "1"), SpdxWriter.Write(CycloneDxReader.Read(bytes), 5, "1"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"bomFormat":"SPDX"}""")]
    [InlineData("""{"bomFormat":"CycloneDX","metadata":{"component":[]}}""")]
    public void Other_documents_are_refused(string text) => Assert.Equal(
        "NUA2140", Assert.Throws<ProblemException>(() => CycloneDxReader.Read(Encoding.UTF8.GetBytes(text))).Problems[0].Code);

    [Fact]
    public void Names_that_are_not_utf8_do_not_break_the_document()
    {
        var odd = _inventory.App with { Name = "a\udc80b", Folders = ["nua/\udcff/"], Licenses = [new License(LicenseForm.Name, "\ud800")] };
        using var document = JsonDocument.Parse(CycloneDxWriter.Write(new ComponentInventory(odd, []), 0, "1"));
        Assert.Equal("a\ufffdb", document.RootElement.GetProperty("metadata").GetProperty("component").GetProperty("name").GetString());
        JsonDocument.Parse(SpdxWriter.Write(new ComponentInventory(odd, []), 0, "1")).Dispose();
    }

    [Fact]
    public void Spdx_describes_the_application_and_refers_only_to_what_is_there()
    {
        var root = Spdx();
        Assert.Equal("SPDX-2.3", root.GetProperty("spdxVersion").GetString());
        Assert.Equal("CC0-1.0", root.GetProperty("dataLicense").GetString());
        Assert.StartsWith("urn:nua:sbom:", root.GetProperty("documentNamespace").GetString());
        var ids = root.GetProperty("packages").EnumerateArray().Select(p => p.GetProperty("SPDXID").GetString()!).ToList();
        Assert.Equal(_inventory.Parts.Count + 1, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Matches("^SPDXRef-[A-Za-z0-9.-]+$", id));
        var relations = root.GetProperty("relationships").EnumerateArray().ToList();
        Assert.Equal(ids[0], relations[0].GetProperty("relatedSpdxElement").GetString());
        Assert.All(relations, r => Assert.Contains(r.GetProperty("relatedSpdxElement").GetString()!, ids));
    }

    [Fact]
    public void Spdx_explains_licences_that_have_no_identifier()
    {
        var root = Spdx();
        var tool = root.GetProperty("packages").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "@scope/tool");
        var declared = tool.GetProperty("licenseDeclared").GetString()!;
        Assert.StartsWith("LicenseRef-SEE-LICENSE-IN-X-", declared);
        var explained = root.GetProperty("hasExtractedLicensingInfos").EnumerateArray().Select(l => l.GetProperty("licenseId").GetString());
        Assert.Contains(declared, explained);
        var ssl = root.GetProperty("packages").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "libssl3");
        Assert.Equal("Apache-2.0 AND (GPL-2.0-or-later OR MIT)", ssl.GetProperty("licenseDeclared").GetString());
    }
}
