namespace Nua.Agent.Templates;

/// <summary>The tokens of a template, one after the other, and how deep the reader is nested in them.</summary>
internal sealed class TokenReader(List<Token> tokens)
{
    private int _index;
    private int _depth;

    public Token Current => tokens[_index];

    public Token Take()
    {
        var token = tokens[_index];
        if (token.Kind != TokenKind.End)
        {
            _index++;
        }

        return token;
    }

    public bool IsOperator(string value) => Current.Is(TokenKind.Operator, value);

    public bool IsName(string value) => Current.Is(TokenKind.Name, value);

    public bool TryOperator(string value) => TryTake(TokenKind.Operator, value);

    public bool TryName(string value) => TryTake(TokenKind.Name, value);

    public Token Expect(TokenKind kind, string what) =>
        Current.Kind == kind ? Take() : throw new TemplateError(Current.Position, $"{what} is wanted, not {Current}");

    public void ExpectOperator(string value)
    {
        if (!TryOperator(value))
        {
            throw new TemplateError(Current.Position, $"'{value}' is wanted, not {Current}");
        }
    }

    /// <summary>Looks one token ahead.</summary>
    public Token Next => tokens[Math.Min(_index + 1, tokens.Count - 1)];

    /// <summary>Guards the stack against a template that is nothing but brackets.</summary>
    public T Nested<T>(Func<T> read)
    {
        if (++_depth > Limits.Depth)
        {
            throw new TemplateError(Current.Position, "the template is nested too deeply");
        }

        var result = read();
        _depth--;
        return result;
    }

    private bool TryTake(TokenKind kind, string value)
    {
        var matches = Current.Is(kind, value);
        if (matches)
        {
            _index++;
        }

        return matches;
    }
}
