using System.Text;

namespace Nua.Build.Planning;

/// <summary>
/// A command line split as a POSIX shell would, when it is so plain that no shell is needed: words, quotes,
/// backslashes, leading <c>NAME=value</c> assignments, and <c>$NAME</c>/<c>${NAME}</c>, which the agent replaces
/// itself.
/// </summary>
/// <param name="Assignments">Variables set in front of the command, in order.</param>
/// <param name="Argv">The words; never empty.</param>
public sealed record ShellWords(IReadOnlyList<(string Name, string Value)> Assignments, IReadOnlyList<string> Argv)
{
    private static readonly HashSet<string> _reserved = new(
        [
            "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "{", "}", "!",
            "in",
            ".", ":", "cd", "set", "unset", "export", "readonly", "local", "eval", "trap", "ulimit", "umask", "wait",
            "source",
            "command", "type", "exec", "shift", "return", "break", "continue", "read", "alias", "exit",
        ], StringComparer.Ordinal);

    /// <summary>Null when the line needs a shell: operators, substitution, globs, quoted or partial expansion that
    /// splits words, builtins, comments, or open quotes.</summary>
    public static ShellWords? Parse(string line)
    {
        if (Split(line.Trim()) is not { Count: > 0 } words)
        {
            return null;
        }

        if (words[0].Text == "exec" && words.Count > 1 && !words[1].Text.StartsWith('-'))
        {
            words.RemoveAt(0);
        }

        var assignments = new List<(string, string)>();
        while (words.Count > 0 && Assignment(words[0]) is { } assignment)
        {
            assignments.Add(assignment);
            words.RemoveAt(0);
        }

        return words.Count == 0 || _reserved.Contains(words[0].Text) ? null
            : new ShellWords(assignments, [.. words.Select(word => word.Text)]);
    }

