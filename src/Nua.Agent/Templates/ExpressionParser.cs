using System.Globalization;
using System.Text;

namespace Nua.Agent.Templates;

/// <summary>
/// Reads an expression. Loosest first: <c>if else</c>, <c>or</c>, <c>and</c>, <c>not</c>, comparisons and <c>in</c>,
/// <c>+ -</c>, <c>~</c>,
/// <c>* / // %</c>, <c>**</c>, signs, then attributes, calls, filters and <c>is</c>.
/// </summary>
internal sealed class ExpressionParser(TokenReader tokens)
{
    private static readonly string[] _comparisons = ["==", "!=", "<", "<=", ">", ">="];

    public Expression Read() => tokens.Nested(Conditional);

    /// <summary>An expression, or several with commas between them, which make a list.</summary>
    public Expression ReadTuple()
    {
        var first = Read();
        if (!tokens.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (tokens.TryOperator(",") && tokens.Current.Kind is not (TokenKind.StatementEnd or TokenKind.OutputEnd)
            && !tokens.IsOperator(")"))
        {
            items.Add(Read());
        }

        return new ListLiteral(first.Position, items);
    }

    public Expression ReadWithoutConditional() => tokens.Nested(Or);

    /// <summary>The arguments behind a name; none without a bracket.</summary>
    public CallArguments ReadArguments()
    {
        if (!tokens.TryOperator("("))
        {
            return CallArguments.None;
        }

        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        while (!tokens.TryOperator(")"))
        {
            if (positional.Count + named.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.TryOperator(")"))
                {
                    break;
                }
            }

            if (tokens.Current.Kind == TokenKind.Name && tokens.Next.Is(TokenKind.Operator, "="))
            {
                var name = tokens.Take().Value;
                tokens.Take();
                named.Add((name, Read()));
            }
            else
            {
                positional.Add(named.Count == 0
                    ? Read() : throw new TemplateError(tokens.Current.Position, "named arguments come last"));
            }
        }

        return new CallArguments(positional, named);
    }

    private Expression Conditional()
    {
        var value = Or();
        while (tokens.IsName("if"))
        {
            var position = tokens.Take().Position;
            var condition = Or();
            var otherwise = tokens.TryName("else") ? Read() : null;
            value = new Conditional(position, condition, value, otherwise);
        }

        return value;
    }

    private Expression Or()
    {
        var left = And();
        while (tokens.IsName("or"))
        {
            left = new Logical(tokens.Take().Position, isAnd: false, left, And());
        }

        return left;
    }

    private Expression And()
    {
        var left = Negation();
        while (tokens.IsName("and"))
        {
            left = new Logical(tokens.Take().Position, isAnd: true, left, Negation());
        }

        return left;
    }

    private Expression Negation() =>
        tokens.IsName("not") ? new Not(tokens.Take().Position, tokens.Nested(Negation)) : Comparison();

    private Expression Comparison()
    {
        var first = Sum();
        var rest = new List<(string, Expression)>();
        while (true)
        {
            if (tokens.Current.Kind == TokenKind.Operator && Array.IndexOf(_comparisons, tokens.Current.Value) >= 0)
            {
                rest.Add((tokens.Take().Value, Sum()));
            }
            else if (tokens.TryName("in"))
            {
                rest.Add(("in", Sum()));
            }
            else if (tokens.IsName("not") && tokens.Next.Is(TokenKind.Name, "in"))
            {
                tokens.Take();
                tokens.Take();
                rest.Add(("not in", Sum()));
            }
            else
            {
                return rest.Count == 0 ? first : new Comparison(first.Position, first, rest);
            }
        }
    }

    private Expression Sum() => LeftAssociative(Concatenation, "+", "-");

    private Expression Concatenation() => LeftAssociative(Product, "~");

    private Expression Product() => LeftAssociative(Power, "*", "/", "//", "%");

    private Expression Power() => LeftAssociative(Unary, "**");

    private Expression LeftAssociative(Func<Expression> operand, params ReadOnlySpan<string> symbols)
    {
        var left = operand();
        while (tokens.Current.Kind == TokenKind.Operator && symbols.Contains(tokens.Current.Value))
        {
            var symbol = tokens.Take();
            left = new Binary(symbol.Position, symbol.Value, left, operand());
        }

        return left;
    }

    private Expression Unary() => Filters(Unfiltered());

