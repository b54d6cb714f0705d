using Nua.Oci;
using static Nua.Tests.Check.BrokenConfigurations;
using static Nua.Tests.Check.BrokenMetadata;

namespace Nua.Tests.Check;

/// <summary>OCI rules about documents.</summary>
internal static class BrokenDocuments
{
    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("OCI-01", "layers twice", i => i.EditManifest = text =>
            text.Replace("\"layers\":", "\"layers\":[],\"layers\":")),
        new("OCI-01", "another schema version", i => i.EditManifest = text =>
            text.Replace("\"schemaVersion\":2", "\"schemaVersion\":1")),
        new("OCI-01", "also an index", i => i.EditManifest = text =>
            text.Replace("\"schemaVersion\":2", "\"schemaVersion\":2,\"manifests\":[]")),
        new("OCI-01", "not JSON", i => i.EditManifest = text => text[..^1]),
        new("OCI-01", "an artifact", i => i.EditManifest = text =>
            text.Replace(MediaTypes.Config, "application/vnd.example+json")),
        new("OCI-02", "an upper-case digest", i => i.EditManifest = text => text.Replace("sha256:", "sha256:A")),
        new("OCI-02", "a negative size", i => i.EditManifest = text => text.Replace("\"size\":", "\"size\":-")),
        new("OCI-02", "no media type", i => i.EditManifest = text =>
            text.Replace("\"mediaType\":\"" + MediaTypes.Config + "\",", "")),
        new("OCI-03", "a flipped byte", i => i.EditBlobs = (blobs, layers) =>
        {
            var content = blobs.Get(layers[0].Digest).ToArray();
            content[600] ^= 1;
            blobs.Replace(layers[0].Digest, content);
        }),
        new("OCI-03", "a missing layer", i => i.EditBlobs = (blobs, layers) => blobs.Remove(layers[1].Digest)),
        new("OCI-03", "another size", i => i.EditManifest = text => text.Replace("\"size\":", "\"size\":1")),
        new("OCI-04", "Env is no list", i => Run(i)["Env"] = "PORT=8080"),
        new("OCI-04", "no architecture", i => i.Config.Remove("architecture")),
        new("OCI-04", "a name twice", i => i.EditConfig = text => text.Replace("\"os\":", "\"os\":\"linux\",\"os\":")),
        new("OCI-05", "an unknown layer type", i => i.LayerMediaType = "application/vnd.example.layer"),
        new("OCI-06", "another diff ID", i => i.EditConfig = text =>
            text.Replace("\"diff_ids\":[\"sha256:", "\"diff_ids\":[\"" + GoodDocuments.BaseDigest + "\",\"sha256:")),
        new("OCI-06", "a wrong diff ID", i => i.Config["rootfs"]!["diff_ids"] = Json($$"""
            ["{{GoodDocuments.BaseDigest}}", "{{GoodDocuments.BaseDigest}}", "{{GoodDocuments.BaseDigest}}", "{{GoodDocuments.BaseDigest}}", "{{GoodDocuments.BaseDigest}}"]
            """)),
        new("OCI-07", "too short", i => i.Config["history"]!.AsArray().RemoveAt(0)),
        new("OCI-07", "not a time", i => i.Config["history"]![0]!["created"] = "yesterday"),
        new("OCI-08", "another spelling", i => i.Config["architecture"] = "x86_64"),
        new("OCI-19", "an unknown name", i => Run(i)["User"] = "web", "NUA-C02"),
        new("OCI-19", "a huge number", i => Run(i)["User"] = "4294967295:0", "NUA-C02"),
        new("OCI-19", "an unknown group", i => Run(i)["User"] = "10001:web", "NUA-C02"),
        new("OCI-20", "root", i => Run(i)["User"] = "root", "NUA-C02"),
        new("OCI-20", "nobody", i => Run(i).Remove("User"), "NUA-C02"),
        new("OCI-21", "a name twice", i => Run(i)["Env"]!.AsArray().Add("PORT=8080")),
        new("OCI-21", "no value", i => Run(i)["Env"]!.AsArray().Add("PORT")),
        new("OCI-22", "a port that is a word", i => Run(i)["ExposedPorts"]!["http"] = Json("{}"), "NUA-C11"),
        new("OCI-22", "an unknown signal", i =>
            (Run(i)["StopSignal"], Lifecycle(i)["stop"]!["signal"], i.NuaConfig["runtime"]!["stop"]!["signal"]) = (
            "SIGNOPE", "SIGNOPE", "SIGNOPE")),
        new("OCI-22", "a relative directory", i => Run(i)["WorkingDir"] = "app", "NUA-C05"),
        new("OCI-23", "no such program", i => Run(i)["Entrypoint"] = Json("""["/sbin/init"]"""), "NUA-C01"),
        new("OCI-23", "nothing to run", i => Run(i).Remove("Entrypoint"), "NUA-C01"),
        new("OCI-24", "an unknown key", i => Label(i)["org.opencontainers.image.colour"] = "blue"),
    ];
}
