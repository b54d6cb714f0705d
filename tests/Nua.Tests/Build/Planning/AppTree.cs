using Nua.Build.Planning;
using Nua.Config;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Build.Planning;

/// <summary>An application folder made for one test: <c>AppTree.Empty().With("app.py", "…").Plan()</c>.</summary>
internal sealed class AppTree : IDisposable
{
    private readonly string _top;

    private AppTree(string name)
    {
        _top = Directory.CreateTempSubdirectory("nua-plan-").FullName;
        Root = Path.Combine(_top, name);
        Directory.CreateDirectory(Root);
    }

    public string Root { get; }

    public static AppTree Empty(string name = "app") => new(name);

    public AppTree With(string path, string text = "")
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return this;
    }

    public AppTree WithFolder(string path)
    {
        Directory.CreateDirectory(Path.Combine(Root, path));
        return this;
    }

    public AppTree WithLink(string path, string target)
    {
        File.CreateSymbolicLink(Path.Combine(Root, path), target);
        return this;
    }

    public AppFolder Open() => AppFolder.Open(Root);

    public PlanResult Plan(AppConfig? config = null, PlanOptions? options = null) =>
        Planner.Plan(Open(), config ?? new AppConfig(), options ?? new PlanOptions());

    /// <summary>The plan of a folder that has one; fails with the problems otherwise.</summary>
    public BuildPlan Built(AppConfig? config = null, PlanOptions? options = null)
    {
        var result = Plan(config, options);
        Assert.True(result.Plan is not null && !result.HasErrors, string.Join('\n', result.Problems));
        return result.Plan!;
    }

    /// <summary>The one error of a folder that cannot be planned.</summary>
    public Problem Error(AppConfig? config = null) => Assert
        .Single(Plan(config).Problems, p => p.Severity == Severity.Error);

    public IReadOnlyList<string> Codes(AppConfig? config = null) => [.. Plan(config).Problems.Select(p => p.Code)];

    public void Dispose() => Directory.Delete(_top, recursive: true);
}

internal static class PlanReading
{
    public static string StartLine(this BuildPlan plan) => string.Join(' ', plan.Start.Argv);

    /// <summary>Every command of every phase, in order.</summary>
    public static IReadOnlyList<string> Commands(this BuildPlan plan) =>
        [.. plan.Phases.SelectMany(phase => phase.Steps).Select(step => string.Join(' ', step.Argv))];

    public static Toolchain Tool(this BuildPlan plan, string name) => Assert
        .Single(plan.Toolchains, tool => tool.Name == name);

    public static BuildPhase Phase(this BuildPlan plan, string name) => Assert
        .Single(plan.Phases, phase => phase.Name == name);

    public static Decision Decided(this BuildPlan plan, string subject) => Assert
        .Single(plan.Decisions, item => item.Subject == subject);
}
