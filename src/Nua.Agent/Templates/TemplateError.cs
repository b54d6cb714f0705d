namespace Nua.Agent.Templates;

/// <summary>A place in a template; both count from 1.</summary>
internal readonly record struct Position(int Line, int Column);

/// <summary>A template that cannot be read or rendered, and where.</summary>
internal sealed class TemplateError(Position position, string message) : Exception(message)
{
    public Position Position { get; } = position;
}
