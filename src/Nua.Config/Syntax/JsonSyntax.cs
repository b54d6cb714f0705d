using System.Text;
using System.Text.Json;

namespace Nua.Config.Syntax;

/// <summary>Reads JSON as RFC 8259 has it: no comments, no trailing comma, no key twice.</summary>
internal static class JsonSyntax
{
    public static ConfigNode? Read(SourceText source, ProblemLog log)
    {
        var reading = new Reading(source, Encoding.UTF8.GetBytes(source.Text), log);
        try
        {
            return reading.Document();
        }
        catch (JsonException error)
        {
            var at = reading.At((int)(error.LineNumber ?? 0), (int)(error.BytePositionInLine ?? 0));
            log.Add(ConfigProblems.Syntax("JSON", Cause(error)), at);
            return null;
        }
        catch (SyntaxStop stop)
        {
            log.Add(stop.Problem, stop.Position);
            return null;
        }
    }

    /// <summary>The parser's sentence without the place, which it repeats at the end, and without its final
    /// stop.</summary>
    private static string Cause(JsonException error)
    {
        var end = error.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (end < 0 ? error.Message : error.Message[..end]).TrimEnd('.');
    }

    private sealed class Reading(SourceText source, byte[] utf8, ProblemLog log)
    {
        private readonly Utf8Cursor _cursor = new(utf8);

        public ConfigNode Document()
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.Depth + 1 });
            reader.Read();
            var node = Value(ref reader, 0);
            reader.Read();
            return node;
        }

        public Position At(int line, int bytesInLine) => source.PositionOf(_cursor.OffsetOf(line, bytesInLine));

        private Position Here(in Utf8JsonReader reader) =>
            source.PositionOf(_cursor.OffsetOf((int)reader.TokenStartIndex));

        private ConfigNode Value(ref Utf8JsonReader reader, int depth)
        {
            var at = Here(reader);
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    return Table(ref reader, at, Deeper(depth, at));
                case JsonTokenType.StartArray:
                    return List(ref reader, at, Deeper(depth, at));
                case JsonTokenType.String:
                    return new ScalarNode(at, ScalarKind.Text, Text(ref reader, at));
                case JsonTokenType.Number:
                    var digits = Encoding.ASCII.GetString(reader.ValueSpan);
                    var kind = digits.AsSpan().ContainsAny(".eE") ? ScalarKind.Float : ScalarKind.Integer;
                    return new ScalarNode(at, kind, digits);
                case JsonTokenType.True:
                    return new ScalarNode(at, ScalarKind.Boolean, "true");
                case JsonTokenType.False:
                    return new ScalarNode(at, ScalarKind.Boolean, "false");
                default:
                    return new ScalarNode(at, ScalarKind.Null, "null");
            }
        }

        private TableNode Table(ref Utf8JsonReader reader, Position at, int depth)
        {
            var table = new TableBuilder(at, log);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var keyAt = Here(reader);
                var key = Text(ref reader, keyAt);
                reader.Read();
                table.Add(key, keyAt, Value(ref reader, depth));
            }

            return table.Build();
        }

        private ListNode List(ref Utf8JsonReader reader, Position at, int depth)
        {
            var items = new List<ConfigNode>();
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(Value(ref reader, depth));
            }

            return new ListNode(at, items);
        }

        private static int Deeper(int depth, Position at) =>
            depth < Limits.Depth ? depth + 1 : throw new SyntaxStop(ConfigProblems.TooDeep(), at);

        private static string Text(ref Utf8JsonReader reader, Position at)
        {
            try
            {
                return reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                // An escape such as \ud800 alone is well-formed JSON but half a character.
                throw new SyntaxStop(ConfigProblems.Syntax("JSON", "an escape is half a character"), at);
            }
        }
    }
}
