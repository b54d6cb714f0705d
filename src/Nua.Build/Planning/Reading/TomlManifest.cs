using System.Text.Json;
using Nua.Foundation;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Nua.Build.Planning.Reading;

/// <summary>
/// Reads a TOML manifest and gives it the shape of JSON, so that a stack reads <c>pyproject.toml</c> and
/// <c>package.json</c> with the same words. Dates become text.
/// </summary>
internal static class TomlManifest
{
    private const int MostDepth = 64;

    /// <summary>Null when the file is absent.</summary>
    /// <exception cref="ProblemException">not TOML, with line and column.</exception>
    public static JsonElement? Read(AppFolder folder, string path)
    {
        if (folder.ReadText(path) is not { } text)
        {
            return null;
        }

        var document = SyntaxParser.Parse(text, path, validate: true);
        if (document.HasErrors)
        {
            var first = document.Diagnostics[0];
            throw new ProblemException(SourceProblems.BadManifest(
                path, first.Span.Start.Line + 1, first.Span.Start.Column + 1, first.Message));
        }

        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, Build(document), MostDepth);
        }

        return JsonDocument.Parse(buffer.WrittenMemory).RootElement;
    }

    private static Dictionary<string, object?> Build(DocumentSyntax document)
    {
        var root = new Dictionary<string, object?>(StringComparer.Ordinal);
        AddItems(root, document.KeyValues);
        foreach (var table in document.Tables)
        {
            if (table.Name is not { } name)
            {
                continue;
            }

            var keys = Keys(name);
            var parent = Descend(root, keys.AsSpan(..^1));
            AddItems(table is TableArraySyntax ? Append(parent, keys[^1]) : Descend(parent, keys.AsSpan(^1..)),
                table.Items);
        }

        return root;
    }

    private static Dictionary<string, object?> Append(Dictionary<string, object?> parent, string key)
    {
        var added = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (parent.TryGetValue(key, out var existing) && existing is List<object?> list)
        {
            list.Add(added);
        }
        else
        {
            parent[key] = new List<object?> { added };
        }

        return added;
    }

    private static Dictionary<string, object?> Descend(Dictionary<string, object?> table, ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            table.TryGetValue(key, out var next);
            if (next is List<object?> { Count: > 0 } list)
            {
                next = list[^1];
            }

            if (next is not Dictionary<string, object?> child)
            {
                table[key] = child = new Dictionary<string, object?>(StringComparer.Ordinal);
            }

            table = child;
        }

        return table;
    }

    private static void AddItems(Dictionary<string, object?> table, IEnumerable<KeyValueSyntax> items)
    {
        foreach (var item in items)
        {
            if (item.Key is { } key)
            {
                var keys = Keys(key);
                Descend(table, keys.AsSpan(..^1))[keys[^1]] = Value(item.Value);
            }
        }
    }

    private static string[] Keys(KeySyntax key) =>
        [Text(key.Key), .. key.DotKeys.Select(dotted => Text(dotted.Key))];

    private static string Text(BareKeyOrStringValueSyntax? key) => key switch
    {
        BareKeySyntax bare => bare.Key?.Text ?? "",
        StringValueSyntax quoted => quoted.Value ?? "",
        _ => "",
    };

    private static object? Value(ValueSyntax? value) => value switch
    {
        StringValueSyntax text => text.Value,
        IntegerValueSyntax number => number.Value,
        FloatValueSyntax number => number.Value,
        BooleanValueSyntax flag => flag.Value,
        ArraySyntax array => array.Items.Select(item => Value(item.Value)).ToList(),
        InlineTableSyntax inline => Inline(inline),
        null => null,
        _ => value.ToString().Trim(),
    };

    private static Dictionary<string, object?> Inline(InlineTableSyntax inline)
    {
        var table = new Dictionary<string, object?>(StringComparer.Ordinal);
        AddItems(table, inline.Items.Select(item => item.KeyValue).OfType<KeyValueSyntax>());
        return table;
    }

    private static void Write(Utf8JsonWriter writer, object? value, int depth)
    {
        switch (value)
        {
            case Dictionary<string, object?> table when depth > 0:
                writer.WriteStartObject();
                foreach (var (key, member) in table)
                {
                    writer.WritePropertyName(key);
                    Write(writer, member, depth - 1);
                }

                writer.WriteEndObject();
                break;
            case List<object?> list when depth > 0:
                writer.WriteStartArray();
                list.ForEach(item => Write(writer, item, depth - 1));
                writer.WriteEndArray();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
