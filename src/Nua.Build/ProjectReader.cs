using Nua.Build.Planning;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Build;

/// <summary>A folder with its configuration and plan.</summary>
public sealed record Project(string Folder, AppConfig Config, BuildPlan Plan);

/// <summary>What <c>nua init</c> writes.</summary>
/// <param name="Open">What the author has to decide in it; empty when the plan is complete.</param>
public sealed record ConfigDraft(string Folder, string Text, IReadOnlyList<Problem> Open);

/// <summary>Reads configuration and plan of the folder that a request names: the same for <c>build</c>, <c>plan</c> and <c>init</c>.</summary>
public static class ProjectReader
{
    /// <exception cref="ProblemException">every error of configuration and plan together.</exception>
    public static Project Read(BuildRequest request, Action<Problem> warn)
    {
        var project = ReadConfig(request, warn);
        return project with { Plan = Plan(request, project, null, warn) };
    }

    /// <exception cref="ProblemException">errors that no configuration would mend.</exception>
    public static ConfigDraft Draft(BuildRequest request, Action<Problem> warn)
    {
        var project = ReadConfig(request, warn);
        try
        {
            return new ConfigDraft(project.Folder, InitFile.FromPlan(Plan(request, project, null, warn)), []);
        }
        catch (ProblemException error) when (InitFile.CanAsk(error.Problems))
        {
            var text = InitFile.ToFillIn(AppFolder.Open(project.Folder), project.Config, error.Problems);
            return new ConfigDraft(project.Folder, text, error.Problems);
        }
    }

    /// <param name="fetched">The fetched source, when the configuration names one elsewhere.</param>
    public static BuildPlan Plan(BuildRequest request, Project project, AppFolder? fetched, Action<Problem> warn)
    {
        PlanResult result;
        try
        {
            result = Planner.Plan(AppFolder.Open(project.Folder), project.Config, new PlanOptions
            {
                FetchedSource = fetched,
                BaseReference = request.BaseReference,
                Network = request.Network,
            });
        }
        catch (ProblemException error)
        {
            throw new ProblemException(Placed(error.Problems, project, fetched), error);
        }

        Tell(Placed(result.Problems, project, fetched), warn);
        return result.Require();
    }

    private static Project ReadConfig(BuildRequest request, Action<Problem> warn)
    {
        var read = ConfigReader.Read(request.Directory, request.Settings);
        Tell(read.Problems, warn);
        return new Project(read.Root!, read.Config!, null!);
    }

    /// <summary>Places as the user would write them: below the folder that was named; a fetched source has no name of its own.</summary>
    private static Problem[] Placed(IReadOnlyList<Problem> problems, Project project, AppFolder? fetched)
    {
        var below = project.Config.Build.Project is { } inside && AppFolder.Clean(inside) is { Length: > 0 } clean
            && Directory.Exists(Path.Combine(project.Folder, clean)) ? Path.Combine(project.Folder, clean) : project.Folder;
        return [.. problems.Select(problem => PlanPlace.PlaceOf(problem, fetched is null ? below : null))];
    }

    private static void Tell(IReadOnlyList<Problem> problems, Action<Problem> warn)
    {
        if (problems.Any(p => p.Severity == Severity.Error))
        {
            throw new ProblemException(problems);
        }

        foreach (var problem in problems)
        {
            warn(problem);
        }
    }
}
