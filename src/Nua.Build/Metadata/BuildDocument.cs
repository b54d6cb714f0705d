using System.Text.Json;
using Nua.Build.Layers;
using Nua.Build.Packages;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Sources;
using Nua.Build.Toolchains;

namespace Nua.Build.Metadata;

/// <summary>What <c>/nua/metadata/build.json</c> tells.</summary>
internal sealed record BuildFacts
{
    public required BuildPlan Plan { get; init; }
    public required SourceFacts Source { get; init; }

    /// <summary>Digest of the source tree as the build saw it.</summary>
    public required string SourceDigest { get; init; }

    public required RuntimeRoot Root { get; init; }
    public required PackageSet BuildPackages { get; init; }
    public required IReadOnlyList<ResolvedToolchain> Toolchains { get; init; }
    public required IReadOnlyList<(LayerKind Kind, string DiffId)> Layers { get; init; }

    /// <summary>What build commands wrote outside <c>/nua</c> and the image does not keep.</summary>
    public required IReadOnlyList<string> Stray { get; init; }

    public required long Epoch { get; init; }
}

/// <summary><c>/nua/metadata/build.json</c>: how the image was built. Only what is the same in every build of the same input.</summary>
internal static class BuildDocument
{
    public static byte[] Write(BuildFacts facts)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            json.WriteStartObject("tool");
            json.WriteString("name", "nua");
            json.WriteString("version", ToolVersion.Text);
            json.WriteEndObject();
            json.WriteNumber("compat", ToolVersion.Compatibility);
            json.WriteStartObject("source");
            json.WriteString("digest", "sha256:" + facts.SourceDigest);
            json.WriteString("kind", facts.Source.Kind);
            json.WriteString("address", facts.Source.Address);
            json.WriteString("sha256", facts.Source.Sha256);
            json.WriteString("commit", facts.Source.Commit);
            json.WriteEndObject();
            json.WriteStartObject("base");
            json.WriteString("name", facts.Root.BaseName);
            json.WriteString("digest", facts.Root.Base.Digest.ToString());
            json.WriteEndObject();
            WritePackages(json, facts);
            WriteToolchains(json, facts.Toolchains);
            json.WritePropertyName("plan");
            PlanJson.Write(facts.Plan, json);
            json.WriteNumber("epoch", facts.Epoch);
            json.WriteStartArray("layers");
            foreach (var (kind, diffId) in facts.Layers)
            {
                json.WriteStartObject();
                json.WriteString("kind", LayerNames.Of(kind));
                json.WriteString("diff_id", diffId);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("stray");
            foreach (var path in facts.Stray)
            {
                json.WriteStringValue(path);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WritePackages(Utf8JsonWriter json, BuildFacts facts)
    {
        json.WriteStartArray("packages");
        var all = facts.Root.BasePackages.Packages.Select(p => (Package: p, Scope: "base"))
            .Concat(facts.Root.Packages.Packages.Select(p => (Package: p, Scope: "run")))
            .Concat(facts.BuildPackages.Packages.Select(p => (Package: p, Scope: "build")));
        foreach (var (package, scope) in all)
        {
            json.WriteStartObject();
            json.WriteString("name", package.Name);
            json.WriteString("version", package.Version);
            json.WriteString("architecture", package.Architecture);
            json.WriteString("sha256", package.Sha256);
            json.WriteString("scope", scope);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteToolchains(Utf8JsonWriter json, IReadOnlyList<ResolvedToolchain> toolchains)
    {
        json.WriteStartArray("toolchains");
        foreach (var toolchain in toolchains)
        {
            json.WriteStartObject();
            json.WriteString("name", toolchain.Name);
            json.WriteString("version", toolchain.Version);
            json.WriteString("integrity", toolchain.Integrity);
            json.WriteBoolean("in_image", toolchain.Image.Count > 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
