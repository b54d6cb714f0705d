using System.Text.Json;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Json;

namespace Nua.Attest.Statements;

/// <summary>An in-toto statement (in-toto/attestation, spec/v1/statement.md): says a predicate about subjects named by digest.</summary>
/// <param name="Subjects">Digests of manifests; at least one.</param>
/// <param name="PredicateType">URI; see <see cref="PredicateTypes"/>.</param>
/// <param name="Predicate">A JSON object, compact.</param>
public sealed record Statement(IReadOnlyList<Digest> Subjects, string PredicateType, ReadOnlyMemory<byte> Predicate)
{
    private const string Type = "https://in-toto.io/Statement/v1";

    // cosign still writes it for attestations.
    private const string OldType = "https://in-toto.io/Statement/v0.1";
    private const int MaxSubjects = 1000;

    private static readonly string[] _keys = ["_type", "subject", "predicateType", "predicate"];
    private static readonly string[] _subjectKeys =
        ["name", "uri", "digest", "content", "downloadLocation", "mediaType", "annotations"];

    /// <summary>What the first subject is called, when it says so. A claim: the digest is what counts.</summary>
    public string? Name { get; init; }

    public bool IsAbout(Digest digest) => Subjects.Contains(digest);

    /// <summary>The document, equal bytes for equal content.</summary>
    public byte[] ToBytes()
    {
        using var json = new CanonicalJson();
        json.Start();
        json.String("_type", Type);
        json.StartArray("subject");
        foreach (var subject in Subjects)
        {
            json.Start();
            json.OptionalString("name", Name);
            json.Start("digest");
            json.String(subject.Algorithm, subject.Encoded);
            json.End();
            json.End();
        }

        json.EndArray();
        json.String("predicateType", PredicateType);
        json.Raw(StringMap.Of("predicate", System.Text.Encoding.UTF8.GetString(Predicate.Span)));
        json.End();
        return json.ToBytes();
    }

    /// <param name="where">What the bytes are, for messages.</param>
    /// <exception cref="ProblemException">NUA3001–3005: not strict JSON, or not a statement.</exception>
    public static Statement Parse(ReadOnlyMemory<byte> bytes, string where, int maxBytes)
    {
        using var document = StrictJson.Parse(bytes, where, maxBytes);
        var json = JsonObjectReader.Open(document.RootElement, where, _keys);
        if (json.String("_type") is not (Type or OldType))
        {
            throw json.Invalid("_type", $"only '{Type}' is known");
        }

        var subjects = json.OptionalObjects("subject", _subjectKeys) ?? [];
        if (subjects.Count is 0 or > MaxSubjects)
        {
            throw json.Invalid("subject", $"it has {subjects.Count} entries; a statement has from 1 to {MaxSubjects}");
        }

        var type = json.String("predicateType");
        return new Statement([.. subjects.SelectMany(Digests)], type, RawPredicate(json, document.RootElement))
        {
            Name = subjects[0].OptionalString("name"),
        };
    }

    /// <summary>Compact, so that equal predicates make equal statements whoever laid them out.</summary>
    public static ReadOnlyMemory<byte> Compact(JsonElement element)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            element.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> RawPredicate(JsonObjectReader json, JsonElement root)
    {
        if (!json.Has("predicate"))
        {
            return "{}"u8.ToArray();
        }

        var predicate = root.GetProperty("predicate");
        return predicate.ValueKind == JsonValueKind.Object
            ? Compact(predicate)
            : throw json.Invalid("predicate", "it is not an object");
    }

    /// <summary>A subject may carry digests of several algorithms; those that name no manifest are passed over.</summary>
    private static IEnumerable<Digest> Digests(JsonObjectReader subject) =>
        subject.StringMap("digest")
            .Select(pair => Digest.TryParse($"{pair.Key}:{pair.Value}", out var digest) && digest.IsVerifiable ? digest : (Digest?)null)
            .OfType<Digest>();
}
