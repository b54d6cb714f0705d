namespace Nua.Agent.Templates;

/// <summary>A template in the documented subset of Jinja2, read and ready to be rendered any number of times.</summary>
internal sealed class JinjaTemplate
{
    private static readonly string[] _unsupported =
    [
        "include", "extends", "block", "import", "from", "macro", "call", "do", "autoescape", "break", "continue",
        "trans",
    ];

    private readonly TokenReader _tokens;
    private readonly ExpressionParser _expressions;
    private readonly List<Statement> _body;

    private JinjaTemplate(TokenReader tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
        _body = Body([], default);
    }

    /// <exception cref="TemplateError">the template is not in the subset.</exception>
    public static JinjaTemplate Parse(string source) => new(new TokenReader(Lexer.Read(source)));

    /// <exception cref="TemplateError">a name is not defined, a value does not fit its use, or a limit is
    /// reached.</exception>
    public string Render(IReadOnlyDictionary<string, object?> names)
    {
        var state = new RenderState(names);
        Statement.RenderAll(_body, state);
        return state.Output;
    }

    /// <summary>Reads up to one of the given tags, which is left in place with its <c>{%</c> taken.</summary>
    private List<Statement> Body(string[] ends, Token opener)
    {
        var body = new List<Statement>();
        while (true)
        {
            var token = _tokens.Take();
            switch (token.Kind)
            {
                case TokenKind.Text:
                    body.Add(new TextStatement(token.Position, token.Value));
                    break;
                case TokenKind.OutputBegin:
                    body.Add(new OutputStatement(token.Position, _expressions.ReadTuple()));
                    _tokens.Expect(TokenKind.OutputEnd, "'}}'");
                    break;
                case TokenKind.End:
                    return ends.Length == 0
                        ? body : throw new TemplateError(opener.Position, $"'{opener.Value}' has no '{ends[^1]}'");
                default:
                    if (_tokens.Current.Kind == TokenKind.Name && Array.IndexOf(ends, _tokens.Current.Value) >= 0)
                    {
                        return body;
                    }

                    body.Add(_tokens.Nested(Tag));
                    break;
            }
        }
    }

    private Statement Tag()
    {
        var tag = _tokens.Expect(TokenKind.Name, "the name of a tag");
        return tag.Value switch
        {
            "if" => If(tag),
            "for" => For(tag),
            "set" => Set(tag),
            "with" => With(tag),
            "filter" => Filter(tag),
            "elif" or "else" or "endif" or "endfor" or "endset" or "endwith" or "endfilter" or "endraw" =>
                throw new TemplateError(tag.Position, $"'{tag.Value}' without its beginning"),
            _ => throw new TemplateError(tag.Position, Array.IndexOf(_unsupported, tag.Value) >= 0
                ? $"'{tag.Value}' is not part of the supported subset of Jinja2"
                : $"there is no tag '{Foundation.Printable.Escape(tag.Value, 60)}'"),
        };
    }

    private void EndOfTag() => _tokens.Expect(TokenKind.StatementEnd, "'%}'");

    private List<Statement> BodyUntil(Token opener, string end)
    {
        var body = Body([end], opener);
        _tokens.Take();
        EndOfTag();
        return body;
    }

    private IfStatement If(Token tag)
    {
        var branches = new List<(Expression, List<Statement>)>();
        do
        {
            var condition = _expressions.ReadTuple();
            EndOfTag();
            branches.Add((condition, Body(["elif", "else", "endif"], tag)));
        }
        while (_tokens.TryName("elif"));

        return new IfStatement(tag.Position, branches, Else(tag, "endif"));
    }

    /// <summary>The optional else part, and the end of the block.</summary>
    private List<Statement> Else(Token tag, string end)
    {
        List<Statement> otherwise = [];
        if (_tokens.TryName("else"))
        {
            EndOfTag();
            otherwise = Body([end], tag);
        }

        _tokens.Take();
        EndOfTag();
        return otherwise;
    }

    private ForStatement For(Token tag)
    {
        var names = Names();
        if (!_tokens.TryName("in"))
        {
            throw new TemplateError(_tokens.Current.Position, $"'in' is wanted, not {_tokens.Current}");
        }

        var source = _expressions.ReadWithoutConditional();
        var condition = _tokens.TryName("if") ? _expressions.Read() : null;
        if (_tokens.IsName("recursive"))
        {
            throw new TemplateError(_tokens.Current.Position,
                "'recursive' is not part of the supported subset of Jinja2");
        }

        EndOfTag();
        var body = Body(["else", "endfor"], tag);
        return new ForStatement(tag.Position, names, source, condition, body, Else(tag, "endfor"));
    }

    private List<string> Names()
    {
        var bracket = _tokens.TryOperator("(");
        var names = new List<string>();
        do
        {
            names.Add(_tokens.Expect(TokenKind.Name, "a name").Value);
        }
        while (_tokens.TryOperator(","));

        if (bracket)
        {
            _tokens.ExpectOperator(")");
        }

        return names;
    }

    private SetStatement Set(Token tag)
    {
        var names = Names();
        var attribute = names.Count == 1 && _tokens.TryOperator(".")
            ? _tokens.Expect(TokenKind.Name, "a name").Value : null;
        if (_tokens.TryOperator("="))
        {
            var value = _expressions.ReadTuple();
            EndOfTag();
            return new SetStatement(tag.Position, names, attribute, value, []);
        }

        EndOfTag();
        return new SetStatement(tag.Position, names, attribute, null, BodyUntil(tag, "endset"));
    }

    private WithStatement With(Token tag)
    {
        var values = new List<(string, Expression)>();
        while (_tokens.Current.Kind != TokenKind.StatementEnd)
        {
            if (values.Count > 0)
            {
                _tokens.ExpectOperator(",");
            }

            var name = _tokens.Expect(TokenKind.Name, "a name").Value;
            _tokens.ExpectOperator("=");
            values.Add((name, _expressions.Read()));
        }

        EndOfTag();
        return new WithStatement(tag.Position, values, BodyUntil(tag, "endwith"));
    }

    private FilterStatement Filter(Token tag)
    {
        var filters = new List<(string, CallArguments)>();
        do
        {
            filters.Add((_tokens.Expect(TokenKind.Name, "the name of a filter").Value, _expressions.ReadArguments()));
        }
        while (_tokens.TryOperator("|"));

        EndOfTag();
        return new FilterStatement(tag.Position, filters, BodyUntil(tag, "endfilter"));
    }
}
