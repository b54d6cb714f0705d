using System.Text;

namespace Nua.Build.Planning;

/// <summary>
/// One line of an ignore file. Matching runs all states of the pattern side by side, so no pattern is slow: its time is
/// the product of the two lengths.
/// </summary>
public sealed class IgnorePattern
{
    private readonly string _text;
    private readonly Token[] _tokens;

    /// <summary>Set when the pattern holds no wildcard (whole path), or is <c>**/</c> and plain text
    /// (suffix).</summary>
    private readonly string? _plain;
    private readonly bool _anywhere;

    /// <summary>Plain text that every match begins and ends with: most paths are told apart by it alone.</summary>
    private readonly string _prefix;
    private readonly string _suffix;

    private IgnorePattern(string text, bool isException, Token[] tokens)
    {
        _text = text;
        _tokens = tokens;
        IsException = isException;
        _prefix = Plain(tokens.AsSpan(0, Array.FindIndex(tokens, token => token.Kind != TokenKind.Text)
            is >= 0 and var end ? end : tokens.Length))!;
        _suffix = Plain(tokens.AsSpan(Array.FindLastIndex(tokens, token => token.Kind != TokenKind.Text) + 1))!;
        var rest = tokens is [{ Kind: TokenKind.Folders }, _, ..] ? tokens.AsSpan(2) : tokens;
        if (rest.Length > 0 && Plain(rest) is { } plain)
        {
            _plain = plain;
            _anywhere = rest.Length < tokens.Length;
        }
    }

    private enum TokenKind
    {
        Text,
        AnyCharacter,
        AnyText,
        AnyPath,

        /// <summary><c>**/</c>: nothing, or any text that ends in a slash. Always followed by its
        /// <see cref="InFolders"/>.</summary>
        Folders,
        InFolders,
        Class,
    }

    public bool IsException { get; }

    /// <summary>Covers every path, as a single dot does.</summary>
    public bool IsEverything => _tokens.Length == 1 && _tokens[0].Kind == TokenKind.AnyPath && _text == ".";

    /// <summary>Null when the pattern is wrong: an open bracket, a trailing backslash, a lone <c>!</c>.</summary>
    public static IgnorePattern? Parse(string line)
    {
        var text = line.Trim();
        var isException = text.StartsWith('!');
        text = isException ? text[1..].Trim() : text;
        if (text.Length == 0)
        {
            return null;
        }

        text = Normal(text);
        return text == "."
            ? new IgnorePattern(text, isException, [new Token(TokenKind.AnyPath)])
            : Tokens(text) is { } tokens ? new IgnorePattern(text, isException, tokens) : null;
    }

    public bool Matches(string path)
    {
        if (_plain is null)
        {
            return path.StartsWith(_prefix, StringComparison.Ordinal)
                && path.EndsWith(_suffix, StringComparison.Ordinal) && Run(path);
        }

        return _anywhere
            ? path.EndsWith(_plain, StringComparison.Ordinal)
                && (path.Length == _plain.Length || path[path.Length - _plain.Length - 1] == '/')
            : path == _plain;
    }

