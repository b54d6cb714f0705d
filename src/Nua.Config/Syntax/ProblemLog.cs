using Nua.Foundation;

namespace Nua.Config.Syntax;

/// <summary>Collects what is wrong with one file, bounded, and returns it in file order.</summary>
internal sealed class ProblemLog(string file)
{
    private readonly List<(Position Position, Problem Problem)> _problems = [];
    private int _errors;
    private int _others;

    /// <summary>The file's name, safe to print.</summary>
    public string File { get; } = Printable.Escape(file);

    public bool HasErrors => _errors > 0;

    /// <summary>Whether further warnings are only counted, so that they need no care.</summary>
    public bool IsFull => _others >= Limits.Problems;

    public string At(Position position) => position.Line == 0 ? "--set" : $"{File}:{position}";

    /// <summary>Adds a problem of the file as a whole, or one that names its own place.</summary>
    public void Add(Problem problem) => Add(problem with { Where = problem.Where ?? File }, default, keepWhere: true);

    public void Add(Problem problem, Position position) => Add(problem, position, keepWhere: false);

    public IReadOnlyList<Problem> ToList()
    {
        var result = _problems
            .OrderBy(entry => entry.Position.Line)
            .ThenBy(entry => entry.Position.Column)
            .Select(entry => entry.Problem)
            .ToList();
        var left = _errors + _others - result.Count;
        if (left > 0)
        {
            var severity = _errors > Limits.Problems ? Severity.Error : Severity.Warning;
            result.Add(ConfigProblems.More(left) with { Where = File, Severity = severity });
        }

        return result;
    }

    /// <summary>Errors and the rest are bounded apart, so that a flood of warnings hides no error.</summary>
    private void Add(Problem problem, Position position, bool keepWhere)
    {
        ref var count = ref problem.Severity == Severity.Error ? ref _errors : ref _others;
        count++;
        if (count <= Limits.Problems)
        {
            _problems.Add((position, keepWhere ? problem : problem with { Where = At(position) }));
        }
    }
}
