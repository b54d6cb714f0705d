using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Tables whose keys are data, as canonical JSON: no white space, keys in ordinal order, numbers as JSON
/// writes them. Dates and the numbers JSON does not know become text.</summary>
internal static class FreeTable
{
    /// <summary>Characters stay themselves: the JSON is read by programs and people, never put in HTML.</summary>
    private static readonly JsonWriterOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string ToJson(ConfigNode node)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, _plain))
        {
            Write(node, writer);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The value as text: a scalar is itself, everything else its JSON.</summary>
    public static string ToText(ConfigNode node) => node switch
    {
        ScalarNode { Scalar: ScalarKind.Null } => "",
        ScalarNode scalar when scalar.TryInteger(out var integer) => integer.ToString(CultureInfo.InvariantCulture),
        ScalarNode scalar => scalar.Text,
        _ => ToJson(node),
    };

    private static void Write(ConfigNode node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case TableNode table:
                writer.WriteStartObject();
                foreach (var entry in table.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(entry.Key);
                    Write(entry.Value, writer);
                }

                writer.WriteEndObject();
                break;
            case ListNode list:
                writer.WriteStartArray();
                foreach (var item in list.Items)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            default:
                Write((ScalarNode)node, writer);
                break;
        }
    }

    private static void Write(ScalarNode scalar, Utf8JsonWriter writer)
    {
        switch (scalar.Scalar)
        {
            case ScalarKind.Integer when scalar.TryInteger(out var integer):
                writer.WriteNumberValue(integer);
                break;
            case ScalarKind.Float when IsFinite(scalar.Text, out var number):
                writer.WriteNumberValue(number);
                break;
            case ScalarKind.Boolean:
                writer.WriteBooleanValue(scalar.Text == "true");
                break;
            case ScalarKind.Null:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }

    private static bool IsFinite(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
