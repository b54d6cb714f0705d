namespace Nua.Agent.Templates;

internal enum TokenKind
{
    /// <summary>Text outside of any tag.</summary>
    Text,
    OutputBegin,
    OutputEnd,
    StatementBegin,
    StatementEnd,
    Name,
    Integer,
    Float,
    String,
    Operator,
    End,
}

internal readonly record struct Token(TokenKind Kind, string Value, Position Position)
{
    public bool Is(TokenKind kind, string value) => Kind == kind && Value == value;

    public override string ToString() => Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.OutputEnd => "'}}'",
        TokenKind.StatementEnd => "'%}'",
        TokenKind.String => "a text",
        _ => $"'{Foundation.Printable.Escape(Value, 40)}'",
    };
}
