using System.Text.Json;
using Nua.Oci;
using Nua.Oci.Json;

namespace Nua.Attest.Provenance;

/// <summary>What went into a build, each as in-toto's ResourceDescriptor with the digest that the build checked: the source, the base, packages,
/// toolchains. In the order of <c>build.json</c>, which is sorted.</summary>
internal static class ResolvedDependencies
{
    // Digest of a tree of files by Nua's own rule (docs/reference/provenance.md), so under a name of its own.
    private const string TreeAlgorithm = "nuaTreeV1";

    public static void Write(CanonicalJson json, JsonElement build)
    {
        WriteSource(json, build.Member("source"));
        WriteBase(json, build.Member("base"));
        foreach (var package in build.Items("packages"))
        {
            WritePackage(json, package);
        }

        foreach (var toolchain in build.Items("toolchains"))
        {
            WriteToolchain(json, toolchain);
        }
    }

    private static void WriteSource(CanonicalJson json, JsonElement? source)
    {
        var tree = source.Text("digest")?.Split(':')[^1];
        WriteOne(json, "source", source.Text("address"), ("gitCommit", source.Text("commit")), ("sha256", source.Text("sha256")), (TreeAlgorithm, tree));
    }

    private static void WriteBase(CanonicalJson json, JsonElement? image)
    {
        var digest = Digest.TryParse(image.Text("digest"), out var parsed) ? parsed : (Digest?)null;
        WriteOne(json, image.Text("name") ?? "base", uri: null, (digest?.Algorithm ?? "sha256", digest?.Encoded));
    }

    private static void WritePackage(CanonicalJson json, JsonElement package)
    {
        var (name, version) = (package.Text("name") ?? "", package.Text("version") ?? "");
        var architecture = Encode(package.Text("architecture") ?? "");
        WriteOne(
            json, name, $"pkg:deb/debian/{Encode(name)}@{Encode(version)}?arch={architecture}",
            ("sha256", package.Text("sha256")));
    }

    private static void WriteToolchain(CanonicalJson json, JsonElement toolchain)
    {
        var (name, version) = (toolchain.Text("name") ?? "", toolchain.Text("version") ?? "");
        // Subresource Integrity: ALGORITHM-BASE64.
        var integrity = (toolchain.Text("integrity") ?? "").Split('-', 2);
        var hash = integrity.Length == 2 && Base64.Decode(integrity[1]) is { } bytes ? Convert.ToHexStringLower(bytes) : null;
        WriteOne(
            json, name, $"pkg:generic/{Encode(name)}@{Encode(version)}",
            (integrity[0].Length > 0 ? integrity[0] : "sha512", hash));
    }

    /// <summary>As package URLs are written: the colon of an epoch stays.</summary>
    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);

    private static void WriteOne(
        CanonicalJson json, string name, string? uri, params (string Algorithm, string? Hex)[] digests)
    {
        json.Start();
        json.String("name", name);
        json.OptionalString("uri", uri);
        if (digests.Any(digest => digest.Hex is not null))
        {
            json.Start("digest");
            foreach (var (algorithm, hex) in digests)
            {
                json.OptionalString(algorithm, hex);
            }

            json.End();
        }

        json.End();
    }
}
