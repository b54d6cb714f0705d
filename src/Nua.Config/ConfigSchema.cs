using System.Buffers;
using System.Text;
using System.Text.Json;
using Nua.Config.Catalogue;

namespace Nua.Config;

/// <summary>The JSON schema (draft-07, which editors know best) of the configuration, for completion and checking
/// while typing. It describes the modern spelling; the reader takes more.</summary>
public static class ConfigSchema
{
    public static string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, ConfigWriter.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("$schema", "http://json-schema.org/draft-07/schema#");
            writer.WriteString("title", "nua-config");
            WriteTable(writer, ConfigCatalogue.Root);
            writer.WriteStartObject("definitions");
            foreach (var group in ConfigCatalogue.Groups().Where(group => group.Name.Length > 0))
            {
                writer.WriteStartObject(group.Name);
                WriteTable(writer, group);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteTable(Utf8JsonWriter writer, KeyGroup group)
    {
        writer.WriteString("description", group.About);
        writer.WriteString("type", "object");
        writer.WriteStartObject("properties");
        foreach (var key in group.Keys)
        {
            writer.WriteStartObject(key.Name);
            if (!key.IsWritten)
            {
                writer.WriteString("description", key.About);
                WriteShape(writer, key);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        var required = group.Keys.Where(key => key.IsRequired).Select(key => key.Name).ToList();
        if (required.Count > 0)
        {
            writer.WriteStartArray("required");
            required.ForEach(writer.WriteStringValue);
            writer.WriteEndArray();
        }

        writer.WriteBoolean("additionalProperties", false);
    }

    private static void WriteShape(Utf8JsonWriter writer, ConfigKey key)
    {
        switch (key.Shape)
        {
            case ValueShape.Text when key.Choices.Count > 0:
                writer.WriteStartArray("enum");
                key.Choices.ToList().ForEach(writer.WriteStringValue);
                writer.WriteEndArray();
                break;
            case ValueShape.Text:
                WriteTypes(writer, "string", "number");
                break;
            case ValueShape.Texts:
                WriteArray(writer, () => WriteText(writer));
                break;
            case ValueShape.TextOrTexts:
                WriteEither(writer, () => WriteText(writer), () => WriteArray(writer, () => WriteText(writer)));
                break;
            case ValueShape.Integer:
                WriteInteger(writer, key);
                break;
            case ValueShape.Integers:
                WriteArray(writer, () => WriteInteger(writer, key));
                break;
            case ValueShape.Flag:
                writer.WriteString("type", "boolean");
                break;
            case ValueShape.IntegerOrDynamic:
                WriteEither(writer, () => WriteInteger(writer, key), () => WriteReference(writer, key.Inside!));
                break;
            case ValueShape.Table:
                WriteAllOf(writer, key.Inside!);
                break;
            case ValueShape.TextOrTable:
                WriteEither(writer, () => WriteText(writer), () => WriteReference(writer, key.Inside!));
                break;
            case ValueShape.Tables:
                WriteArray(writer, () => WriteReference(writer, key.Inside!));
                break;
            case ValueShape.NamedTables:
                WriteNamed(writer, () => WriteReference(writer, key.Inside!));
                break;
            case ValueShape.Variables:
                WriteNamed(writer, () => WriteEither(
                    writer,
                    () => WriteTypes(writer, "string", "number", "boolean", "array"),
                    () => WriteReference(writer, SectionKeys.Dynamic)));
                break;
            default:
                writer.WriteString("type", "object");
                break;
        }
    }

    private static void WriteText(Utf8JsonWriter writer) => writer.WriteString("type", "string");

    private static void WriteReference(Utf8JsonWriter writer, KeyGroup group) =>
        writer.WriteString("$ref", $"#/definitions/{group.Name}");

    /// <summary>Beside <c>$ref</c> draft-07 ignores every other word, the description too; inside <c>allOf</c> it
    /// stands alone.</summary>
    private static void WriteAllOf(Utf8JsonWriter writer, KeyGroup group)
    {
        writer.WriteStartArray("allOf");
        writer.WriteStartObject();
        WriteReference(writer, group);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteInteger(Utf8JsonWriter writer, ConfigKey key)
    {
        writer.WriteString("type", "integer");
        if (key.Minimum is { } minimum)
        {
            writer.WriteNumber("minimum", minimum);
        }

        if (key.Maximum is { } maximum)
        {
            writer.WriteNumber("maximum", maximum);
        }
    }

    private static void WriteTypes(Utf8JsonWriter writer, params ReadOnlySpan<string> types)
    {
        writer.WriteStartArray("type");
        foreach (var type in types)
        {
            writer.WriteStringValue(type);
        }

        writer.WriteEndArray();
    }

    private static void WriteArray(Utf8JsonWriter writer, Action item)
    {
        writer.WriteString("type", "array");
        writer.WriteStartObject("items");
        item();
        writer.WriteEndObject();
    }

    private static void WriteNamed(Utf8JsonWriter writer, Action item)
    {
        writer.WriteString("type", "object");
        writer.WriteStartObject("additionalProperties");
        item();
        writer.WriteEndObject();
    }

    private static void WriteEither(Utf8JsonWriter writer, params ReadOnlySpan<Action> forms)
    {
        writer.WriteStartArray("anyOf");
        foreach (var form in forms)
        {
            writer.WriteStartObject();
            form();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
