using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>Points at content: what kind, which bytes, how many (image-spec descriptor.md).</summary>
/// <param name="Size">Bytes, not negative. Compared before anything else is done with the content.</param>
public sealed record Descriptor(string MediaType, Digest Digest, long Size)
{
    internal static readonly string[] Keys =
        ["mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"];

    private static readonly string[] _platformKeys =
        ["architecture", "os", "os.version", "os.features", "variant"];

    /// <summary>Sorted by key; empty when there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = StringMap.Empty;

    /// <summary>Set on the entries of an index.</summary>
    public Platform? Platform { get; init; }

    public string? ArtifactType { get; init; }

    /// <summary>The content itself, when the document embeds it; already checked against digest and size.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>Fields that image-spec does not define, as raw JSON.</summary>
    public IReadOnlyDictionary<string, string> Unknown { get; init; } = StringMap.Empty;

    /// <summary>Describes bytes at hand.</summary>
    public static Descriptor Of(string mediaType, ReadOnlySpan<byte> content) =>
        new(mediaType, Digest.Sha256(content), content.Length);

    /// <summary>The same digest, size and media type, whatever the annotations say.</summary>
    public bool PointsAtSame(Descriptor other) =>
        Digest == other.Digest && Size == other.Size && MediaType == other.MediaType;

    public override string ToString() => $"{Digest} ({MediaType}, {Size} bytes)";

    internal static Descriptor Read(JsonObjectReader json)
    {
        var mediaType = json.String("mediaType");
        if (!MediaTypes.IsWellFormed(mediaType))
        {
            throw json.Invalid("mediaType", $"'{Printable.Escape(mediaType, 80)}' is not TYPE/SUBTYPE");
        }

        var size = json.Int64("size");
        if (size < 0)
        {
            throw json.Invalid("size", $"{size} is negative");
        }

        var digest = Digest.Parse(json.String("digest"), json.Where);
        return new Descriptor(mediaType, digest, size)
        {
            Annotations = json.StringMap("annotations"),
            Platform = json.OptionalObject("platform", _platformKeys) is { } platform ? Platform.Read(platform) : null,
            ArtifactType = json.OptionalString("artifactType"),
            Data = Embedded(json, digest, size),
            Urls = json.OptionalStrings("urls"),
            Unknown = json.Unknown(),
        };
    }

    internal void Write(CanonicalJson json)
    {
        json.Start();
        json.String("mediaType", MediaType);
        json.String("digest", Digest.ToString());
        json.Number("size", Size);
        json.Strings("urls", Urls);
        json.StringMap("annotations", Annotations);
        json.OptionalString("data", Data is { } data ? Convert.ToBase64String(data.Span) : null);
        if (Platform is not null)
        {
            json.Name("platform");
            Platform.Write(json);
        }

        json.OptionalString("artifactType", ArtifactType);
        json.Raw(Unknown);
        json.End();
    }

    private static ReadOnlyMemory<byte>? Embedded(JsonObjectReader json, Digest digest, long size)
    {
        if (json.OptionalString("data") is not { } text)
        {
            return null;
        }

        var buffer = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, buffer, out var length) || length != size
            || (digest.IsVerifiable && Digest.Sha256(buffer.AsSpan(0, length)) != digest))
        {
            throw new ProblemException(new Problem("NUA3013", "embedded content is not what the descriptor says")
            {
                Where = json.Where,
                Why = $"'data' must be base64 of exactly the {size} bytes named {digest}",
            });
        }

        return buffer.AsMemory(0, length);
    }
}
