using Nua.Foundation;

namespace Nua.Config.Syntax;

/// <summary>Leaves the nested calls of a reader when going on makes no sense; never leaves the reader itself.</summary>
internal sealed class SyntaxStop(Problem problem, Position position) : Exception
{
    public Problem Problem { get; } = problem;

    public Position Position { get; } = position;
}
