using Nua.Foundation;
using Tomlyn;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace Nua.Config.Syntax;

/// <summary>Reads TOML. All syntax problems are reported, not only the first.</summary>
internal static class TomlSyntax
{
    /// <summary>Text in which it is worth looking, by parsing again and again, for what makes the parser
    /// throw.</summary>
    private const int SearchableLength = 64 * 1024;

    /// <summary>Dots of one key with which the parser is let loose: its cost grows faster than they do.</summary>
    private const int Dots = 1000;

    public static ConfigNode? Read(SourceText source, ProblemLog log)
    {
        if (FirstLongKey(source.Text) is { } offset)
        {
            log.Add(ConfigProblems.TooDeep(), source.PositionOf(offset));
            return null;
        }

        try
        {
            var document = SyntaxParser.Parse(source.Text, log.File, validate: true);
            return document.HasErrors ? Refuse(document.Diagnostics, log) : Document(document);
        }
        catch (SyntaxStop stop)
        {
            log.Add(stop.Problem, stop.Position);
        }
        catch (TomlException error)
        {
            // Thrown, unlike everything else the parser finds, when values are nested too deep.
            var at = source.PositionOf(source.OffsetOfNesting(Limits.Depth) ?? 0);
            log.Add(ConfigProblems.TooDeep() with { Why = Printable.Escape(error.Message, 200) }, at);
        }
        catch (Exception error) when (IsParserFault(error))
        {
            // The parser means to report what it finds; for odd input, such as a backslash at the very end, it throws.
            var at = new Position(FaultyLine(source.Text), 1);
            log.Add(ConfigProblems.Syntax("TOML", "what follows cannot be read"), at);
        }

        return null;
    }

    /// <summary>Where there are too many dots in what may be a key. No other text of a configuration looks like
    /// that.</summary>
    private static int? FirstLongKey(string text)
    {
        var (isKey, dots) = (true, 0);
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\n' or '{' or ',':
                    (isKey, dots) = (true, 0);
                    break;
                case '=':
                    isKey = false;
                    break;
                case '.' when isKey && ++dots > Dots:
                    return i;
            }
        }

