using System.Text.Json;
using Nua.Foundation;

namespace Nua.Oci.Json;

/// <summary>
/// Reads a JSON document whose meaning must be the same for everybody: UTF-8 without a byte order mark, no comments, no
/// trailing data, no duplicate names (RFC 7493, image-spec considerations.md). Two readers that choose differently between two
/// "layers" see two different images under one digest.
/// </summary>
public static class StrictJson
{
    /// <summary>Deepest nesting of arrays and objects.</summary>
    public const int MaxDepth = 64;

    /// <summary>Largest manifest, index or config, in bytes.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>Most names, values and brackets of a document. Each takes a dozen bytes once it is parsed, however short it is.</summary>
    public const int MaxTokens = 2 << 20;

    private static readonly JsonDocumentOptions _options = new()
    {
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
        MaxDepth = MaxDepth,
    };

    /// <summary>Parses and checks; the caller disposes the document.</summary>
    /// <param name="where">What the bytes are, for messages: <c>manifest sha256:…</c>, <c>DIR/index.json</c>.</param>
    /// <exception cref="ProblemException">NUA3001 too large, NUA3002 not strict JSON, NUA3003 the same name
    /// twice.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> bytes, string where, int maxBytes = MaxBytes, int maxTokens = MaxTokens)
    {
        if (bytes.Length > maxBytes)
        {
            throw TooLarge(where, bytes.Length, maxBytes);
        }

        if (bytes.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            throw Invalid(where, "it begins with a byte order mark");
        }

        if (!System.Text.Unicode.Utf8.IsValid(bytes.Span))
        {
            throw Invalid(where, "it is not UTF-8");
        }

        CheckStrings(bytes.Span, where, maxTokens);
        try
        {
            return JsonDocument.Parse(bytes, _options);
        }
        catch (JsonException error) when (error.Message.Contains("uplicate", StringComparison.Ordinal))
        {
            throw Ambiguous(where, Printable.Escape(error.Message, 200));
        }
        catch (JsonException error)
        {
            throw Invalid(where, Printable.Escape(error.Message, 200));
        }
    }

    /// <exception cref="ProblemException">always <c>NUA3001</c>; for callers that know the size before
    /// reading.</exception>
    public static ProblemException TooLarge(string where, long size, long limit) =>
        TooLarge(where, $"the document is {size} bytes, more than the {limit} allowed");

    internal static ProblemException Ambiguous(string where, string why) => new(
        new Problem("NUA3003", "the document can be read in two ways") { Where = where, Why = why });

    private static ProblemException TooLarge(string where, string what) => new(new Problem("NUA3001", what) { Where = where });

    private static ProblemException Invalid(string where, string why) => new(
        new Problem("NUA3002", "the document is not valid JSON") { Where = where, Why = why });

    /// <summary>Finds what JsonDocument only notices when a string is used: escapes that are half of a surrogate
    /// pair.</summary>
    private static void CheckStrings(ReadOnlySpan<byte> bytes, string where, int maxTokens)
    {
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            for (var tokens = 0; reader.Read(); tokens++)
            {
                if (tokens == maxTokens)
                {
                    throw TooLarge(where, $"the document has more than {maxTokens} values");
                }

                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    _ = reader.GetString();
                }
            }
        }
        catch (JsonException error)
        {
            throw Invalid(where, Printable.Escape(error.Message, 200));
        }
        catch (InvalidOperationException)
        {
            throw Invalid(where, $"a string near byte {reader.TokenStartIndex} has half of a surrogate pair");
        }
    }
}
