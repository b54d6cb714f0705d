using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>Collects, while a plan is made, what was decided and what the author should know.</summary>
internal sealed class PlanNotes
{
    private readonly List<Decision> _decisions = [];
    private readonly List<Problem> _problems = [];

    public IReadOnlyList<Decision> Decisions => _decisions;

    public ICollection<Problem> Problems => _problems;

    /// <param name="line">The one line of nua-config.toml that decides otherwise; null when there is none.</param>
    public void Decide(string subject, string value, string because, string? line = null)
    {
        var decision = new Decision(subject, value, because, line);
        if (!_decisions.Contains(decision))
        {
            _decisions.Add(decision);
        }
    }

    public void Add(Problem problem)
    {
        if (!_problems.Contains(problem))
        {
            _problems.Add(problem);
        }
    }
}
