using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Nua.Config.Syntax;

/// <summary>
/// Reads one YAML document with the scalars of the YAML 1.2 core schema. Aliases are allowed within a bound, tags are
/// refused: they have no meaning in a configuration and a long history of trouble.
/// </summary>
internal sealed class YamlSyntax
{
    /// <summary>Flow brackets that may be open when the scanner is let loose: its cost per token grows with
    /// them.</summary>
    private const int OpenBrackets = 256;

    private readonly Parser _parser;
    private readonly ProblemLog _log;
    private readonly Dictionary<AnchorName, ConfigNode?> _anchors = [];
    private readonly Dictionary<ConfigNode, int> _weights = [];
    private int _aliased;

    private YamlSyntax(SourceText source, ProblemLog log)
    {
        _parser = new Parser(new Scanner(new StringReader(source.Text), skipComments: true));
        _log = log;
    }

    private ParsingEvent Current => _parser.Current!;

    public static ConfigNode? Read(SourceText source, ProblemLog log)
    {
        if (source.OffsetOfNesting(OpenBrackets) is { } offset)
        {
            log.Add(ConfigProblems.TooDeep(), source.PositionOf(offset));
            return null;
        }

        var reading = new YamlSyntax(source, log);
        try
        {
            return reading.Document();
        }
        catch (SyntaxStop stop)
        {
            log.Add(stop.Problem, stop.Position);
        }
        catch (YamlException error)
        {
            var isTab = error.Message.Contains("tab as indentation", StringComparison.Ordinal);
            log.Add(ConfigProblems.Syntax("YAML", Cause(error)), isTab ? FirstTab(source) : At(error.Start));
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or FormatException)
        {
            // The scanner means to throw YamlException only; what else it throws for odd input is still the input's
            // fault.
            log.Add(ConfigProblems.Syntax("YAML", "what follows cannot be read"), reading.Last());
        }

        return null;
    }

    private ConfigNode Document()
    {
        Move();
        Move();
        if (Current is StreamEnd)
        {
            return new TableNode(new Position(1, 1), []);
        }

        Move();
        var node = Value(0);
        Move();
        if (Current is DocumentStart)
        {
            throw new SyntaxStop(ConfigProblems.SecondDocument(), At(Current.Start));
        }

        var empty = node is ScalarNode { Scalar: ScalarKind.Null };
        return empty ? new TableNode(node.Position, []) : node;
    }

    /// <summary>Reads the node at the current event and moves to the event after it.</summary>
    private ConfigNode Value(int depth)
    {
        var at = At(Current.Start);
        if (Current is AnchorAlias alias)
        {
            Move();
            return Aliased(alias, at);
        }

        // For some odd input the parser ends a mapping between a key and its value.
        if (Current is not NodeEvent start)
        {
            throw new SyntaxStop(ConfigProblems.Syntax("YAML", "a value is missing"), at);
        }

        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific)
        {
            throw new SyntaxStop(ConfigProblems.Tag(start.Tag.Value), at);
        }

        if (start is not Scalar && depth >= Limits.Depth)
        {
            throw new SyntaxStop(ConfigProblems.TooDeep(), at);
        }

        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = null;
        }

        var node = start switch
        {
            MappingStart => Table(at, depth + 1),
            SequenceStart => (ConfigNode)List(at, depth + 1),
            _ => ScalarValue((Scalar)start, at),
        };
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return node;
    }

    private ScalarNode ScalarValue(Scalar scalar, Position at)
    {
        Move();
        var (kind, text) = scalar is { Style: ScalarStyle.Plain, IsPlainImplicit: true }
            ? YamlScalars.Resolve(scalar.Value)
            : (ScalarKind.Text, scalar.Value);
        return new ScalarNode(at, kind, text);
    }

    private TableNode Table(Position at, int depth)
    {
        Move();
        var table = new TableBuilder(at, _log);
        while (Current is not MappingEnd)
        {
            var keyAt = At(Current.Start);
            if (Current is not Scalar { Anchor.IsEmpty: true, Tag.IsEmpty: true } key)
            {
                throw new SyntaxStop(ConfigProblems.KeyIsNoText(), keyAt);
            }

            Move();
            table.Add(key.Value, keyAt, Value(depth));
        }

        Move();
        return table.Build();
    }

    private ListNode List(Position at, int depth)
    {
        Move();
        var items = new List<ConfigNode>();
        while (Current is not SequenceEnd)
        {
            items.Add(Value(depth));
        }

        Move();
        return new ListNode(at, items);
    }

    /// <summary>The node an alias stands for. It is shared, not copied; its weight is counted as if it were
    /// copied.</summary>
    private ConfigNode Aliased(AnchorAlias alias, Position at)
    {
        var name = alias.Value.Value;
        if (!_anchors.TryGetValue(alias.Value, out var node))
        {
            throw new SyntaxStop(ConfigProblems.UnknownAnchor(name), at);
        }

        if (node is null)
        {
            throw new SyntaxStop(ConfigProblems.AnchorInItself(name), at);
        }

        _aliased += Weight(node);
        return _aliased <= Limits.AliasedNodes ? node : throw new SyntaxStop(ConfigProblems.TooManyAliases(), at);
    }

    /// <summary>Values in a tree, aliases included, never more than the limit and one.</summary>
    private int Weight(ConfigNode node)
    {
        if (_weights.TryGetValue(node, out var known))
        {
            return known;
        }

        IEnumerable<ConfigNode> parts = node switch
        {
            TableNode table => table.Entries.Select(entry => entry.Value),
            ListNode list => list.Items,
            _ => [],
        };
        var weight = 1;
        foreach (var part in parts)
        {
            weight = Math.Min(weight + Weight(part), Limits.AliasedNodes + 1);
        }

        return _weights[node] = weight;
    }

    private void Move() => _parser.MoveNext();

    /// <summary>Where a tab indents a line: the parser tells only where the mapping began.</summary>
    private static Position FirstTab(SourceText source)
    {
        var isIndent = true;
        for (var i = 0; i < source.Text.Length; i++)
        {
            var c = source.Text[i];
            if (c == '\t' && isIndent)
            {
                return source.PositionOf(i);
            }

            isIndent = c == '\n' || (isIndent && c == ' ');
        }

        return new Position(1, 1);
    }

    private Position Last() => _parser.Current is { } last ? At(last.End) : new Position(1, 1);

    private static Position At(Mark mark) => new((int)mark.Line, (int)mark.Column);

    /// <summary>The parser's words, beginning small and without the final stop, to follow our own beginning.</summary>
    private static string Cause(YamlException error)
    {
        var text = error.Message.TrimEnd('.');
        return text.Length > 0 ? char.ToLowerInvariant(text[0]) + text[1..] : "the parser gives no reason";
    }
}
