namespace Nua.Agent.Templates;

/// <summary>What a filter, test or function was called with.</summary>
internal sealed class Arguments(RenderState state, Position position,
    List<object?> positional, Dictionary<string, object?>? named)
{
    public RenderState State { get; } = state;

    public Position Position { get; } = position;

    public int Count => positional.Count;

    public IReadOnlyDictionary<string, object?>? Named => named;

    public static Arguments None(RenderState state, Position position) => new(state, position, [], null);

    /// <summary>By place or by name; <paramref name="otherwise"/> when not given.</summary>
    public object? Get(int index, string name, object? otherwise = null) =>
        index < positional.Count ? positional[index]
        : named is not null && named.TryGetValue(name, out var value) ? value
        : otherwise;

    /// <exception cref="TemplateError">the argument is missing or not a text.</exception>
    public string Text(int index, string name, string? otherwise = null) => Get(index, name, otherwise) switch
    {
        string text => text,
        null => throw new TemplateError(Position, $"the argument '{name}' is missing"),
        var other => Values.Text(other, Position),
    };

    public long Integer(int index, string name, long otherwise) => Get(index, name, otherwise) switch
    {
        long number => number,
        bool b => b ? 1 : 0,
        _ => throw new TemplateError(Position, $"the argument '{name}' is not an integer"),
    };

    public bool Flag(int index, string name, bool otherwise) => Values.IsTrue(Get(index, name, otherwise), Position);

    /// <summary>The arguments from the given place on.</summary>
    public Arguments From(int index) =>
        new(State, Position, positional.Count > index ? positional[index..] : [], named);

    public TemplateError Error(string what) => new(Position, what);
}
