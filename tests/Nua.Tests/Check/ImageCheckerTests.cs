using System.Diagnostics;
using Nua.Check;
using Nua.Check.Reports;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Xunit;

namespace Nua.Tests.Check;

public sealed class ImageCheckerTests
{
    public static TheoryData<string> Cases => [.. BrokenImage.All.Select(broken => broken.ToString())];

    private static CheckReport Check(GoodImage image, CheckOptions? options = null)
    {
        var (blobs, manifest) = image.Make();
        return ImageChecker.Check(blobs, manifest, options);
    }

    [Fact]
    public void Good_image_has_no_findings()
    {
        var report = Check(new GoodImage());

        Assert.Equal([], report.Findings.Select(TextReport.Line));
        Assert.Equal("N1-static", report.Level);
        Assert.Equal(0, report.ExitCode);
        Assert.Equal(RuleCatalogue.All.Count, report.RulesAsked);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rule_is_found_broken_and_no_other(string name)
    {
        var broken = BrokenImage.All.Single(b => b.ToString() == name);
        var image = new GoodImage();
        broken.Break(image);

        var report = Check(image);

        var expected = new[] { broken.Rule }.Concat(broken.Also).Order(StringComparer.Ordinal);
        var found = report.Findings.Select(finding => finding.RuleId).Distinct().Order(StringComparer.Ordinal).ToList();
        Assert.True(expected.SequenceEqual(found),
            $"expected {string.Join(' ', expected)}, found:\n{TextReport.Write(report)}");
        Assert.All(report.Findings, finding =>
            Assert.DoesNotContain(BrokenSecrets.Canary, TextReport.Line(finding), StringComparison.Ordinal));
    }

    [Fact]
    public void Library_of_another_system_that_a_package_brings_along_is_not_looked_at()
    {
        var library = ElfMaker.Library("libc++.so.1");
        library[7] = 9;
        Assert.Empty(Check(new GoodImage().Change("nua/app/native.so", e => e, library)).Findings);
    }

    [Fact]
    public void Every_rule_has_a_case_that_breaks_it()
    {
        var broken = BrokenImage.All.Select(b => b.Rule).ToHashSet();
        broken.Add("OCI-29");   // Checker_stops_at_its_limits

        Assert.Equal([], RuleCatalogue.All.Select(rule => rule.Id).Where(id => !broken.Contains(id)));
        Assert.Equal([], broken.Where(id => RuleCatalogue.All.All(rule => rule.Id != id)));
    }

    [Theory]
    [InlineData("entries")]
    [InlineData("bytes")]
    [InlineData("document")]
    [InlineData("file list")]
    [InlineData("names")]
    [InlineData("depth")]
    public void Checker_stops_at_its_limits(string limit)
    {
        var options = limit switch
        {
            "entries" => new CheckOptions { MostEntries = 10 },
            "bytes" => new CheckOptions { MostBytes = 4096 },
            "file list" => new CheckOptions { MostFileListBytes = 100 },
            "names" => new CheckOptions { MostNameCharacters = 500 },
            "depth" => new CheckOptions { MostEntries = 2000 },
            _ => new CheckOptions { MostDocumentBytes = 100 },
        };
        var image = new GoodImage();
        if (limit == "depth")
        {
            image.File(GoodImage.Application, string.Join('/', Enumerable.Repeat("d", 2000)), "x");
        }

        var report = Check(image, options);

        Assert.Contains(report.Findings, finding => finding.RuleId == "OCI-29");
        Assert.Equal("N0", report.Level);
    }

    [Theory]
    [InlineData(LayerCompression.Gzip)]
    [InlineData(LayerCompression.Zstd)]
    public void Compressed_layers_are_read_the_same(LayerCompression compression) =>
        Assert.Empty(Check(new GoodImage { Compression = compression }).Findings);

    [Theory]
    [InlineData("\n")]
    [InlineData("PASSWORD")]
    [InlineData("-----BEGIN PRIVATE KEY-----\na: b c: d ")]
    [InlineData("https://a:b")]
    public void Hostile_text_takes_no_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, (1 << 20) / piece.Length));
        var image = new GoodImage().File(GoodImage.Application, "nua/app/.env", text)
            .File(GoodImage.Application, "nua/app/.git-credentials", text)
            .File(GoodImage.Application, "nua/app/.pypirc", text);
        var watch = Stopwatch.StartNew();

        Check(image);

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Image_of_others_is_told_apart_without_noise()
    {
        var image = new GoodImage();
        foreach (var path in (string[])["nua", "run"])
        {
            image.Remove(path);
        }

        foreach (var document in (string[])["build.json", "files.json", "nua-config.json", "sbom.json"])
        {
            image.Without.Add(document);
        }

        BrokenConfigurations.Run(image)["Entrypoint"] = BrokenMetadata.Json("""["/usr/bin/python3"]""");

        var report = Check(image);

        Assert.False(report.IsNuaImage);
        Assert.Equal(["NUA-L01"], report.Findings.Select(finding => finding.RuleId));
        Assert.StartsWith("N0: not a Nua image", TextReport.Summary(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Warnings_are_errors_when_strict()
    {
        var image = new GoodImage().File(GoodImage.Application, "nua/app/debug.log", "started\n");

        Assert.Equal(0, Check(image).ExitCode);
        var strict = Check(image, new CheckOptions { IsStrict = true });

        Assert.Equal(Severity.Error, Assert.Single(strict.Findings).Severity);
        Assert.Equal(1, strict.ExitCode);
    }

    [Fact]
    public void Findings_of_one_rule_are_counted_beyond_the_limit()
    {
        var image = new GoodImage();
        for (var i = 0; i < 30; i++)
        {
            image.File(GoodImage.Application, $"nua/app/{i:d2}.log", "started\n");
        }

        var report = Check(image, new CheckOptions { MostFindingsPerRule = 5 });

        Assert.Equal(6, report.Findings.Count);
        Assert.Equal("and 25 more", report.Findings[^1].What);
    }

    [Fact]
    public void Packages_own_their_test_keys()
    {
        var key = "-----BEGIN PRIVATE " + "KEY-----\n" + BrokenSecrets.Canary + "\n";
        var image = new GoodImage().File(GoodImage.Dependencies, "nua/app/node_modules/left-pad/test.pem", key)
            .Change("usr/bin/dash", entry => entry with { Mode = 0x1ED }, System.Text.Encoding.ASCII.GetBytes(key));

        Assert.DoesNotContain(Check(image).Findings, finding => finding.RuleId == "NUA-X01");
    }

    [Fact]
    public void Verbs_may_be_links_to_the_agent_in_an_image_without_a_shell()
    {
        var image = new GoodImage().Remove("usr/bin").Remove("bin").Remove("var/lib/dpkg/info/dash.list");
        foreach (var verb in (string[])["start", "stop", "restart", "healthcheck", "upgrade", "rollback", "backup",
            "restore"])
        {
            image.Remove("nua/scripts/" + verb).Link(GoodImage.Top, "nua/scripts/" + verb, "../bin/nua-agent");
        }

        image.Remove("nua/venv/bin/python3");
        image.NuaConfig["runtime"]!["start"]!["static_root"] = "/nua/app";

        Assert.Equal([], Check(image).Findings.Select(TextReport.Line));
    }

    [Fact]
    public void Packagers_single_program_is_its_own_backup_and_restore()
    {
        var image = new GoodImage().File(GoodImage.Top, "nua/scripts/nua", "#!/bin/sh\nexit 3\n", 0x1ED);
        foreach (var verb in (string[])["start", "stop", "restart", "healthcheck", "upgrade", "rollback", "backup",
            "restore"])
        {
            image.Rewrite("nua/scripts/" + verb, $"#!/bin/sh\nexec /nua/scripts/nua {verb} \"$@\"\n");
        }

        Assert.Equal([], Check(image).Findings.Select(TextReport.Line));
    }

    [Fact]
    public void Damaged_images_never_crash_the_checker()
    {
        var random = new Random(20261123);
        for (var round = 0; round < 400; round++)
        {
            var (blobs, manifest) = new GoodImage().Make();
            var parsed = ImageManifest.Parse(blobs.Get(manifest.Digest), "manifest");
            Descriptor[] all = [manifest, parsed.Config, .. parsed.Layers];
            var victim = all[random.Next(all.Length)];
            var content = blobs.Get(victim.Digest).ToArray();
            for (var flips = random.Next(1, 20); flips > 0; flips--)
            {
                content[random.Next(content.Length)] = (byte)random.Next(256);
            }

            // Under its true digest, so that what is parsed is the damaged text.
            if (victim == manifest)
            {
                manifest = blobs.Add(MediaTypes.Manifest, content);
            }
            else
            {
                var text = System.Text.Encoding.UTF8.GetString(blobs.Get(manifest.Digest))
                    .Replace(victim.Digest.ToString(), blobs.Add(victim.MediaType, content).Digest.ToString());
                manifest = blobs.Add(MediaTypes.Manifest, System.Text.Encoding.UTF8.GetBytes(text));
            }

            Assert.NotNull(ImageChecker.Check(blobs, manifest));
        }
    }
}
