using System.Text;

namespace Nua.Build.Planning.Reading;

/// <summary>One logical line: brackets and continuations joined, comments gone, strings kept (a string of several lines
/// becomes <c>""</c>).</summary>
/// <param name="Indent">Columns before the first character; 0 is the top level of the module.</param>
internal sealed record PythonStatement(int Indent, string Text);

/// <summary>
/// Python read for what it imports, assigns and defines, without running it. Tolerant: code of any version, and code
/// that does not parse, gives the statements that can be told.
/// </summary>
internal sealed class PythonSource
{
    private readonly string _text;
    private int _at;

    private PythonSource(string text)
    {
        _text = text;
        var statements = new List<PythonStatement>();
        while (_at < text.Length)
        {
            if (ReadLine() is { } statement)
            {
                statements.Add(statement);
            }
        }

        Statements = statements;
        Imports = ReadImports();
    }

    public IReadOnlyList<PythonStatement> Statements { get; }

    /// <summary>Local name to full name, from every import at any depth: <c>Flask</c> to <c>flask.Flask</c>, <c>np</c>
    /// to <c>numpy</c>. A star is listed as <c>*module</c>.</summary>
    public IReadOnlyDictionary<string, string> Imports { get; }

    public static PythonSource Read(string text) => new(text);

    /// <summary>First components of what is imported at the top level, outside <c>try</c> and <c>if</c>.</summary>
    public IEnumerable<string> TopModules()
    {
        foreach (var statement in Statements.Where(statement => statement.Indent == 0))
        {
            foreach (var (_, full) in Imported(statement.Text))
            {
                if (!full.StartsWith('.'))
                {
                    yield return full.TrimStart('*').Split('.')[0];
                }
            }
        }
    }

    /// <summary>Top-level <c>NAME = CALLEE(…</c>, also annotated and the first of several targets; <c>Callee</c> is the
    /// dotted name before the bracket, or the whole dotted value when nothing is called.</summary>
    public IEnumerable<(string Name, string Callee, bool IsCall)> Assignments()
    {
        foreach (var statement in Statements.Where(statement => statement.Indent == 0))
        {
            var text = statement.Text;
            var nameEnd = NameEnd(text, 0);
            var equals = AssignmentSign(text, nameEnd);
            if (nameEnd == 0 || equals < 0)
            {
                continue;
            }

            var start = equals + 1;
            while (start < text.Length && text[start] == ' ')
            {
                start++;
            }

            var end = start;
            while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '.'))
            {
                end++;
            }

