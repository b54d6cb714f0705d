namespace Nua.Testing.Hostile;

/// <summary>What <c>docker save</c> would never write.</summary>
internal static class DockerArchiveCases
{
    private const string Family = "Docker archives";

    public static IEnumerable<HostileCase> All =>
    [
        Manifest("docker-not-array", "`manifest.json` is no array", "NUA3205", t => t[1..^1]),
        Manifest("docker-empty", "`manifest.json` names no image", "NUA3206", _ => "[]"),
        Manifest("docker-config-missing", "`Config` names a file that is not there", "NUA3004", t => t.Replace(".json\"", ".jsonx\"", StringComparison.Ordinal)),
        Manifest("docker-config-path", "`Config` is a path of the host", "NUA3004", t => System.Text.RegularExpressions.Regex.Replace(t, "[0-9a-f]{64}.json", "/etc/passwd")),
        Manifest("docker-config-is-layer", "`Config` is the layer", "NUA3002", t => System.Text.RegularExpressions.Regex.Replace(t, "[0-9a-f]{64}.json", "layer0.tar")),
        Manifest("docker-layer-missing", "`Layers` names a file that is not there", "NUA3004", t => t.Replace("layer0.tar", "layer9.tar", StringComparison.Ordinal)),
        Manifest("docker-layer-parent", "`Layers` names `../../etc/passwd`", "NUA3026", t => t.Replace("layer0.tar", "../../etc/passwd", StringComparison.Ordinal)),
        Manifest("docker-layers-more", "more layers than diff_ids", "NUA3004", t => t.Replace("\"layer0.tar\"", "\"layer0.tar\",\"layer0.tar\"", StringComparison.Ordinal)),
        Manifest("docker-layers-twice", "`Layers` twice", "NUA3003", t => t.Replace("\"Layers\":", "\"Layers\":[],\"Layers\":", StringComparison.Ordinal)),
        Manifest("docker-layers-case", "`Layers` and `layers`", "NUA3003", t => t.Replace("\"Layers\":", "\"layers\":[],\"Layers\":", StringComparison.Ordinal)),
        Manifest("docker-tags-number", "`RepoTags` holds a number", "NUA3004", t => t.Replace($"[\"{HostileImage.Name}\"]", "[1]", StringComparison.Ordinal)),
        Manifest("docker-not-json", "`manifest.json` is no JSON", "NUA3002", _ => "x"),
        Files("docker-no-manifest", "no `manifest.json`", "NUA3205", files => files.Remove("manifest.json")),
        Files("docker-config-flipped", "a bit of the config is flipped, which its name tells", "NUA3062", files => Flip(files, files.Keys.First(name => name.Length > 60))),
        new("docker-layer-flipped", "a bit of the layer is flipped: its diff_id tells")
        {
            Family = Family,
            Verdict = Verdict.Refused("NUA3062", "OCI-03"),
            Make = _ => HostileImage.Honest() with { Files = files => Flip(files, "layer0.tar") },
            Forms = Forms.DockerArchive,
        },
        new("docker-layer-link-out", "a layer that is a link to the host")
        {
            Family = Family,
            Verdict = Verdict.Refused("NUA3004", "NUA3004"),
            Make = _ => HostileImage.Honest() is var image
                ? image with { Archive = WithLink(image) }
                : image,
            Forms = Forms.DockerArchive,
        },
    ];

    private static byte[] WithLink(HostileImage image)
    {
        var files = image.ToFiles();
        var config = files.First(file => System.Text.Encoding.Latin1.GetString(file.Value).Contains("\"rootfs\":", StringComparison.Ordinal)).Value;
        return new RawTar().Entry("c.json", config).Entry("l.tar", '2', link: "/etc/passwd")
            .Entry("manifest.json", content: """[{"Config":"c.json","RepoTags":[],"Layers":["l.tar"]}]""").ToArray();
    }

    private static void Flip(SortedDictionary<string, byte[]> files, string path)
    {
        files[path] = (byte[])files[path].Clone();
        files[path][files[path].Length / 2] ^= 1;
    }

    private static HostileCase Manifest(string id, string what, string code, Func<string, string> change) => new(id, what)
    {
        Family = Family,
        Verdict = Verdict.Refused(code, code),
        Make = _ => HostileImage.Honest() with { DockerManifest = change },
        Forms = Forms.DockerArchive,
    };

    private static HostileCase Files(string id, string what, string code, Action<SortedDictionary<string, byte[]>> change) => new(id, what)
    {
        Family = Family,
        Verdict = Verdict.Refused(code, code),
        Make = _ => HostileImage.Honest() with { Files = change },
        Forms = Forms.DockerArchive,
    };
}
