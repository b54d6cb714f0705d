using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>A list of manifests: one image for several platforms, or the contents of an image layout (image-spec
/// image-index.md).</summary>
public sealed record ImageIndex(IReadOnlyList<Descriptor> Manifests)
{
    /// <summary>More entries than any honest index has.</summary>
    public const int MaxEntries = 100_000;

    private static readonly string[] _keys =
    [
        "schemaVersion", "mediaType", "artifactType", "manifests", "subject", "annotations",
        "config", "layers", "fsLayers", "history",
    ];

    public static readonly ImageIndex Empty = new([]);

    public string MediaType { get; init; } = MediaTypes.Index;

    public string? ArtifactType { get; init; }

    public Descriptor? Subject { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = StringMap.Empty;

    public IReadOnlyDictionary<string, string> Unknown { get; init; } = StringMap.Empty;

    /// <inheritdoc cref="ImageManifest.Parse"/>
    public static ImageIndex Parse(ReadOnlyMemory<byte> bytes, string where, string? expectedMediaType = null)
    {
        using var document = StrictJson.Parse(bytes, where);
        var json = JsonObjectReader.Open(document.RootElement, where, _keys);
        DocumentRules.CheckVersion(json);
        DocumentRules.CheckIsOnly(json, "index", "config", "layers", "fsLayers", "history");
        var mediaType = DocumentRules.MediaType(json, expectedMediaType ?? MediaTypes.Index, MediaTypes.IsIndex);
        var manifests = json.OptionalObjects("manifests", Descriptor.Keys)
            ?? throw json.Invalid("manifests", "it is missing");
        if (manifests.Count > MaxEntries)
        {
            throw json.Invalid("manifests", $"it has {manifests.Count} entries, more than {MaxEntries}");
        }

        return new ImageIndex([.. manifests.Select(Descriptor.Read)])
        {
            MediaType = mediaType,
            ArtifactType = json.OptionalString("artifactType"),
            Subject = json.OptionalObject("subject", Descriptor.Keys) is { } subject ? Descriptor.Read(subject) : null,
            Annotations = json.StringMap("annotations"),
            Unknown = json.Unknown(),
        };
    }

    /// <summary>The document, equal bytes for equal content.</summary>
    public byte[] ToBytes()
    {
        using var json = new CanonicalJson();
        json.Start();
        json.Number("schemaVersion", 2);
        json.String("mediaType", MediaType);
        json.OptionalString("artifactType", ArtifactType);
        json.StartArray("manifests");
        foreach (var manifest in Manifests)
        {
            manifest.Write(json);
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
