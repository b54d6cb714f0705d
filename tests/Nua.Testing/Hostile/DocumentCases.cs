using System.Text;
using Nua.Oci;

namespace Nua.Testing.Hostile;

/// <summary>Manifests, configs and indexes that two programs would read differently, or that nobody can.</summary>
internal static class DocumentCases
{
    private const string Family = "Documents";
    private const string Nobody = "sha256:ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";

    public static IEnumerable<HostileCase> All =>
    [
        Manifest("manifest-layers-twice", "`layers` twice: tools that take the last one see another image", "NUA3003", "OCI-01", t => t.Replace("\"layers\":", "\"layers\":[],\"layers\":", StringComparison.Ordinal)),
        Manifest("manifest-layers-case", "`layers` and `Layers`, which Go's decoder takes for the same", "NUA3003", "OCI-01", t => t.Replace("\"layers\":", "\"Layers\":[],\"layers\":", StringComparison.Ordinal)),
        Manifest("manifest-long-s", "`layerſ` with a long s, which Go's decoder takes for the same", "NUA3003", "OCI-01", t => t.Replace("\"layers\":", "\"layer\\u017f\":[],\"layers\":", StringComparison.Ordinal)),
        Manifest("manifest-escaped-twice", "`layers` and `\\u006cayers`", "NUA3003", "OCI-01", t => t.Replace("\"layers\":", "\"\\u006cayers\":[],\"layers\":", StringComparison.Ordinal)),
        Manifest("manifest-digest-case", "`digest` and `Digest` in a descriptor", "NUA3003", "OCI-02", t => t.Replace("\"digest\":", "\"Digest\":\"x\",\"digest\":", StringComparison.Ordinal)),
        Manifest("manifest-nested-twice", "the same annotation twice", "NUA3003", "OCI-01", t => Add(t, "\"annotations\":{\"a\":\"1\",\"a\":\"2\"}")),
        Manifest("manifest-bom", "a byte order mark", "NUA3002", "OCI-01", t => "\xEF\xBB\xBF" + t),
        Manifest("manifest-trailing", "a second document behind the manifest", "NUA3002", "OCI-01", t => t + t),
        Manifest("manifest-comment", "a comment", "NUA3002", "OCI-01", t => t.Replace("\"layers\":", "/* */\"layers\":", StringComparison.Ordinal)),
        Manifest("manifest-trailing-comma", "a trailing comma", "NUA3002", "OCI-01", t => t[..^1] + ",}"),
        Manifest("manifest-nan", "a size of NaN", "NUA3002", "OCI-01", t => Size(t, "NaN")),
        Manifest("manifest-not-utf8", "bytes that are not UTF-8", "NUA3002", "OCI-01", t => Add(t, "\"annotations\":{\"a\":\"\xFF\"}")),
        Manifest("manifest-surrogate", "half of a surrogate pair", "NUA3002", "OCI-01", t => Add(t, "\"annotations\":{\"a\":\"\\ud800\"}")),
        Manifest("manifest-deep", "arrays 10 000 deep", "NUA3002", "OCI-01", t => Add(t, $"\"x\":{new string('[', 10_000)}{new string(']', 10_000)}")),
        Manifest("manifest-5-mib", "a manifest of 5 MiB", "NUA3001", "OCI-01", t => t + new string(' ', 5 << 20)),
        Manifest("manifest-empty", "a manifest of no bytes", "NUA3002", "OCI-01", _ => ""),
        Manifest("manifest-array", "a manifest that is an array", "NUA3004", "OCI-01", _ => "[]"),
        Manifest("manifest-null", "a manifest that is null", "NUA3004", "OCI-01", _ => "null"),
        Manifest("manifest-html", "a manifest that is a login page", "NUA3002", "OCI-01", _ => "<html>log in</html>"),
        Manifest("manifest-schema-1", "`schemaVersion` 1", "NUA3004", "OCI-01", t => t.Replace("\"schemaVersion\":2", "\"schemaVersion\":1", StringComparison.Ordinal)),
        Manifest("manifest-no-layers", "no `layers`", "NUA3004", "OCI-01", t => t.Replace("\"layers\":", "\"other\":", StringComparison.Ordinal)),
        Manifest("manifest-layers-null", "`layers` is null", "NUA3004", "OCI-01", t => Cut(t, "\"layers\":", "null}")),
        Manifest("manifest-layers-object", "`layers` is an object", "NUA3004", "OCI-01", t => Cut(t, "\"layers\":", "{}}")),
        Manifest("manifest-layers-of-numbers", "`layers` holds a number", "NUA3004", "OCI-02", t => Cut(t, "\"layers\":", "[1]}")),
        Manifest("manifest-no-config", "no `config`", "NUA3004", "OCI-01", t => t.Replace("\"config\":", "\"other\":", StringComparison.Ordinal)),
        Manifest("manifest-size-negative", "a negative size", "NUA3004", "OCI-02", t => Size(t, "-1")),
        Manifest("manifest-size-fraction", "a size with a fraction", "NUA3004", "OCI-02", t => Size(t, "2.5")),
        Manifest("manifest-size-huge", "a size beyond 64 bits", "NUA3004", "OCI-02", t => Size(t, "99999999999999999999")),
        Manifest("manifest-size-text", "a size that is a text", "NUA3004", "OCI-02", t => Size(t, "\"2\"")),
        Manifest("manifest-size-off-by-one", "a layer's size is wrong by one, its digest right", "NUA3061", "OCI-03", t => t.Replace("\"size\":2560", "\"size\":2561", StringComparison.Ordinal)),
        Manifest("manifest-media-type-form", "a media type with a space in it", "NUA3004", "OCI-02", t => t.Replace(MediaTypes.LayerTar, "image layer", StringComparison.Ordinal)),
        Manifest("manifest-media-type-lie", "the manifest's `mediaType` says index", "NUA3007", "OCI-01", t => t.Replace(MediaTypes.Manifest, MediaTypes.Index, StringComparison.Ordinal)),
        Manifest("manifest-and-index", "a manifest that is an index too (CVE-2021-41190)", "NUA3007", "OCI-01", t => Add(t, "\"manifests\":[]")),
        Manifest("manifest-schema-1-fields", "a manifest with schema 1's `fsLayers`", "NUA3007", "OCI-01", t => Add(t, "\"fsLayers\":[]")),
        Manifest("manifest-digest-path", "a digest that is a path (CVE-2024-3727)", "NUA3005", "OCI-02", t => LayerDigest(t, "sha256:../../../../etc/passwd")),
        Manifest("manifest-digest-upper", "a digest in upper case", "NUA3005", "OCI-02", t => LayerDigest(t, "sha256:" + new string('A', 64))),
        Manifest("manifest-digest-short", "a digest of 63 digits", "NUA3005", "OCI-02", t => LayerDigest(t, "sha256:" + new string('a', 63))),
        Manifest("manifest-digest-md5", "a digest of md5", "NUA3005", "OCI-02", t => LayerDigest(t, "md5:d41d8cd98f00b204e9800998ecf8427e")),
        Manifest("manifest-digest-newline", "a digest with a newline", "NUA3005", "OCI-02", t => LayerDigest(t, "sha256:" + new string('a', 64) + "\\n")),
        Manifest("manifest-digest-unknown", "a digest of an algorithm nobody knows", "NUA3060", "OCI-03", t => LayerDigest(t, "future+x:AbC-_=9")),
        Manifest("manifest-data-wrong", "embedded `data` that is not the content", "NUA3013", "OCI-02", t => t.Replace("\"size\":2560", "\"size\":2560,\"data\":\"QUI=\"", StringComparison.Ordinal)),
        Manifest("manifest-data-no-base64", "embedded `data` that is not base64", "NUA3013", "OCI-02", t => t.Replace("\"size\":2560", "\"size\":2560,\"data\":\"%%%\"", StringComparison.Ordinal)),
        Manifest("manifest-annotation-number", "an annotation that is a number", "NUA3004", "OCI-01", t => Add(t, "\"annotations\":{\"a\":1}")),
        Manifest("manifest-annotation-terminal", "an escape sequence in an annotation", HonestTree, "", t => Add(t, "\"annotations\":{\"a\\u001b[2J\":\"\\u001b]0;x\\u0007\"}")),
        Manifest("manifest-unknown-field", "a field that nobody knows", HonestTree, "", t => Add(t, "\"vendor.example\":[1,{\"z\":null}]")),
        Manifest("manifest-foreign-urls", "`urls` on a layer that lead to the host's network", HonestTree, "", t => t.Replace("\"size\":2560", "\"size\":2560,\"urls\":[\"http://169.254.169.254/x\"]", StringComparison.Ordinal)),
        Manifest("manifest-artifact", "an artifact that is no image", new Verdict("OCI-01", Verdict.Stored, "NUA3008", "NUA3008"), t => t.Replace(MediaTypes.Config, "application/vnd.example.config", StringComparison.Ordinal)),
        Manifest("manifest-config-is-layer", "a config whose media type is a layer's", new Verdict("OCI-01", Verdict.Stored, "NUA3008", "NUA3008"), t => t.Replace(MediaTypes.Config, MediaTypes.LayerTar, StringComparison.Ordinal)),
        Manifest("manifest-more-layers", "more layers than diff_ids", new Verdict("OCI-06", Verdict.Stored, "NUA3009", "NUA3009"), t => Twice(t)),
        Config("config-layers-twice", "`rootfs` twice", "NUA3003", "OCI-04", t => t[..^1] + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"),
        Config("config-env-case", "`Env` and `env`", "NUA3003", "OCI-04", t => t.Replace("\"User\":", "\"Env\":[],\"env\":[],\"User\":", StringComparison.Ordinal)),
        Config("config-rootfs-type", "`rootfs.type` is not layers", "NUA3004", "OCI-04", t => t.Replace("\"type\":\"layers\"", "\"type\":\"windows\"", StringComparison.Ordinal)),
        Config("config-no-rootfs", "no `rootfs`", "NUA3004", "OCI-04", t => t.Replace("\"rootfs\"", "\"other\"", StringComparison.Ordinal)),
        Config("config-diff-id-path", "a diff_id that is a path", "NUA3005", "OCI-04", t => System.Text.RegularExpressions.Regex.Replace(t, "sha256:[0-9a-f]+", "sha256:../../x")),
        Config("config-no-os", "no `os`", "NUA3004", "OCI-04", t => t.Replace("\"os\":\"linux\",", "", StringComparison.Ordinal)),
        Config("config-env-numbers", "`Env` holds numbers", "NUA3004", "OCI-04", t => t.Replace("\"User\":", "\"Env\":[1],\"User\":", StringComparison.Ordinal)),
        Config("config-user-number", "`User` is a number", "NUA3004", "OCI-04", t => t.Replace("\"User\":\"1000\"", "\"User\":1000", StringComparison.Ordinal)),
        Config("config-entrypoint-text", "`Entrypoint` is a text", "NUA3004", "OCI-04", t => t.Replace("[\"/bin/true\"]", "\"/bin/true\"", StringComparison.Ordinal)),
        Config("config-not-json", "a config that is no JSON", "NUA3002", "OCI-04", _ => "true dat"),
        Config("config-5-mib", "a config of 5 MiB", "NUA3001", "OCI-04", t => t + new string(' ', 5 << 20)),
        Index("index-empty", "an index without an image", "NUA3206", "NUA3206", t => Cut(t, "\"manifests\":", "[]}")),
        Index("index-no-manifests", "an index without `manifests`", "NUA3004", "NUA3004", t => t.Replace("\"manifests\":", "\"other\":", StringComparison.Ordinal)),
        Index("index-is-manifest", "an index that has `layers` too", "NUA3007", "NUA3007", t => Add(t, "\"layers\":[]")),
        Index("index-manifests-twice", "`manifests` twice", "NUA3003", "NUA3003", t => t.Replace("\"manifests\":", "\"manifests\":[],\"manifests\":", StringComparison.Ordinal)),
        Index("index-digest-path", "an entry's digest is a path", "NUA3005", "NUA3005", t => System.Text.RegularExpressions.Regex.Replace(t, "sha256:[0-9a-f]+", "sha256:../../../etc/passwd")),
        Index("index-missing-manifest", "an entry whose manifest is not there", "NUA3060", "OCI-03", t => System.Text.RegularExpressions.Regex.Replace(t, "sha256:[0-9a-f]+", Nobody)),
        Index("index-size-lie", "an entry whose size is wrong by one", "NUA3061", "OCI-03", t => System.Text.RegularExpressions.Regex.Replace(t, "\"size\":([0-9]+)", m => $"\"size\":{int.Parse(m.Groups[1].Value) + 1}")),
        Index("index-size-terabyte", "an entry that says its manifest is 1 TB", "NUA3001", "OCI-01", t => System.Text.RegularExpressions.Regex.Replace(t, "\"size\":[0-9]+", "\"size\":1000000000000")),
        Index("index-media-type-lie", "an entry that calls the manifest an index", "NUA3007", "OCI-01", t => t.Replace(MediaTypes.Manifest, MediaTypes.Index, StringComparison.Ordinal)),
        Index("index-media-type-unknown", "an entry of an unknown media type", new Verdict("NUA3011", Verdict.Stored, "NUA3011", "NUA3011"), t => t.Replace(MediaTypes.Manifest, "application/vnd.example", StringComparison.Ordinal)),
        Index("index-name-twice", "two images of one name", "NUA3206", "NUA3206", t => t.Replace("\"manifests\":[", $"\"manifests\":[{Other},", StringComparison.Ordinal)),
        Index("index-name-path", "a name with `..` in it", HonestTree, "", t => t.Replace("hostile:1", "../../etc/cron.d/x:1", StringComparison.Ordinal)),
        Index("index-name-newline", "a name with a newline and an escape sequence", HonestTree, "", t => t.Replace("hostile:1", "a\\n\\u001b[2Jb", StringComparison.Ordinal)),
        Index("index-name-registry", "a name that is a registry's", HonestTree, "", t => t.Replace("hostile:1", "registry.example/team/app:1", StringComparison.Ordinal)),
        Index("index-100000-entries", "more than 100 000 entries", "NUA3001", "NUA3001", t => Cut(t, "\"manifests\":", "[" + string.Join(',', Enumerable.Repeat("{\"mediaType\":\"a/b\",\"digest\":\"a:b\",\"size\":0}", 100_001)) + "]}")),
        Nested("index-nested", "an index in an index", 1, HonestTree, ""),
        Nested("index-nested-20", "twenty indexes inside each other", 20, new Verdict("NUA3011", "NUA3012", "NUA3011", "NUA3011")),
        Bush("index-bush", "indexes that name each other so that there are 10¹⁶ ways through them", "NUA3011"),
        new("index-other-platform", "an index with an image for windows only")
        {
            Family = Family,
            Verdict = new Verdict("NUA3011", Verdict.Stored, "NUA3011", "NUA3011"),
            Make = _ => HostileImage.Honest() with { Files = files => Replace(files, IndexOf(PutIndex(files, ForWindows(Entry(files))))) },
        },
        new("layers-2000", "a manifest with 2 000 layers")
        {
            Family = Family,
            Verdict = Verdict.OfLayer("bin=d bin/true=f", ""),
            Make = _ => HostileImage.Honest() is var image ? image with { Layers = [.. Enumerable.Repeat(HostileLayer.Plain(new byte[1024]), 1_999), .. image.Layers] } : image,
            Forms = Forms.Layout,
        },
        new("layers-none", "an image without layers")
        {
            Family = Family,
            Verdict = Verdict.OfLayer("", ""),
            Make = _ => new HostileImage([]),
        },
    ];

    private const string HonestTree = "bin=d bin/true=f";

    private const string Other =
        $$$"""{"mediaType":"{{{MediaTypes.Manifest}}}","digest":"{{{Nobody}}}","size":2,"annotations":{"{{{AnnotationKeys.RefName}}}":"{{{HostileImage.Name}}}"}}""";

    private static string Add(string document, string field) => $"{document[..^1]},{field}}}";

    private static string Cut(string document, string at, string end) =>
        document[..(document.IndexOf(at, StringComparison.Ordinal) + at.Length)] + end;

    private static string Size(string manifest, string size) => manifest.Replace("\"size\":2560", $"\"size\":{size}", StringComparison.Ordinal);

    private static string LayerDigest(string manifest, string digest)
    {
        var start = manifest.LastIndexOf("sha256:", StringComparison.Ordinal);
        return manifest[..start] + digest + manifest[(start + 71)..];
    }

    private static string Twice(string manifest)
    {
        var start = manifest.IndexOf("\"layers\":[", StringComparison.Ordinal) + 10;
        var layer = manifest[start..^2];
        return $"{manifest[..start]}{layer},{layer}]}}";
    }

    private static string IndexOf(string entries) => $$"""{"schemaVersion":2,"manifests":[{{entries}}]}""";

    /// <summary>The only entry of the layout's index.</summary>
    private static string Entry(SortedDictionary<string, byte[]> files)
    {
        var index = Encoding.Latin1.GetString(files["index.json"]);
        return index[(index.IndexOf('[', StringComparison.Ordinal) + 1)..index.LastIndexOf(']')];
    }

    private static void Replace(SortedDictionary<string, byte[]> files, string index) => files["index.json"] = Encoding.Latin1.GetBytes(index);

    private static string ForWindows(string entry) =>
        entry.Replace("\"annotations\"", "\"platform\":{\"os\":\"windows\",\"architecture\":\"amd64\"},\"annotations\"", StringComparison.Ordinal);

    private static string PutIndex(SortedDictionary<string, byte[]> files, string entries)
    {
        var bytes = Encoding.Latin1.GetBytes(IndexOf(entries));
        var digest = Digest.Sha256(bytes);
        files[$"blobs/sha256/{digest.Encoded}"] = bytes;
        return $$"""{"mediaType":"{{MediaTypes.Index}}","digest":"{{digest}}","size":{{bytes.Length}}}""";
    }

    private static HostileCase Nested(string id, string what, int depth, string tree, string check) => Nested(id, what, depth, Verdict.OfLayer(tree, check));

    private static HostileCase Nested(string id, string what, int depth, Verdict verdict) => new(id, what)
    {
        Family = Family,
        Verdict = verdict,
        Make = _ => HostileImage.Honest() with
        {
            Files = files =>
            {
                var entry = Entry(files);
                for (var i = 0; i < depth; i++)
                {
                    entry = PutIndex(files, entry);
                }

                Replace(files, IndexOf(entry));
            },
        },
    };

    /// <summary>Eight indexes, each naming the one below a hundred times, and nothing in the last.</summary>
    private static HostileCase Bush(string id, string what, string check) => new(id, what)
    {
        Family = Family,
        Verdict = new Verdict(check, Verdict.Stored, "NUA3011", "NUA3011"),
        Make = _ => HostileImage.Honest() with
        {
            Files = files =>
            {
                var entry = PutIndex(files, "");
                for (var i = 0; i < 7; i++)
                {
                    entry = PutIndex(files, string.Join(',', Enumerable.Repeat(entry, 100)));
                }

                Replace(files, IndexOf(entry));
            },
        },
    };

    private static HostileCase Manifest(string id, string what, string codeOrTree, string check, Func<string, string> change) =>
        Manifest(id, what, VerdictOf(codeOrTree, check), change);

    private static HostileCase Manifest(string id, string what, Verdict verdict, Func<string, string> change) => new(id, what)
    {
        Family = Family,
        Verdict = verdict,
        Make = _ => HostileImage.Honest() with { Manifest = change },
    };

    /// <summary>A config is only read when the image is used.</summary>
    private static HostileCase Config(string id, string what, string code, string check, Func<string, string> change) => new(id, what)
    {
        Family = Family,
        Verdict = new Verdict(check, Verdict.Stored, code, code),
        Make = _ => HostileImage.Honest() with { Config = change },
    };

    private static HostileCase Index(string id, string what, string codeOrTree, string check, Func<string, string> change) =>
        Index(id, what, VerdictOf(codeOrTree, check), change);

    private static HostileCase Index(string id, string what, Verdict verdict, Func<string, string> change) => new(id, what)
    {
        Family = Family,
        Verdict = verdict,
        Make = _ => HostileImage.Honest() with { Index = change },
    };

    private static Verdict VerdictOf(string codeOrTree, string check) =>
        codeOrTree.StartsWith("NUA", StringComparison.Ordinal) ? Verdict.Refused(codeOrTree, check) : Verdict.OfLayer(codeOrTree, check);
}