    /// <summary>Whether some path below <paramref name="folder"/> may match. May say yes too often, never no
    /// wrongly.</summary>
    public bool MayMatchBelow(string folder)
    {
        var wanted = _text.Split('/');
        var given = folder.Split('/');
        for (var i = 0; i < Math.Min(wanted.Length, given.Length); i++)
        {
            if (wanted[i].Contains("**", StringComparison.Ordinal))
            {
                return true;
            }

            if (Tokens(wanted[i]) is { } tokens && !new IgnorePattern(wanted[i], false, tokens).Matches(given[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override string ToString() => IsException ? "!" + _text : _text;

    /// <summary>Without <c>.</c>, <c>..</c>, doubled, leading and trailing slashes, as a path is cleaned.</summary>
    private static string Normal(string text)
    {
        var parts = new List<string>();
        foreach (var part in text.Split('/'))
        {
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part.Length > 0 && part != "." && !(part == ".." && text.StartsWith('/')))
            {
                parts.Add(part);
            }
        }

        return parts.Count == 0 ? "." : string.Join('/', parts);
    }

    private static Token[]? Tokens(string text)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when i + 1 < text.Length && text[i + 1] == '*':
                    i = AddDoubleStar(text, i, tokens);
                    break;
                case '*':
                    tokens.Add(new Token(TokenKind.AnyText));
                    break;
                case '?':
                    tokens.Add(new Token(TokenKind.AnyCharacter));
                    break;
                case '[':
                    if (CharacterClass.Parse(text, ref i) is not { } set)
                    {
                        return null;
                    }

                    tokens.Add(new Token(TokenKind.Class, Set: set));
                    break;
                case '\\' when i + 1 == text.Length:
                    return null;
                case '\\':
                    tokens.Add(new Token(TokenKind.Text, text[++i]));
                    break;
                default:
                    tokens.Add(new Token(TokenKind.Text, text[i]));
                    break;
            }
        }

        return [.. tokens];
    }

    private static int AddDoubleStar(string text, int at, List<Token> tokens)
    {
        // The slash after ** belongs to it: "a/**/b" also matches "a/b".
        at++;
        var slash = at + 1 < text.Length && text[at + 1] == '/';
        var last = at + (slash ? 2 : 1) >= text.Length;
        tokens.Add(new Token(last ? TokenKind.AnyPath : TokenKind.Folders));
        if (!last)
        {
            tokens.Add(new Token(TokenKind.InFolders));
        }

        return at + (slash ? 1 : 0);
    }

    private static string? Plain(ReadOnlySpan<Token> tokens)
    {
        var text = new StringBuilder(tokens.Length);
        foreach (var token in tokens)
        {
            if (token.Kind != TokenKind.Text)
            {
                return null;
            }

            text.Append(token.Character);
        }

        return text.ToString();
    }

    /// <summary>State i: the first i tokens have matched. A state of an open-ended token stays on while it can
    /// eat.</summary>
    private bool Run(string path)
    {
        var count = _tokens.Length;
        var buffer = count + 1 <= 256 ? stackalloc bool[2 * (count + 1)] : new bool[2 * (count + 1)];
        var now = buffer[..(count + 1)];
        var next = buffer[(count + 1)..];
        now[0] = true;
        Spread(now);
        foreach (var c in path)
        {
            next.Clear();
            var alive = false;
            for (var i = 0; i < count; i++)
            {
                if (now[i])
                {
                    alive |= Advance(i, c, next);
                }
            }

            if (!alive)
            {
                return false;
            }

            var swap = now;
            now = next;
            next = swap;
            Spread(now);
        }

        return now[count];
    }

    private bool Advance(int i, char c, Span<bool> next)
    {
        var token = _tokens[i];
        switch (token.Kind)
        {
            case TokenKind.Text when token.Character == c:
            case TokenKind.AnyCharacter when c != '/':
            case TokenKind.Class when token.Set!.Contains(c):
                return next[i + 1] = true;
            case TokenKind.AnyText when c != '/':
            case TokenKind.AnyPath:
                return next[i] = true;
            case TokenKind.InFolders:
                next[i] = true;
                next[i + 1] |= c == '/';
                return true;
            default:
                return false;
        }
    }

    /// <summary>Tokens that may match nothing let the next one begin too.</summary>
    private void Spread(Span<bool> states)
    {
        for (var i = 0; i < _tokens.Length; i++)
        {
            if (!states[i])
            {
                continue;
            }

            switch (_tokens[i].Kind)
            {
                case TokenKind.AnyText or TokenKind.AnyPath:
                    states[i + 1] = true;
                    break;
                case TokenKind.Folders:
                    states[i + 1] = states[i + 2] = true;
                    break;
            }
        }
    }

    private sealed record Token(TokenKind Kind, char Character = '\0', CharacterClass? Set = null);
}