        return null;
    }

    private static bool IsParserFault(Exception error) =>
        error is ArgumentException or InvalidOperationException or FormatException
            or IndexOutOfRangeException or NullReferenceException;

    /// <summary>The line at which the parser throws: the shortest beginning of the text that makes it throw ends
    /// there.</summary>
    private static int FaultyLine(string text)
    {
        if (text.Length > SearchableLength)
        {
            return 1;
        }

        var lines = text.Split('\n');
        var (good, bad) = (0, lines.Length);
        while (bad - good > 1)
        {
            var middle = (good + bad) / 2;
            if (Throws(string.Join('\n', lines[..middle])))
            {
                bad = middle;
            }
            else
            {
                good = middle;
            }
        }

        return bad;
    }

    private static bool Throws(string text)
    {
        try
        {
            SyntaxParser.Parse(text, "", validate: false);
            return false;
        }
        catch (Exception error) when (IsParserFault(error))
        {
            return true;
        }
    }

    private static TableNode? Refuse(DiagnosticsBag diagnostics, ProblemLog log)
    {
        foreach (var found in diagnostics)
        {
            var message = found.Message.TrimEnd('.', ';');
            var redefined = message.StartsWith("The key `", StringComparison.Ordinal)
                && message.Contains("already defined", StringComparison.Ordinal);
            var problem = redefined
                ? ConfigProblems.Redefined(message)
                : ConfigProblems.Syntax("TOML", char.ToLowerInvariant(message[0]) + message[1..]);
            log.Add(problem, At(found.Span.Start));
        }

        return null;
    }

    private static TableNode Document(DocumentSyntax document)
    {
        var root = new Table(new Position(1, 1), 1);
        Fill(root, document.KeyValues);
        foreach (var header in document.Tables)
        {
            Fill(Open(root, header), header.Items);
        }

        return root.Build();
    }

    /// <summary>The table that a <c>[header]</c> or <c>[[header]]</c> names, made when it is new.</summary>
    private static Table Open(Table root, TableSyntaxBase header)
    {
        var keys = Parts(header.Name!);
        var table = root;
        foreach (var (key, at) in keys[..^1])
        {
            table = table.Inner(key, at);
        }

        var (last, place) = keys[^1];
        return header is TableArraySyntax ? table.NewItem(last, place) : table.Inner(last, place);
    }

    private static void Fill(Table table, SyntaxList<KeyValueSyntax> pairs)
    {
        foreach (var pair in pairs)
        {
            Put(table, pair);
        }
    }

    private static void Put(Table table, KeyValueSyntax pair)
    {
        var keys = Parts(pair.Key!);
        foreach (var (key, at) in keys[..^1])
        {
            table = table.Inner(key, at);
        }

        table.Put(keys[^1].Key, keys[^1].At, Value(pair.Value!, table.Depth));
    }

    private static List<(string Key, Position At)> Parts(KeySyntax key)
    {
        var parts = new List<(string, Position)> { (Text(key.Key!), At(key.Span.Start)) };
        foreach (var dotted in key.DotKeys)
        {
            if (parts.Count >= Limits.Depth)
            {
                throw new SyntaxStop(ConfigProblems.TooDeep(), At(dotted.Span.Start));
            }

            parts.Add((Text(dotted.Key!), At(dotted.Key!.Span.Start)));
        }

        return parts;
    }

    private static string Text(BareKeyOrStringValueSyntax key) =>
        key is BareKeySyntax bare ? bare.Key!.Text! : ((StringValueSyntax)key).Value!;

    private static object Value(ValueSyntax value, int depth)
    {
        var at = At(value.Span.Start);
        switch (value)
        {
            case StringValueSyntax text:
                return new ScalarNode(at, ScalarKind.Text, text.Value!);
            case IntegerValueSyntax number:
                return new ScalarNode(at, ScalarKind.Integer, Digits(number.Token!));
            case FloatValueSyntax number:
                return new ScalarNode(at, ScalarKind.Float, Digits(number.Token!));
            case BooleanValueSyntax boolean:
                return new ScalarNode(at, ScalarKind.Boolean, boolean.Value ? "true" : "false");
            case ArraySyntax array:
                var items = new List<object>();
                foreach (var item in array.Items)
                {
                    items.Add(Value(item.Value!, Deeper(depth, at)));
                }

                return new Items(at, items);
            case InlineTableSyntax inline:
                var table = new Table(at, Deeper(depth, at));
                foreach (var item in inline.Items)
                {
                    Put(table, item.KeyValue!);
                }

                return table;
            default:
                return new ScalarNode(at, ScalarKind.Date, ((DateTimeValueSyntax)value).Token!.Text!);
        }
    }

    /// <summary>The number as written, but without the <c>_</c> that only help the eye.</summary>
    private static string Digits(SyntaxToken token) => token.Text!.Replace("_", "", StringComparison.Ordinal);

    private static int Deeper(int depth, Position at) =>
        depth < Limits.Depth ? depth + 1 : throw new SyntaxStop(ConfigProblems.TooDeep(), at);

    private static Position At(TextPosition start) => new(start.Line + 1, start.Column + 1);

    /// <summary>A list still open for <c>[[header]]</c>. Holds scalars, <see cref="Table"/> and <see
    /// cref="Items"/>.</summary>
    private sealed record Items(Position At, List<object> Values)
    {
        public ListNode Build() => new(At, Values.ConvertAll(Finish));
    }

    /// <summary>A table still open: TOML may come back to it from any later header. The parser has already refused what
    /// may not be reopened, so nothing here meets a key twice.</summary>
    private sealed class Table(Position at, int depth)
    {
        private readonly List<(string Key, Position At, object Value)> _entries = [];
        private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

        public int Depth { get; } = depth;

        public void Put(string key, Position place, object value)
        {
            _index[key] = _entries.Count;
            _entries.Add((key, place, value));
        }

        /// <summary>The table below <paramref name="key"/>; of a list of tables its last one.</summary>
        public Table Inner(string key, Position place)
        {
            if (_index.TryGetValue(key, out var known))
            {
                var value = _entries[known].Value;
                value = value is Items { Values: [.., var last] } ? last : value;
                return value as Table ?? throw new SyntaxStop(ConfigProblems.DuplicateKey(key, "before"), place);
            }

            var table = new Table(place, Deeper(Depth, place));
            Put(key, place, table);
            return table;
        }

        public Table NewItem(string key, Position place)
        {
            if (!_index.TryGetValue(key, out var known))
            {
                known = _entries.Count;
                Put(key, place, new Items(place, []));
            }

            var list = _entries[known].Value as Items
                ?? throw new SyntaxStop(ConfigProblems.DuplicateKey(key, "before"), place);
            var item = new Table(place, Deeper(Depth, place));
            list.Values.Add(item);
            return item;
        }

        public TableNode Build() =>
            new(at, _entries.ConvertAll(entry => new ConfigEntry(entry.Key, entry.At, Finish(entry.Value))));
    }

    private static ConfigNode Finish(object value) => value switch
    {
        Table table => table.Build(),
        Items list => list.Build(),
        _ => (ConfigNode)value,
    };
}
