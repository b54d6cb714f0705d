using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Json;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Oci;

public sealed class DocumentTests
{
    private const string Hex = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";

    private const string Manifest = $$$"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
        "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{{Hex}}}","size":2},
        "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:{{{Hex}}}","size":2,"annotations":{"a":"b"}}],
        "annotations":{"x":"y"}}
        """;

    private const string Index = $$$"""
        {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:{{{Hex}}}","size":2,
        "platform":{"os":"linux","architecture":"arm64","variant":"v8"}}]}
        """;

    private const string Config = $$$"""
        {"created":"2020-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"User":"1:2","ExposedPorts":{"80/tcp":{}},"Env":["A=1","B=2"],
        "Entrypoint":["/e"],"Cmd":["c"],"Volumes":null,"WorkingDir":"/w","Labels":{"l":"v"},"StopSignal":"SIGTERM","Shell":["/bin/sh"],
        "Healthcheck":{"Test":["CMD","x"],"Interval":10000000000,"Retries":3}},
        "rootfs":{"type":"layers","diff_ids":["sha256:{{{Hex}}}"]},"history":[{"created_by":"x"},{"empty_layer":true}],"moby.custom":[1,{"z":null}]}
        """;

    [Theory]
    [InlineData("sha256:" + Hex, true)]
    [InlineData("sha512:" + Hex + Hex, true)]
    [InlineData("future+x.y:AbC-_=9", true)]
    [InlineData("sha256:../../etc/x", false)]
    [InlineData("sha256:44136FA355B3678A1146AD16F7E8649E94FB4FC21FE77E8310C060F61CAAFF8A", false)]
    [InlineData("sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8", false)]
    [InlineData("sha512:" + Hex, false)]
    [InlineData("md5:d41d8cd98f00b204e9800998ecf8427e", false)]
    [InlineData("sha256:", false)]
    [InlineData(":abc", false)]
    [InlineData("sha256", false)]
    [InlineData("Sha256:" + Hex, false)]
    [InlineData("sha256:" + Hex + "\n", false)]
    [InlineData("a..b:c", false)]
    [InlineData("x:a/b", false)]
    [InlineData("x:a.b", false)]
    [InlineData("", false)]
    public void Digest_grammar(string text, bool isDigest)
    {
        Assert.Equal(isDigest, Digest.TryParse(text, out var digest));
        Assert.True(!isDigest || digest.ToString() == text);
    }

    [Fact]
    public void Documents_are_read_and_written_again()
    {
        var manifest = ImageManifest.Parse(Encoding.UTF8.GetBytes(Manifest), "m");
        Assert.Equal(manifest.ToBytes(), ImageManifest.Parse(manifest.ToBytes(), "m").ToBytes());
        Assert.Equal("b", manifest.Layers[0].Annotations["a"]);
        var index = ImageIndex.Parse(Encoding.UTF8.GetBytes(Index), "i");
        Assert.Equal("linux/arm64/v8", index.Manifests[0].Platform!.ToString());
        Assert.Equal(index.ToBytes(), ImageIndex.Parse(index.ToBytes(), "i").ToBytes());
    }

    [Fact]
    public void A_config_keeps_what_it_does_not_know()
    {
        var config = ImageConfig.Parse(Encoding.UTF8.GetBytes(Config), "c");
        Assert.Equal("2", config.Run.Variable("B"));
        Assert.Equal(TimeSpan.FromSeconds(10), config.Run.HealthCheck!.Interval);
        var again = ImageConfig.Parse(config.ToBytes(), "c");
        Assert.Equal(config.ToBytes(), again.ToBytes());
        Assert.Equal("""[1,{"z":null}]""", again.Unknown["moby.custom"]);
        Assert.Equal("""["/bin/sh"]""", again.Run.Unknown["Shell"]);
        var expected = JsonNode.Parse(Config)!;
        ((JsonObject)expected["config"]!).Remove("Volumes");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(config.ToBytes())));
    }

    public static TheoryData<string, string, string> Refused => new()
    {
        { "NUA3002", "mark", "\ufeff" + Manifest },
        { "NUA3002", "trailing", Manifest + "x" },
        { "NUA3002", "second document", Manifest + Manifest },
        { "NUA3002", "comment", Manifest.Replace("{\"a\"", "/*c*/{\"a\"", StringComparison.Ordinal) },
        { "NUA3002", "trailing comma", Manifest.Replace("\"x\":\"y\"", "\"x\":\"y\",", StringComparison.Ordinal) },
        { "NUA3002", "NaN", Manifest.Replace("\"size\":2", "\"size\":NaN", StringComparison.Ordinal) },
        { "NUA3002", "surrogate", Manifest.Replace("\"y\"", "\"\\ud800\"", StringComparison.Ordinal) },
        { "NUA3002", "deep", string.Concat(Enumerable.Repeat("[", 10_000)) },
        { "NUA3002", "nothing", "" },
        { "NUA3003", "layers twice", Manifest.Replace("\"annotations\":{\"x\"", "\"layers\":[],\"annotations\":{\"x\"", StringComparison.Ordinal) },
        { "NUA3003", "annotation twice", Manifest.Replace("\"x\":\"y\"", "\"x\":\"y\",\"x\":\"z\"", StringComparison.Ordinal) },
        { "NUA3003", "escaped twice", Manifest.Replace("\"x\":\"y\"", "\"x\":\"y\",\"\\u0078\":\"z\"", StringComparison.Ordinal) },
        { "NUA3003", "Layers", Manifest.Replace("\"annotations\":{\"x\"", "\"Layers\":[],\"annotations\":{\"x\"", StringComparison.Ordinal) },
        { "NUA3003", "long s", Manifest.Replace("\"annotations\":{\"x\"", "\"layer\u017f\":[],\"annotations\":{\"x\"", StringComparison.Ordinal) },
        { "NUA3003", "DIGEST", Manifest.Replace("\"digest\"", "\"DIGEST\":1,\"digest\"", StringComparison.Ordinal) },
        { "NUA3004", "array", "[]" },
        { "NUA3004", "version 1", Manifest.Replace("\"schemaVersion\":2", "\"schemaVersion\":1", StringComparison.Ordinal) },
        { "NUA3004", "negative size", Manifest.Replace("\"size\":2", "\"size\":-1", StringComparison.Ordinal) },
        { "NUA3004", "fraction", Manifest.Replace("\"size\":2", "\"size\":2.5", StringComparison.Ordinal) },
        { "NUA3004", "huge size", Manifest.Replace("\"size\":2", "\"size\":99999999999999999999", StringComparison.Ordinal) },
        { "NUA3004", "media type", Manifest.Replace("image.layer.v1.tar+gzip", "image layer", StringComparison.Ordinal) },
        { "NUA3004", "no layers", Manifest.Replace("\"layers\"", "\"other\"", StringComparison.Ordinal) },
        { "NUA3004", "layers null", "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"digest\":\"sha256:" + Hex + "\",\"size\":0},\"layers\":null}" },
        { "NUA3004", "layers of numbers", "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"a/b\",\"digest\":\"sha256:" + Hex + "\",\"size\":0},\"layers\":[1]}" },
        { "NUA3005", "path digest", Manifest.Replace("sha256:" + Hex, "sha256:../../etc/passwd", StringComparison.Ordinal) },
        { "NUA3007", "index too", Manifest.Replace("\"annotations\":{\"x\"", "\"manifests\":[],\"annotations\":{\"x\"", StringComparison.Ordinal) },
        { "NUA3007", "lie", Manifest.Replace("image.manifest.v1", "image.index.v1", StringComparison.Ordinal) },
        { "NUA3013", "wrong data", Manifest.Replace("\"size\":2,\"annotations\"", "\"size\":2,\"data\":\"QUI=\",\"annotations\"", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Manifest_is_refused(string code, string name, string text)
    {
        _ = name;
        Assert.Equal(code, CompressionTests.CodeOf(() => ImageManifest.Parse(Encoding.UTF8.GetBytes(text), "test")));
    }

    [Fact]
    public void Embedded_data_that_fits_is_accepted()
    {
        var text = Manifest.Replace("\"size\":2,\"annotations\"", "\"size\":2,\"data\":\"e30=\",\"annotations\"", StringComparison.Ordinal);
        Assert.Equal("{}"u8.ToArray(), ImageManifest.Parse(Encoding.UTF8.GetBytes(text), "test").Layers[0].Data!.Value.ToArray());
    }

    [Fact]
    public void A_document_over_four_mebibytes_is_refused() => Assert.Equal(
        "NUA3001", CompressionTests.CodeOf(() => ImageManifest.Parse(new byte[StrictJson.MaxBytes + 1], "test")));

    [Fact]
    public void Invalid_utf8_is_refused() => Assert.Equal("NUA3002", CompressionTests.CodeOf(
        () => ImageManifest.Parse(Encoding.Latin1.GetBytes(Manifest.Replace("\"y\"", "\"\xff\"", StringComparison.Ordinal)), "test")));

    [Fact]
    public void Mutated_documents_never_do_worse_than_a_typed_error()
    {
        string[] values = ["null", "1", "-1", "\"\"", "[]", "{}", "true", "[null]", "{\"a\":null}", "1e400"];
        foreach (var (text, parse) in ((string, Action<byte[]>)[])
            [
                (Manifest, bytes => ImageManifest.Parse(bytes, "m")), (Index, bytes => ImageIndex.Parse(bytes, "i")),
                (Config, bytes => ImageConfig.Parse(bytes, "c").ToBytes()),
            ])
        {
            foreach (var (start, length) in Values(text))
            {
                foreach (var value in values)
                {
                    try
                    {
                        parse(Encoding.UTF8.GetBytes(text[..start] + value + text[(start + length)..]));
                    }
                    catch (ProblemException)
                    {
                        // The typed error.
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData("localhost/a")]
    [InlineData("localhost:5000/a/b:1.0")]
    [InlineData("registry.example.org/team/notes:1.0@sha256:" + Hex)]
    [InlineData("[::1]:5000/a")]
    [InlineData("127.0.0.1:80/a_b/c--d/e__f.g")]
    [InlineData("h.x/a:sha256-abc")]
    public void Reference_is_the_same_after_a_round_trip(string text) => Assert.Equal(text, ImageReference.Parse(text).ToString());

    [Theory]
    [InlineData("notes:1.0")]
    [InlineData("team/notes")]
    [InlineData("h.x/")]
    [InlineData("h.x/A")]
    [InlineData("h.x/a/../b")]
    [InlineData("h.x/a//b")]
    [InlineData("h.x/a___b")]
    [InlineData("h.x/-a")]
    [InlineData("h.x/a-")]
    [InlineData("h.x/a:")]
    [InlineData("h.x/a:.b")]
    [InlineData("h.x/a@sha256:abc")]
    [InlineData("h.x/a@")]
    [InlineData("h.x:0/a")]
    [InlineData("h.x:99999/a")]
    [InlineData("-h.x/a")]
    [InlineData("[::1/a")]
    [InlineData("[zz]:1/a")]
    [InlineData("h.x/a b")]
    [InlineData("h.x/a\n")]
    [InlineData("")]
    public void Reference_is_refused(string text) => Assert.Equal("NUA3201", CompressionTests.CodeOf(() => ImageReference.Parse(text)));

    [Fact]
    public void References_of_any_length_are_answered_quickly()
    {
        Assert.False(ImageReference.TryParse("h.x/" + new string('a', 10_000), out _, out _));
        Assert.False(ImageReference.TryParse("h.x/" + new string('-', 500), out _, out _));
        Gen.String[Gen.Char["a-_.:/@[]1%\0"], 0, 40].Sample(text =>
        {
            if (ImageReference.TryParse(text, out var reference, out _))
            {
                Assert.Equal(text, reference.ToString());
            }

            try
            {
                Assert.Equal(ImageLocation.Parse(text), ImageLocation.Parse(ImageLocation.Parse(text).ToString()!));
            }
            catch (ProblemException)
            {
                // The typed error.
            }
        }, iter: 20_000, threads: 1);
    }

    [Theory]
    [InlineData("nua-notes:1.0", typeof(ImageLocation.StoreName))]
    [InlineData("notes", typeof(ImageLocation.StoreName))]
    [InlineData("team/notes:1", typeof(ImageLocation.StoreName))]
    [InlineData("sha256:" + Hex, typeof(ImageLocation.StoreDigest))]
    [InlineData("oci:dir", typeof(ImageLocation.Layout))]
    [InlineData("oci:/a/b:nua-notes:1.0", typeof(ImageLocation.Layout))]
    [InlineData("oci-archive:a.tar:x", typeof(ImageLocation.OciArchive))]
    [InlineData("docker-archive:a.tar", typeof(ImageLocation.DockerArchive))]
    [InlineData("docker-daemon:notes:1", typeof(ImageLocation.DockerDaemon))]
    [InlineData("docker://h.x/a:1", typeof(ImageLocation.Registry))]
    [InlineData("h.x:5000/a", typeof(ImageLocation.Registry))]
    [InlineData("localhost/a", typeof(ImageLocation.Registry))]
    public void Location_is_parsed(string text, Type expected)
    {
        var location = ImageLocation.Parse(text);
        Assert.IsType(expected, location);
        Assert.Equal(location, ImageLocation.Parse(location.ToString()!));
    }

    [Theory]
    [InlineData("oci:")]
    [InlineData("oci:dir:bad tag")]
    [InlineData("oci:dir:../x")]
    [InlineData("Notes")]
    [InlineData("")]
    [InlineData("../x")]
    public void Location_is_refused(string text) => Assert.Equal("NUA3202", CompressionTests.CodeOf(() => ImageLocation.Parse(text)));

    [Fact]
    public void An_index_gives_the_image_of_the_platform_and_stays_whole_when_copied()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var (root, amd, arm) = PublishMultiPlatform(store);
        Assert.Equal(amd, store.OpenImage("multi:1").Digest);
        Assert.Equal(arm, store.OpenImage("multi:1", new Platform("linux", "arm64")).Digest);
        Assert.Equal("NUA3011", CompressionTests.CodeOf(() => store.OpenImage("multi:1", new Platform("windows", "amd64"))));
        ImageTransfer.Copy(ImageLocation.Parse("multi:1"), ImageLocation.Parse($"oci:{directory["l"]}"), store);
        using var copy = ImageSource.Open(ImageLocation.Parse($"oci:{directory["l"]}:1"), null);
        Assert.Equal(root, copy.Root.Digest);
        Assert.Equal(arm, copy.OpenImage(new Platform("linux", "arm64")).Digest);
        var result = ImageTransfer.Copy(ImageLocation.Parse("multi:1"), ImageLocation.Parse($"docker-archive:{directory["d.tar"]}"), store);
        Assert.Equal(["NUA3210", "NUA3211"], result.Notes.Select(note => note.Code));
        store.Prune(new PruneOptions { Grace = TimeSpan.Zero });
        Assert.Empty(store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public void A_layout_with_two_images_of_one_name_is_ambiguous()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        TestImages.PublishTypical(store, "a:1");
        TestImages.PublishTypical(store, "b:1", seed: 2);
        var index = Path.Combine(store.Home, "index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"b:1\"", "\"a:1\"", StringComparison.Ordinal));
        Assert.Equal("NUA3206", CompressionTests.CodeOf(() => ImageSource.Open(ImageLocation.Parse($"oci:{store.Home}:a:1"), null)));
        Assert.Equal("NUA3105", CompressionTests.CodeOf(() => store.Resolve("a:1")));
        Assert.Equal("NUA3113", Assert.Single(store.Verify(VerifyDepth.Documents)).Code);
    }

    [Theory]
    [InlineData("not there", "NUA3203")]
    [InlineData("empty directory", "NUA3204")]
    [InlineData("version 2", "NUA3204")]
    [InlineData("missing blob", "NUA3060")]
    [InlineData("size off by one", "NUA3061")]
    [InlineData("fifo for a blob", "NUA3060")]
    [InlineData("unknown tag", "NUA3206")]
    public void A_broken_layout_is_refused(string what, string code)
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        var root = TestImages.PublishTypical(store, "a:1");
        var layout = directory["layout"];
        ImageTransfer.Copy(ImageLocation.Parse("a:1"), ImageLocation.Parse($"oci:{layout}:a:1"), store);
        var manifest = Path.Combine(layout, "blobs/sha256", root.Digest.Encoded);
        switch (what)
        {
            case "not there":
                Directory.Delete(layout, true);
                break;
            case "empty directory":
                Directory.Delete(layout, true);
                Directory.CreateDirectory(layout);
                break;
            case "version 2":
                File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"2.0.0"}""");
                break;
            case "missing blob":
                File.Delete(manifest);
                break;
            case "size off by one":
                File.AppendAllText(manifest, " ");
                break;
            case "fifo for a blob":
                File.Delete(manifest);
                InteropTests.Run("mkfifo", manifest);
                break;
            default:
                break;
        }

        var tag = what == "unknown tag" ? "b" : "a:1";
        Assert.Equal(code, CompressionTests.CodeOf(() =>
        {
            using var source = ImageSource.Open(ImageLocation.Parse($"oci:{layout}:{tag}"), null);
            source.OpenImage();
        }));
    }

    [Fact]
    public void An_archive_that_is_a_fifo_or_a_device_is_refused_at_once()
    {
        using var directory = new TempDirectory();
        InteropTests.Run("mkfifo", directory["fifo"]);
        foreach (var place in (string[])[$"oci-archive:{directory["fifo"]}", $"docker-archive:{directory["fifo"]}", "oci-archive:/dev/zero"])
        {
            Assert.Equal("NUA3116", CompressionTests.CodeOf(() => ImageSource.Open(ImageLocation.Parse(place), null)));
        }
    }

    [Fact]
    public void An_index_that_contains_itself_or_is_nested_deep_ends()
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        using var writer = store.BeginWrite();
        var inner = writer.Put(MediaTypes.Index, ImageIndex.Empty.ToBytes());
        for (var i = 0; i < 20; i++)
        {
            inner = writer.Put(MediaTypes.Index, new ImageIndex([inner]).ToBytes());
        }

        Assert.Equal("NUA3012", CompressionTests.CodeOf(() => writer.Publish(inner, "deep:1")));
    }

    private static (Digest Root, Digest Amd, Digest Arm) PublishMultiPlatform(ImageStore store)
    {
        var amd = TestImages.PublishTypical(store, "amd:1");
        var arm = TestImages.PublishTypical(store, "arm:1", seed: 9);
        using var writer = store.BeginWrite();
        var config = ImageConfig.Parse(store.Blobs.ReadDocument(store.OpenImage("arm:1").Manifest.Config), "c");
        var armConfig = writer.Put(MediaTypes.Config, (config with { Platform = new Platform("linux", "arm64") }).ToBytes());
        var armManifest = writer.Put(MediaTypes.Manifest, (store.OpenImage(arm).Manifest with { Config = armConfig }).ToBytes());
        var index = writer.Put(MediaTypes.Index, new ImageIndex(
        [
            armManifest with { Platform = new Platform("linux", "arm64") { Variant = "v8" } },
            amd with { Platform = Platform.LinuxAmd64 },
        ]).ToBytes());
        writer.Publish(index, "multi:1");
        return (index.Digest, amd.Digest, armManifest.Digest);
    }

    /// <summary>Where the values of a document are.</summary>
    private static IEnumerable<(int Start, int Length)> Values(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var result = new List<(int, int)>();
        var reader = new System.Text.Json.Utf8JsonReader(bytes);
        while (reader.Read())
        {
            var start = (int)reader.TokenStartIndex;
            if (reader.TokenType is System.Text.Json.JsonTokenType.StartObject or System.Text.Json.JsonTokenType.StartArray)
            {
                var copy = reader;
                copy.Skip();
                result.Add((start, (int)copy.BytesConsumed - start));
            }
            else if (reader.TokenType is not (System.Text.Json.JsonTokenType.PropertyName or System.Text.Json.JsonTokenType.EndArray or System.Text.Json.JsonTokenType.EndObject))
            {
                result.Add((start, (int)reader.BytesConsumed - start));
            }
        }

        return result;
    }
}
