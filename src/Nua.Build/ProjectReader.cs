using Nua.Build.Planning;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Build;

/// <summary>A folder with its configuration and plan.</summary>
public sealed record Project(string Folder, AppConfig Config, BuildPlan Plan);

/// <summary>Reads configuration and plan of the folder that a request names: the same for <c>build</c>, <c>plan</c> and <c>init</c>.</summary>
public static class ProjectReader
{
    /// <exception cref="ProblemException">every error of configuration and plan together.</exception>
    public static Project Read(BuildRequest request, Action<Problem> warn)
    {
        var read = ConfigReader.Read(request.Directory, request.Settings);
        Tell(read.Problems, warn);
        var config = read.Config!;
        var project = new Project(read.Root!, config, null!);
        return project with { Plan = Plan(request, project, null, warn) };
    }

    /// <param name="fetched">The fetched source, when the configuration names one elsewhere.</param>
    public static BuildPlan Plan(BuildRequest request, Project project, AppFolder? fetched, Action<Problem> warn)
    {
        var result = Planner.Plan(AppFolder.Open(project.Folder), project.Config, new PlanOptions
        {
            FetchedSource = fetched,
            BaseReference = request.BaseReference,
            Network = request.Network,
        });
        Tell(result.Problems, warn);
        return result.Require();
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
