using System.Text;

namespace Nua.Agent.Templates;

/// <summary>
/// Cuts a template into tokens: <c>{{ }}</c>, <c>{% %}</c>, <c>{# #}</c>, <c>{% raw %}</c>, and the white space control
/// of <c>-</c>. Line ends and everything else outside of tags stay as they are.
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] _operators =
    [
        "**", "//", "==", "!=", "<=", ">=",
        "+", "-", "*", "/", "%", "~", "|", "(", ")", "[", "]", "{", "}", ",", ":", ".", "=", "<", ">",
    ];

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line = 1;
    private int _lineStart;
    private bool _trimNext;

    private Lexer(string source) => _source = source;

    private Position Here => new(_line, _position - _lineStart + 1);

    /// <exception cref="TemplateError">a tag or a text has no end, or a character has no meaning.</exception>
    public static List<Token> Read(string source)
    {
        var lexer = new Lexer(source);
        if (source.Length > Limits.SourceCharacters)
        {
            throw new TemplateError(new Position(1, 1), "the template is larger than 4 MiB");
        }

        lexer.Run();
        return lexer._tokens;
    }

    private void Run()
    {
        while (_position < _source.Length)
        {
            var tag = NextTag();
            Text(tag);
            if (tag < _source.Length)
            {
                Tag();
            }
        }

        _tokens.Add(new Token(TokenKind.End, "", Here));
    }

    private int NextTag()
    {
        for (var i = _position; i + 1 < _source.Length; i++)
        {
            if (_source[i] == '{' && _source[i + 1] is ('{' or '%' or '#'))
            {
                return i;
            }
        }

        return _source.Length;
    }

    /// <summary>Takes the text up to a tag, without the white space that a hyphen on either side removes.</summary>
    private void Text(int end)
    {
        var start = Here;
        var text = _source[_position..end];
        if (_trimNext)
        {
            text = text.TrimStart();
            _trimNext = false;
        }

        if (end + 2 < _source.Length && _source[end + 2] == '-')
        {
            text = text.TrimEnd();
        }

        if (text.Length > 0)
        {
            _tokens.Add(new Token(TokenKind.Text, text, start));
        }

        Advance(end - _position);
    }

    private void Tag()
    {
        var start = Here;
        var kind = _source[_position + 1];
        Advance(2);
        if (kind == '#')
        {
            Comment(start);
            return;
        }

        if (_position < _source.Length && _source[_position] is ('-' or '+'))
        {
            Advance(1);
        }

        if (kind == '%' && TryRaw(start))
        {
            return;
        }

        if (kind == '{')
        {
            _tokens.Add(new Token(TokenKind.OutputBegin, "{{", start));
            Inside("}}", TokenKind.OutputEnd, start);
        }
        else
        {
            _tokens.Add(new Token(TokenKind.StatementBegin, "{%", start));
            Inside("%}", TokenKind.StatementEnd, start);
        }
    }

    private void Comment(Position start)
    {
        var end = _source.IndexOf("#}", _position, StringComparison.Ordinal);
        if (end < 0)
        {
            throw new TemplateError(start, "the comment has no end '#}'");
        }

        _trimNext = end > _position && _source[end - 1] == '-';
        Advance(end + 2 - _position);
    }

    /// <summary>Takes everything up to <c>{% endraw %}</c> as text.</summary>
    private bool TryRaw(Position start)
    {
        if (!TryWordTag(_position, "raw", out var open, out var openTrims))
        {
            return false;
        }

        for (var i = open; i + 1 < _source.Length; i++)
        {
            if (_source[i] != '{' || _source[i + 1] != '%')
            {
                continue;
            }

            var word = i + 2 < _source.Length && _source[i + 2] is ('-' or '+') ? i + 3 : i + 2;
            if (TryWordTag(word, "endraw", out var close, out var closeTrims))
            {
                Advance(open - _position);
                var text = _source[_position..i];
                text = openTrims ? text.TrimStart() : text;
                text = word == i + 3 && _source[i + 2] == '-' ? text.TrimEnd() : text;
                if (text.Length > 0)
                {
                    _tokens.Add(new Token(TokenKind.Text, text, Here));
                }

                Advance(close - _position);
                _trimNext = closeTrims;
                return true;
            }
        }

        throw new TemplateError(start, "raw has no end '{% endraw %}'");
    }

    private bool TryWordTag(int from, string word, out int end, out bool trims)
    {
        end = SkipSpace(from);
        trims = false;
        if (string.CompareOrdinal(_source, end, word, 0, word.Length) != 0)
        {
            return false;
        }

        end = SkipSpace(end + word.Length);
        if (end < _source.Length && _source[end] is ('-' or '+'))
        {
            trims = _source[end] == '-';
            end++;
        }

        var closes = string.CompareOrdinal(_source, end, "%}", 0, 2) == 0;
        end += 2;
        return closes;
    }

    private int SkipSpace(int from)
    {
        while (from < _source.Length && char.IsWhiteSpace(_source[from]))
        {
            from++;
        }

        return from;
    }

    private void Inside(string end, TokenKind endKind, Position start)
    {
        var depth = 0;
        while (true)
        {
            Advance(SkipSpace(_position) - _position);
            if (_position >= _source.Length)
            {
                throw new TemplateError(start, $"the tag has no end '{end}'");
            }

            var signed = _source[_position] is ('-' or '+')
                && string.CompareOrdinal(_source, _position + 1, end, 0, 2) == 0;
            if (depth == 0 && (signed || string.CompareOrdinal(_source, _position, end, 0, 2) == 0))
            {
                _trimNext = signed && _source[_position] == '-';
                _tokens.Add(new Token(endKind, end, Here));
                Advance(signed ? 3 : 2);
                return;
            }

            var token = Next();
            if (token.Kind == TokenKind.Operator)
            {
                depth += token.Value is "(" or "[" or "{" ? 1 : token.Value is ")" or "]" or "}" ? -1 : 0;
                depth = Math.Max(depth, 0);
            }

            _tokens.Add(token);
        }
    }

    private Token Next()
    {
        var c = _source[_position];
        if (char.IsAsciiDigit(c))
        {
            return Number();
        }

        if (char.IsLetter(c) || c == '_')
        {
            var length = 1;
            while (char.IsLetterOrDigit(At(length)) || At(length) == '_')
            {
                length++;
            }

            return Take(TokenKind.Name, length);
        }

        if (c is '"' or '\'')
        {
            return String(c);
        }

        foreach (var candidate in _operators)
        {
            if (string.CompareOrdinal(_source, _position, candidate, 0, candidate.Length) == 0)
            {
                return Take(TokenKind.Operator, candidate.Length);
            }
        }

        throw new TemplateError(Here, $"'{Foundation.Printable.Escape(c.ToString())}' has no meaning here");
    }

    private Token Number()
    {
        var length = Digits(0);
        var kind = TokenKind.Integer;
        if (At(length) == '.' && char.IsAsciiDigit(At(length + 1)))
        {
            kind = TokenKind.Float;
            length = Digits(length + 1);
        }

        var exponent = At(length + 1) is '+' or '-' ? length + 2 : length + 1;
        if (At(length) is 'e' or 'E' && char.IsAsciiDigit(At(exponent)))
        {
            kind = TokenKind.Float;
            length = Digits(exponent);
        }

        return Take(kind, length);
    }

    private int Digits(int length)
    {
        while (char.IsAsciiDigit(At(length)) || At(length) == '_')
        {
            length++;
        }

        return length;
    }

    private char At(int offset) => _position + offset < _source.Length ? _source[_position + offset] : '\0';

    private Token String(char quote)
    {
        var start = Here;
        var text = new StringBuilder();
        Advance(1);
        while (true)
        {
            if (_position >= _source.Length)
            {
                throw new TemplateError(start, "the text has no closing quote");
            }

            var c = _source[_position];
            Advance(1);
            if (c == quote)
            {
                return new Token(TokenKind.String, text.ToString(), start);
            }

            text.Append(c == '\\' && _position < _source.Length ? Escape() : c.ToString());
        }
    }

    /// <summary>Python's escapes; one it does not know stays as written.</summary>
    private string Escape()
    {
        var c = _source[_position];
        var digits = c switch { 'x' => 2, 'u' => 4, _ => 0 };
        if (digits > 0 && _position + digits < _source.Length
            && ushort.TryParse(_source.AsSpan(_position + 1, digits),
                System.Globalization.NumberStyles.AllowHexSpecifier, null, out var code))
        {
            Advance(1 + digits);
            return ((char)code).ToString();
        }

        Advance(1);
        return c switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            '0' => "\0",
            '\\' or '\'' or '"' => c.ToString(),
            '\n' => "",
            _ => "\\" + c,
        };
    }

    private Token Take(TokenKind kind, int length)
    {
        var token = new Token(kind, _source.Substring(_position, length), Here);
        Advance(length);
        return token;
    }

    private void Advance(int count)
    {
        for (var end = _position + count; _position < end; _position++)
        {
            if (_source[_position] == '\n')
            {
                _line++;
                _lineStart = _position + 1;
            }
        }
    }
}