    private Expression Unfiltered()
    {
        if (tokens.IsOperator("-") || tokens.IsOperator("+"))
        {
            var sign = tokens.Take();
            return new Signed(sign.Position, sign.Value == "-", tokens.Nested(Unfiltered));
        }

        return Postfix(Primary());
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            var position = tokens.Current.Position;
            if (tokens.TryOperator("."))
            {
                var isIndex = tokens.Current.Kind == TokenKind.Integer;
                var name = isIndex ? tokens.Take() : tokens.Expect(TokenKind.Name, "a name");
                value = isIndex
                    ? new ItemOf(position, value, Integer(name)) : new AttributeOf(position, value, name.Value);
            }
            else if (tokens.TryOperator("["))
            {
                value = Subscript(value, position);
            }
            else if (tokens.IsOperator("("))
            {
                value = new Call(position, value, ReadArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Subscript(Expression value, Position position)
    {
        var from = tokens.IsOperator(":") ? null : Read();
        if (tokens.TryOperator("]"))
        {
            return new ItemOf(position, value, from!);
        }

        tokens.ExpectOperator(":");
        var to = tokens.IsOperator("]") ? null : Read();
        tokens.ExpectOperator("]");
        return new SliceOf(position, value, from, to);
    }

    private Expression Filters(Expression value)
    {
        while (true)
        {
            var position = tokens.Current.Position;
            if (tokens.TryOperator("|"))
            {
                var name = tokens.Expect(TokenKind.Name, "the name of a filter");
                value = new Filtered(name.Position, value, name.Value, ReadArguments());
            }
            else if (tokens.TryName("is"))
            {
                var negated = tokens.TryName("not");
                var name = tokens.Expect(TokenKind.Name, "the name of a test");
                value = new Tested(position, value, name.Value, TestArguments(), negated);
            }
            else
            {
                return value;
            }
        }
    }

    /// <summary>A test may have its only argument without brackets: <c>is divisibleby 3</c>.</summary>
    private CallArguments TestArguments()
    {
        var startsValue = tokens.Current.Kind is TokenKind.Integer or TokenKind.Float or TokenKind.String
            || tokens.IsOperator("[")
            || (tokens.Current.Kind == TokenKind.Name
                && tokens.Current.Value is not ("and" or "or" or "not" or "is" or "in" or "if" or "else"));
        return startsValue ? new CallArguments([Postfix(Primary())], []) : ReadArguments();
    }

    private Expression Primary()
    {
        var token = tokens.Take();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return Named(token);
            case TokenKind.Integer:
                return Integer(token);
            case TokenKind.Float:
                return new Literal(token.Position,
                    double.Parse(token.Value.Replace("_", "", StringComparison.Ordinal), CultureInfo.InvariantCulture));
            case TokenKind.String:
                return Text(token);
        }

        return token.Kind == TokenKind.Operator ? token.Value switch
        {
            "(" => Bracketed(token),
            "[" => List(token),
            "{" => Dictionary(token),
            _ => throw Unexpected(token),
        } : throw Unexpected(token);
    }

    private static TemplateError Unexpected(Token token) => new(token.Position, $"a value is wanted, not {token}");

    private static Expression Named(Token token) => token.Value switch
    {
        "true" or "True" => new Literal(token.Position, true),
        "false" or "False" => new Literal(token.Position, false),
        "none" or "None" => new Literal(token.Position, null),
        "and" or "or" or "not" or "in" or "is" or "if" or "else" => throw Unexpected(token),
        _ => new Name(token.Position, token.Value),
    };

    private static Literal Integer(Token token) =>
        long.TryParse(token.Value.Replace("_", "", StringComparison.Ordinal), NumberStyles.None,
            CultureInfo.InvariantCulture, out var number)
            ? new Literal(token.Position, number)
            : throw new TemplateError(token.Position, "the number does not fit in 64 bits");

    /// <summary>Texts that stand one after the other are one text.</summary>
    private Literal Text(Token token)
    {
        var text = new StringBuilder(token.Value);
        while (tokens.Current.Kind == TokenKind.String)
        {
            text.Append(tokens.Take().Value);
        }

        return new Literal(token.Position, text.ToString());
    }

    private Expression Bracketed(Token token)
    {
        if (tokens.TryOperator(")"))
        {
            return new ListLiteral(token.Position, []);
        }

        var value = ReadTuple();
        tokens.ExpectOperator(")");
        return value;
    }

    private ListLiteral List(Token token)
    {
        var items = new List<Expression>();
        while (!tokens.TryOperator("]"))
        {
            items.Add(Read());
            if (!tokens.IsOperator("]"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new ListLiteral(token.Position, items);
    }

    private DictionaryLiteral Dictionary(Token token)
    {
        var items = new List<(Expression, Expression)>();
        while (!tokens.TryOperator("}"))
        {
            var key = Read();
            tokens.ExpectOperator(":");
            items.Add((key, Read()));
            if (!tokens.IsOperator("}"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new DictionaryLiteral(token.Position, items);
    }
}
