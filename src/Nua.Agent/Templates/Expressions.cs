namespace Nua.Agent.Templates;

/// <summary>A part of a template that has a value.</summary>
internal abstract class Expression(Position position)
{
    public Position Position { get; } = position;

    /// <summary>The value; may be <see cref="Undefined"/>.</summary>
    public object? Evaluate(RenderState state)
    {
        state.Enter(Position);
        var value = Compute(state);
        state.Leave();
        return value;
    }

    /// <summary>The value, which must be defined.</summary>
    public object? Value(RenderState state) => Values.Defined(Evaluate(state), Position);

    public bool IsTrue(RenderState state) => Values.IsTrue(Evaluate(state), Position);

    protected abstract object? Compute(RenderState state);
}

internal sealed class Literal(Position position, object? value) : Expression(position)
{
    protected override object? Compute(RenderState state) => value;
}

internal sealed class Name(Position position, string name) : Expression(position)
{
    public string Text { get; } = name;

    protected override object? Compute(RenderState state) => state.Get(Text);
}

internal sealed class ListLiteral(Position position, List<Expression> items) : Expression(position)
{
    public List<Expression> Items { get; } = items;

    protected override object? Compute(RenderState state)
    {
        var list = new List<object?>(Items.Count);
        foreach (var item in Items)
        {
            list.Add(item.Value(state));
        }

        return list;
    }
}

internal sealed class DictionaryLiteral(Position position, List<(Expression Key, Expression Value)> items)
    : Expression(position)
{
    protected override object? Compute(RenderState state)
    {
        var map = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in items)
        {
            map[key.Value(state) as string
                ?? throw new TemplateError(key.Position, "a key must be a text")] = value.Value(state);
        }

        return map;
    }
}

/// <summary><c>value.name</c></summary>
internal sealed class AttributeOf(Position position, Expression target, string name) : Expression(position)
{
    public Expression Target { get; } = target;

    public string Name { get; } = name;

    protected override object? Compute(RenderState state) => Lookup.Attribute(Target.Evaluate(state), Name, Position);
}

/// <summary><c>value[index]</c></summary>
internal sealed class ItemOf(Position position, Expression target, Expression index) : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        Lookup.Item(target.Evaluate(state), index.Value(state), Position);
}

/// <summary><c>value[from:to]</c></summary>
internal sealed class SliceOf(Position position, Expression target, Expression? from, Expression? to)
    : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        Lookup.Slice(target.Value(state), from?.Value(state), to?.Value(state), Position);
}

internal sealed class Call(Position position, Expression target, CallArguments arguments) : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        target.Value(state) is TemplateFunction function
            ? function(arguments.Evaluate(state, Position))
            : throw new TemplateError(Position, "this is not a function");
}

/// <summary>The written arguments of a call, a filter or a test.</summary>
internal sealed record CallArguments(List<Expression> Positional, List<(string Name, Expression Value)> Named)
{
    public static CallArguments None { get; } = new([], []);

    public Arguments Evaluate(RenderState state, Position position)
    {
        var positional = new List<object?>(Positional.Count);
        foreach (var argument in Positional)
        {
            positional.Add(argument.Value(state));
        }

        var named = Named.Count == 0 ? null : new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in Named)
        {
            named![name] = value.Value(state);
        }

        return new Arguments(state, position, positional, named);
    }
}

/// <summary><c>value | name(arguments)</c></summary>
internal sealed class Filtered(Position position, Expression target, string name, CallArguments arguments)
    : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        Filters.Apply(name, target.Evaluate(state), arguments.Evaluate(state, Position));
}

/// <summary><c>value is name(arguments)</c></summary>
internal sealed class Tested(Position position, Expression target, string name, CallArguments arguments, bool negated)
    : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        ValueTests.Apply(name, target.Evaluate(state), arguments.Evaluate(state, Position)) != negated;
}

internal sealed class Conditional(Position position, Expression condition, Expression then, Expression? otherwise)
    : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        condition.IsTrue(state) ? then.Evaluate(state)
        : otherwise is not null ? otherwise.Evaluate(state)
        : new Undefined("the value of an if without else");
}

internal sealed class Not(Position position, Expression operand) : Expression(position)
{
    protected override object? Compute(RenderState state) => !operand.IsTrue(state);
}

/// <summary><c>and</c>, <c>or</c>: give one of the two values, as in Python.</summary>
internal sealed class Logical(Position position, bool isAnd, Expression left, Expression right) : Expression(position)
{
    protected override object? Compute(RenderState state)
    {
        var value = left.Value(state);
        return Values.IsTrue(value, Position) == isAnd ? right.Evaluate(state) : value;
    }
}

/// <summary><c>a &lt; b &lt;= c</c>: every neighbouring pair must hold.</summary>
internal sealed class Comparison(Position position, Expression first, List<(string Operator, Expression Operand)> rest)
    : Expression(position)
{
    protected override object? Compute(RenderState state)
    {
        var left = first.Value(state);
        foreach (var (symbol, operand) in rest)
        {
            var right = operand.Value(state);
            if (!Holds(symbol, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    private bool Holds(string symbol, object? left, object? right) => symbol switch
    {
        "==" => Values.AreEqual(left, right),
        "!=" => !Values.AreEqual(left, right),
        "<" => Values.Compare(left, right, Position) < 0,
        "<=" => Values.Compare(left, right, Position) <= 0,
        ">" => Values.Compare(left, right, Position) > 0,
        ">=" => Values.Compare(left, right, Position) >= 0,
        "in" => Values.Contains(right, left, Position),
        _ => !Values.Contains(right, left, Position),
    };
}

internal sealed class Binary(Position position, string symbol, Expression left, Expression right) : Expression(position)
{
    protected override object? Compute(RenderState state) =>
        Arithmetic.Apply(symbol, left.Value(state), right.Value(state), Position);
}

internal sealed class Signed(Position position, bool negative, Expression operand) : Expression(position)
{
    protected override object? Compute(RenderState state)
    {
        var value = operand.Value(state);
        return !Values.IsNumber(value) ? throw new TemplateError(Position, $"{Values.TypeName(value)} has no sign")
            : !negative ? value
            : value is double number ? -number
            : Arithmetic.Apply("-", 0L, value, Position);
    }
}
