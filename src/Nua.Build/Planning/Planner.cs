using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>
/// Turns a folder and its configuration into a <see cref="BuildPlan"/>. Pure: the same files and configuration give the
/// same plan, byte for byte, on any machine; nothing is run, fetched or written.
/// </summary>
public static class Planner
{
    /// <summary>Never throws for what a folder or a configuration can hold: everything wrong is in the
    /// result.</summary>
    public static PlanResult Plan(AppFolder folder, AppConfig config, PlanOptions options)
    {
        var notes = new PlanNotes();
        try
        {
            var plan = new PlanMaker(folder, config, options, notes).Make();
            return new PlanResult(plan, [.. notes.Problems]);
        }
        catch (ProblemException error)
        {
            return new PlanResult(null, [.. notes.Problems.Concat(error.Problems).Distinct()]);
        }
    }
}
