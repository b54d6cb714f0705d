namespace Nua.Agent.Templates;

/// <summary>A part of a template that writes or sets something.</summary>
internal abstract class Statement(Position position)
{
    public Position Position { get; } = position;

    public void Render(RenderState state)
    {
        state.Step(Position);
        Execute(state);
    }

    public static void RenderAll(List<Statement> body, RenderState state)
    {
        foreach (var statement in body)
        {
            statement.Render(state);
        }
    }

    protected abstract void Execute(RenderState state);
}

internal sealed class TextStatement(Position position, string text) : Statement(position)
{
    protected override void Execute(RenderState state) => state.Write(text, Position);
}

internal sealed class OutputStatement(Position position, Expression expression) : Statement(position)
{
    protected override void Execute(RenderState state) =>
        state.Write(Values.Text(expression.Evaluate(state), expression.Position), Position);
}

internal sealed class IfStatement(Position position,
    List<(Expression Condition, List<Statement> Body)> branches, List<Statement> otherwise)
    : Statement(position)
{
    protected override void Execute(RenderState state)
    {
        foreach (var (condition, body) in branches)
        {
            if (condition.IsTrue(state))
            {
                RenderAll(body, state);
                return;
            }
        }

        RenderAll(otherwise, state);
    }
}

internal sealed class ForStatement(
    Position position,
    List<string> names, Expression source, Expression? condition, List<Statement> body, List<Statement> otherwise)
    : Statement(position)
{
    protected override void Execute(RenderState state)
    {
        var items = Chosen(state);
        if (items.Count == 0)
        {
            RenderAll(otherwise, state);
            return;
        }

        var loop = new LoopValue(items);
        state.OpenScope();
        for (; loop.Index < items.Count; loop.Index++)
        {
            state.Step(Position);
            state.ClearScope();
            Assignment.Unpack(state, names, items[loop.Index], Position);
            state.Set("loop", loop);
            RenderAll(body, state);
        }

        state.CloseScope();
    }

    private List<object?> Chosen(RenderState state)
    {
        var items = Values.Elements(source.Evaluate(state), source.Position);
        if (condition is null)
        {
            return items;
        }

        var chosen = new List<object?>();
        foreach (var item in items)
        {
            state.OpenScope();
            Assignment.Unpack(state, names, item, Position);
            if (condition.IsTrue(state))
            {
                chosen.Add(item);
            }

            state.CloseScope();
        }

        return chosen;
    }
}

/// <summary><c>set a = …</c>, <c>set a, b = …</c>, <c>set ns.a = …</c>, and <c>set a</c> … <c>endset</c>.</summary>
internal sealed class SetStatement(Position position,
    List<string> names, string? attribute, Expression? value, List<Statement> body)
    : Statement(position)
{
    protected override void Execute(RenderState state)
    {
        var result = value is not null ? value.Value(state) : state.Capture(() => RenderAll(body, state));
        if (attribute is null)
        {
            Assignment.Unpack(state, names, result, Position);
        }
        else if (state.Get(names[0]) is Dictionary<string, object?> target)
        {
            target[attribute] = result;
        }
        else
        {
            throw new TemplateError(Position, $"'{names[0]}' is not a namespace");
        }
    }
}

internal sealed class WithStatement(Position position,
    List<(string Name, Expression Value)> values, List<Statement> body) : Statement(position)
{
    protected override void Execute(RenderState state)
    {
        state.OpenScope();
        foreach (var (name, value) in values)
        {
            state.Set(name, value.Value(state));
        }

        RenderAll(body, state);
        state.CloseScope();
    }
}

/// <summary><c>filter name</c> … <c>endfilter</c></summary>
internal sealed class FilterStatement(Position position,
    List<(string Name, CallArguments Arguments)> filters, List<Statement> body)
    : Statement(position)
{
    protected override void Execute(RenderState state)
    {
        object? value = state.Capture(() => RenderAll(body, state));
        foreach (var (name, arguments) in filters)
        {
            value = Filters.Apply(name, value, arguments.Evaluate(state, Position));
        }

        state.Write(Values.Text(value, Position), Position);
    }
}

/// <summary>Giving names to a value, or to its elements.</summary>
internal static class Assignment
{
    public static void Unpack(RenderState state, List<string> names, object? value, Position position)
    {
        if (names.Count == 1)
        {
            state.Set(names[0], value);
            return;
        }

        var elements = Values.Elements(value, position);
        if (elements.Count != names.Count)
        {
            throw new TemplateError(position, $"{elements.Count} values for {names.Count} names");
        }

        for (var i = 0; i < names.Count; i++)
        {
            state.Set(names[i], elements[i]);
        }
    }
}
