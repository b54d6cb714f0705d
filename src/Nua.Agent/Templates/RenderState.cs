using System.Text;

namespace Nua.Agent.Templates;

/// <summary>
/// What changes while one template is rendered: the output, the names in scope, and what is used up of the limits.
/// </summary>
internal sealed class RenderState
{
    private readonly List<Dictionary<string, object?>> _scopes;
    private StringBuilder _output = new();
    private int _steps;
    private int _depth;

    public RenderState(IReadOnlyDictionary<string, object?> names) =>
        _scopes = [Functions.Globals(), new Dictionary<string, object?>(names, StringComparer.Ordinal), NewScope()];

    public string Output => _output.ToString();

    public object? Get(string name)
    {
        for (var i = _scopes.Count - 1; i >= 0; i--)
        {
            if (_scopes[i].TryGetValue(name, out var value))
            {
                return value;
            }
        }

        return new Undefined(name);
    }

    public void Set(string name, object? value) => _scopes[^1][name] = value;

    public void OpenScope() => _scopes.Add(NewScope());

    public void ClearScope() => _scopes[^1].Clear();

    public void CloseScope() => _scopes.RemoveAt(_scopes.Count - 1);

    /// <summary>Goes one expression deeper.</summary>
    /// <exception cref="TemplateError">the expression is nested too deeply for the stack.</exception>
    public void Enter(Position position)
    {
        Step(position);
        if (++_depth > Limits.ExpressionDepth)
        {
            throw new TemplateError(position, "the expression is nested too deeply");
        }
    }

    public void Leave() => _depth--;

    /// <exception cref="TemplateError">the output is too long.</exception>
    public void Write(string text, Position position)
    {
        CheckLength((long)_output.Length + text.Length, position);
        _output.Append(text);
    }

    /// <summary>Renders something into a text instead of the output.</summary>
    public string Capture(Action render)
    {
        var outer = _output;
        _output = new StringBuilder();
        try
        {
            render();
            return _output.ToString();
        }
        finally
        {
            _output = outer;
        }
    }

    /// <exception cref="TemplateError">the template works too long.</exception>
    public void Step(Position position)
    {
        if (++_steps > Limits.Steps)
        {
            throw new TemplateError(position, $"the template needs more than {Limits.Steps} steps");
        }
    }

    public static void CheckLength(long characters, Position position)
    {
        if (characters > Limits.OutputCharacters)
        {
            throw new TemplateError(position, $"the result is longer than {Limits.OutputCharacters} characters");
        }
    }

    private static Dictionary<string, object?> NewScope() => new(StringComparer.Ordinal);
}