    /// <summary>Splits at <c>&amp;&amp;</c> outside quotes; a line without one is its own only part.</summary>
    public static IReadOnlyList<string> SplitAnd(string line)
    {
        var parts = new List<string>();
        var start = 0;
        char quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            if (quote != '\0')
            {
                quote = line[i] == quote ? '\0' : quote;
            }
            else if (line[i] is '"' or '\'')
            {
                quote = line[i];
            }
            else if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] == '&' && i + 1 < line.Length && line[i + 1] == '&')
            {
                parts.Add(line[start..i].Trim());
                start = i + 2;
                i++;
            }
        }

        parts.Add(line[start..].Trim());
        return parts;
    }

    /// <summary>Quotes a word so that a shell, and <see cref="Parse"/>, read it back unchanged. <c>$</c> stays
    /// active.</summary>
    public static string Quote(string word)
    {
        if (word.Length > 0
            && word.All(c => char.IsAsciiLetterOrDigit(c) || "@%_+=:,./-${}".Contains(c, StringComparison.Ordinal)))
        {
            return word;
        }

        var text = new StringBuilder("\"");
        foreach (var c in word)
        {
            text.Append(c is '"' or '\\' or '`' ? "\\" : "").Append(c);
        }

        return text.Append('"').ToString();
    }

    public static string Join(IEnumerable<string> argv) => string.Join(' ', argv.Select(Quote));

    private static (string, string)? Assignment(Word word)
    {
        var equals = word.Text.IndexOf('=');
        return equals > 0 && word.PlainPrefix > equals && IsName(word.Text.AsSpan(0, equals))
            ? (word.Text[..equals], word.Text[(equals + 1)..])
            : null;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return text.Length > 0 && !char.IsAsciiDigit(text[0]);
    }

    private static List<Word>? Split(string line)
    {
        var words = new List<Word>();
        var reader = new Reader(line);
        while (reader.SkipSpace())
        {
            if (reader.ReadWord() is not { } word)
            {
                return null;
            }

            words.Add(word);
        }

        return words;
    }

    /// <param name="PlainPrefix">Characters at the start that were neither quoted nor escaped.</param>
    private sealed record Word(string Text, int PlainPrefix);

    private sealed class Reader(string line)
    {
        private readonly StringBuilder _text = new();
        private int _at;

        public bool SkipSpace()
        {
            while (_at < line.Length)
            {
                if (line[_at] is ' ' or '\t')
                {
                    _at++;
                }
                else if (line[_at] == '\\' && _at + 1 < line.Length && line[_at + 1] == '\n')
                {
                    _at += 2;
                }
                else
                {
                    return true;
                }
            }

            return false;
        }

        public Word? ReadWord()
        {
            _text.Clear();
            int? plain = null;
            if (line[_at] is '#' or '~')
            {
                return null;
            }

            while (_at < line.Length && line[_at] is not (' ' or '\t'))
            {
                if (line[_at] is '\'' or '"' or '\\')
                {
                    plain ??= _text.Length;
                }

                if (!ReadPiece())
                {
                    return null;
                }
            }

            return new Word(_text.ToString(), plain ?? _text.Length);
        }

        private bool ReadPiece()
        {
            var c = line[_at];
            switch (c)
            {
                case '\'':
                    return ReadSingleQuoted();
                case '"':
                    return ReadDoubleQuoted();
                case '$':
                    return ReadVariable(quoted: false);
                case '\\':
                    return ReadEscape();
                case '|' or '&' or ';' or '<' or '>' or '(' or ')' or '`' or '*' or '?' or '[' or '\n' or '\r':
                    return false;
                case '{' or '}':
                    // Braces are plain text to sh, but bash expands {a,b}: leave the decision to the shell.
                    return false;
                default:
                    _text.Append(c);
                    _at++;
                    return true;
            }
        }

        private bool ReadEscape()
        {
            if (_at + 1 >= line.Length || line[_at + 1] == '$')
            {
                return false;
            }

            if (line[_at + 1] != '\n')
            {
                _text.Append(line[_at + 1]);
            }

            _at += 2;
            return true;
        }

        private bool ReadSingleQuoted()
        {
            var end = line.IndexOf('\'', _at + 1);
            var text = end < 0 ? null : line[(_at + 1)..end];
            if (text is null || text.Contains('$', StringComparison.Ordinal))
            {
                // A literal dollar cannot be told from a variable once it is in an argv.
                return false;
            }

            _text.Append(text);
            _at = end + 1;
            return true;
        }

        private bool ReadDoubleQuoted()
        {
            for (_at++; _at < line.Length && line[_at] != '"';)
            {
                switch (line[_at])
                {
                    case '`':
                        return false;
                    case '$' when !ReadVariable(quoted: true):
                        return false;
                    case '$':
                        break;
                    case '\\' when _at + 1 < line.Length && line[_at + 1] is '"' or '\\' or '`' or '\n':
                        _text.Append(line[_at + 1] == '\n' ? "" : line[_at + 1].ToString());
                        _at += 2;
                        break;
                    case '\\' when _at + 1 < line.Length && line[_at + 1] == '$':
                        return false;
                    default:
                        _text.Append(line[_at++]);
                        break;
                }
            }

            return _at++ < line.Length;
        }

        /// <summary><c>$NAME</c> or <c>${NAME}</c> stays as written; anything richer needs the shell. So does a
        /// variable outside quotes, whose value a shell splits into words, unless it is a port.</summary>
        private bool ReadVariable(bool quoted)
        {
            var braced = _at + 1 < line.Length && line[_at + 1] == '{';
            var start = _at + (braced ? 2 : 1);
            var end = start;
            while (end < line.Length && (char.IsAsciiLetterOrDigit(line[end]) || line[end] == '_'))
            {
                end++;
            }

            var name = line.AsSpan(start, end - start);
            if (!quoted && name is not "PORT" && !name.StartsWith("PORT_"))
            {
                return false;
            }

            if (!IsName(name) || (braced && (end == line.Length || line[end] != '}')))
            {
                return false;
            }

            end += braced ? 1 : 0;
            _text.Append(line, _at, end - _at);
            _at = end;
            return true;
        }
    }
}