            var rest = text.AsSpan(end).TrimStart();
            if (end > start && (rest.IsEmpty || rest[0] == '('))
            {
                yield return (text[..nameEnd], text[start..end], !rest.IsEmpty);
            }
        }
    }

    /// <summary>Top-level functions with the text of their parameters.</summary>
    public IEnumerable<(string Name, string Parameters, bool IsAsync)> Functions()
    {
        foreach (var statement in Statements.Where(statement => statement.Indent == 0))
        {
            var isAsync = statement.Text.StartsWith("async def ", StringComparison.Ordinal);
            if (!isAsync && !statement.Text.StartsWith("def ", StringComparison.Ordinal))
            {
                continue;
            }

            var start = isAsync ? 10 : 4;
            var end = NameEnd(statement.Text, start);
            var open = statement.Text.IndexOf('(', end);
            var close = statement.Text.LastIndexOf(')');
            if (end > start && open >= 0 && close > open)
            {
                yield return (statement.Text[start..end], statement.Text[(open + 1)..close], isAsync);
            }
        }
    }

    /// <summary>The full name of a dotted name as this file sees it.</summary>
    public string FullName(string dotted)
    {
        var dot = dotted.IndexOf('.');
        var first = dot < 0 ? dotted : dotted[..dot];
        return Imports.TryGetValue(first, out var full) ? dot < 0 ? full : full + dotted[dot..] : dotted;
    }

    /// <summary>The text of the keyword argument <c>NAME="text"</c>, wherever it stands first; null when it is no plain
    /// string.</summary>
    public static string? Argument(string text, string name)
    {
        var at = text.IndexOf(name + "=", StringComparison.Ordinal);
        while (at > 0 && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] == '_'))
        {
            at = text.IndexOf(name + "=", at + 1, StringComparison.Ordinal);
        }

        var start = at < 0 ? -1 : at + name.Length + 1;
        if (start < 0 || start >= text.Length || text[start] is not ('"' or '\''))
        {
            return null;
        }

        var end = text.IndexOf(text[start], start + 1);
        return end < 0 ? null : text[(start + 1)..end];
    }

    private static int NameEnd(string text, int start)
    {
        var end = start;
        while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] == '_'))
        {
            end++;
        }

        return end;
    }

    /// <summary>Position of the <c>=</c> of <c>name =</c>, <c>name: Type =</c> or <c>name, other =</c>; -1 for anything
    /// else.</summary>
    private static int AssignmentSign(string text, int nameEnd)
    {
        var depth = 0;
        for (var i = nameEnd; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '[' or '(' when i > nameEnd && text[nameEnd] == ':':
                    depth++;
                    break;
                case ']' or ')' when depth > 0:
                    depth--;
                    break;
                case '=' when depth == 0:
                    return i + 1 < text.Length && text[i + 1] == '=' ? -1 : i;
                case '(' or '[' or '+' or '-' or '*' or '/' or '.' when i == nameEnd
                    || text[nameEnd] is not (':' or ',' or ' '):
                    return -1;
            }
        }

        return -1;
    }

    private SortedDictionary<string, string> ReadImports()
    {
        var imports = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var statement in Statements)
        {
            foreach (var (name, full) in Imported(statement.Text))
            {
                imports.TryAdd(name, full);
            }
        }

        return imports;
    }

    private static IEnumerable<(string Name, string Full)> Imported(string text)
    {
        if (text.StartsWith("import ", StringComparison.Ordinal))
        {
            foreach (var (full, name) in Aliases(text[7..]))
            {
                yield return name == full ? (full.Split('.')[0], full.Split('.')[0]) : (name, full);
            }
        }
        else if (text.StartsWith("from ", StringComparison.Ordinal)
            && text.IndexOf(" import ", StringComparison.Ordinal) is > 0 and var at)
        {
            var module = text[5..at].Trim();
            foreach (var (item, name) in Aliases(text[(at + 8)..].Trim().Trim('(', ')')))
            {
                yield return item == "*" ? ("*" + module, "*" + module) : (name, $"{module}.{item}");
            }
        }
    }

    private static IEnumerable<(string Item, string Name)> Aliases(string list)
    {
        foreach (var part in list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = part.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 1 || words is [_, "as", _])
            {
                yield return (words[0], words[^1]);
            }
        }
    }

    /// <summary>Reads one logical line; null when it is empty.</summary>
    private PythonStatement? ReadLine()
    {
        var indent = 0;
        while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\f')
        {
            indent++;
            _at++;
        }

        var line = new StringBuilder();
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\n' && depth == 0)
            {
                _at++;
                break;
            }

            if (c == '#')
            {
                SkipComment();
            }
            else if (c is '"' or '\'')
            {
                line.Append(ReadString());
            }
            else if (c == '\\' && _at + 1 < _text.Length && _text[_at + 1] is '\n' or '\r')
            {
                _at += 2;
            }
            else
            {
                depth = Math.Max(0, depth + (c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0));
                Append(line, c);
                _at++;
            }
        }

        var text = line.ToString().Trim();
        return text.Length == 0 ? null : new PythonStatement(indent, text);
    }

    private static void Append(StringBuilder line, char c)
    {
        if (!char.IsWhiteSpace(c))
        {
            line.Append(c);
        }
        else if (line.Length > 0 && line[^1] != ' ')
        {
            line.Append(' ');
        }
    }

    private void SkipComment()
    {
        while (_at < _text.Length && _text[_at] != '\n')
        {
            _at++;
        }
    }

    private string ReadString()
    {
        var quote = _text[_at];
        var isTriple = _at + 2 < _text.Length && _text[_at + 1] == quote && _text[_at + 2] == quote;
        var start = _at;
        _at += isTriple ? 3 : 1;
        while (_at < _text.Length)
        {
            if (_text[_at] == '\\')
            {
                _at += 2;
            }
            else if (isTriple && _text[_at] == quote && _at + 2 < _text.Length && _text[_at + 1] == quote
                && _text[_at + 2] == quote)
            {
                _at += 3;
                break;
            }
            else if (!isTriple && (_text[_at] == quote || _text[_at] == '\n'))
            {
                // A newline ends a broken string, so that the rest of the file is still read.
                _at += _text[_at] == quote ? 1 : 0;
                break;
            }
            else
            {
                _at++;
            }
        }

        _at = Math.Min(_at, _text.Length);
        var text = _text[start.._at];
        return isTriple || text.Contains('\n', StringComparison.Ordinal) ? "\"\"" : text;
    }
}
