using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>Names a config and ordered layers, base first (image-spec manifest.md). Docker's schema 2 manifest reads
/// the same.</summary>
public sealed record ImageManifest(Descriptor Config, IReadOnlyList<Descriptor> Layers)
{
    private static readonly string[] _keys =
    [
        "schemaVersion", "mediaType", "artifactType", "config", "layers", "subject", "annotations",
        // Not fields of a manifest: known so that a document which is two things at once is noticed.
        "manifests", "fsLayers", "history",
    ];

    public string MediaType { get; init; } = MediaTypes.Manifest;

    public string? ArtifactType { get; init; }

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = StringMap.Empty;

    public IReadOnlyDictionary<string, string> Unknown { get; init; } = StringMap.Empty;

    /// <param name="expectedMediaType">What the descriptor that led here says; a document that says otherwise is
    /// refused.</param>
    /// <exception cref="ProblemException">NUA3001–3005, NUA3007: two documents in one or a lie about the media
    /// type.</exception>
    public static ImageManifest Parse(ReadOnlyMemory<byte> bytes, string where, string? expectedMediaType = null)
    {
        using var document = StrictJson.Parse(bytes, where);
        var json = JsonObjectReader.Open(document.RootElement, where, _keys);
        DocumentRules.CheckVersion(json);
        DocumentRules.CheckIsOnly(json, "manifest", "manifests", "fsLayers", "history");
        var mediaType = DocumentRules.MediaType(json, expectedMediaType ?? MediaTypes.Manifest, MediaTypes.IsManifest);
        var config = json.OptionalObject("config", Descriptor.Keys) ?? throw json.Invalid("config", "it is missing");
        var layers = json.OptionalObjects("layers", Descriptor.Keys) ?? throw json.Invalid("layers", "it is missing");
        return new ImageManifest(Descriptor.Read(config), [.. layers.Select(Descriptor.Read)])
        {
            MediaType = mediaType,
            ArtifactType = json.OptionalString("artifactType"),
            Subject = json.OptionalObject("subject", Descriptor.Keys) is { } subject ? Descriptor.Read(subject) : null,
            Annotations = json.StringMap("annotations"),
            Unknown = json.Unknown(),
        };
    }

    /// <summary>The document, equal bytes for equal content. Never used on a manifest that was read: its own bytes are
    /// its identity.</summary>
    public byte[] ToBytes()
    {
        using var json = new CanonicalJson();
        json.Start();
        json.Number("schemaVersion", 2);
        json.String("mediaType", MediaType);
        json.OptionalString("artifactType", ArtifactType);
        json.Name("config");
        Config.Write(json);
        json.StartArray("layers");
        foreach (var layer in Layers)
        {
            layer.Write(json);
        }

        json.EndArray();
        if (Subject is not null)
        {
            json.Name("subject");
            Subject.Write(json);
        }

        json.StringMap("annotations", Annotations);
        json.Raw(Unknown);
        json.End();
        return json.ToBytes();
    }
}
