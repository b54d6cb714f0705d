using Nua.Foundation;
using static Nua.Build.Planning.PlanPlace;

namespace Nua.Build.Planning;

/// <summary>What the stacks miss or leave to the author. Codes as in <see cref="PlanProblems"/>.</summary>
internal static class StackProblems
{
    public static Problem TwoStacks(Candidates found) => new(
        "NUA2003", $"two kinds of application are equally likely: {found.First.Stack} and {found.Second.Stack}")
    {
        Where = Below,
        Why = $"{found.First.Stack}: {List(found.First.Evidence)}; {found.Second.Stack}: {List(found.Second.Evidence)}",
        Remedy = $"write `build.stack = \"{found.First.Stack}\"` or `build.stack = \"{found.Second.Stack}\"` in nua-config.toml",
    };

    public static Problem NotBuiltHere(OtherLanguage language, Stacks.Candidate best) => new(
        "NUA2048", $"this looks like {language.Name}, which Nua does not build by itself")
    {
        Where = At(language.File),
        Why = $"{language.File}; seen too: {best.Stack} ({List(best.Evidence)})",
        Remedy = $"give its commands with `build.build` and `run.start` (`nua init` shows the usual ones), or write `build.stack = \"{best.Stack}\"` when it is that",
    };

    public static Problem NoStart(string stack, string looked, string? remedy = null) =>
        new("NUA2015", $"no start command found for this {stack} application")
    {
        Where = "run.start",
        Why = looked,
        Remedy = remedy ?? "write `run.start = \"…\"` in nua-config.toml",
    };

    public static Problem SeveralChoices(string what, IEnumerable<string> found, string line) => new(
        "NUA2016", $"several {what} and no way to choose: {List(found)}")
    {
        Remedy = $"write {line} in nua-config.toml",
    };

    public static Problem OtherPython(string where, string asked, string given) => new(
        "NUA2017", $"Python {Show(asked)} is asked for, Debian stable has {given}")
    {
        Severity = Severity.Warning,
        Where = where,
        Remedy = $"try the application with Python {given}, or name another base with `build.base-image` and `build.method = \"build\"`",
    };

    public static Problem Undeclared(string file, string module) => new(
        "NUA2018", $"{Show(file)} imports '{Show(module)}', which no file declares")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "it is not in Python's standard library and not in the folder",
        Remedy = $"name it in requirements.txt, or write `build.pip-install = [\"{Show(module)}\"]`",
    };

    public static Problem StackDoesNotFit(string stack, string why) =>
        new("NUA2026", $"this folder cannot be built as '{Show(stack)}'")
    {
        Where = "build.stack",
        Why = why,
        Remedy = "remove the line, or give the build by hand with `build.build` and `run.start`",
    };

    public static Problem SeveralLockFiles(IEnumerable<string> files, string used) => new(
        "NUA2027", $"several lock files: {List(files)}")
    {
        Severity = Severity.Warning,
        Where = At(used),
        Why = $"{used} is used",
        Remedy = "delete the others, or name the package manager in package.json: \"packageManager\": \"…\"",
    };

    public static Problem NoLockFile(string file, string command, string make) =>
        new("NUA2028", $"{file} has no lock file")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = $"`{command}` takes the newest versions that fit, so two builds may differ",
        Remedy = make,
    };

    public static Problem DevelopmentServer(string file, string command, string instead) => new(
        "NUA2031", $"'{Show(command)}' is a development server")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = $"{Show(instead)} is used instead",
        Remedy = "write the command for production in `run.start`",
    };

    public static Problem ServesForDevelopment(string file, string command) => new(
        "NUA2046", $"the application is started by a development server: '{Show(command)}'")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "no other way to start it is known; such servers compile at every start, and often listen on localhost alone",
        Remedy = "write the command for production as the start script or in `run.start`, or name the built pages in `build.document-root`",
    };

    public static Problem BuildNotRun(string file, string script) => new("NUA2050", $"the build script `{Show(script)}` is not run")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "which folder it fills is not known; the pages are served as they are in the source",
        Remedy = "write `build.stack = \"node\"` and the folder to serve, `build.document-root = \"dist\"` (`\".\"` for the source itself)",
    };

    public static Problem OnlyLocalhost(string file) => new("NUA2047", $"{Show(file)} listens on localhost alone")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "nothing outside its container can reach it there",
        Remedy = "listen on 0.0.0.0, on the port that the variable PORT says",
    };

    public static Problem OtherFramework(string file, string asked, string why) => new(
        "NUA2032", $"target framework '{Show(asked)}' cannot be built here")
    {
        Where = At(file),
        Why = why,
        Remedy = "set TargetFramework to net8.0 or later",
    };

    public static Problem NoProject(string why) => new("NUA2035", "no .NET application to publish")
    {
        Where = Below,
        Why = why,
        Remedy = "name the project file: `build.project = \"src/App/App.csproj\"`",
    };

    public static Problem BuilderNotExact(string asked, string given) =>
        new("NUA2036", $"'{Show(asked)}' is not available, {given} is used instead")
    {
        Severity = Severity.Warning,
        Where = "build.builder",
        Remedy = "try the application with it, or name a base image that has the version: `build.base-image`, `build.method = \"build\"`",
    };

    public static Problem DevelopmentTool(string file, string tool, string why) =>
        new("NUA2038", $"the start command uses '{Show(tool)}'")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = why,
        Remedy = "compile in the build script and start the result, or move the tool to \"dependencies\"",
    };

    public static Problem NoMatchingVersion(string where, string text) =>
        new("NUA2039", $"'{Show(text)}' is not a version")
    {
        Where = where,
        Remedy = "write a version such as 22, 22.11.0 or >=20",
    };
}

/// <summary>The two best candidates of a tie.</summary>
internal sealed record Candidates(Stacks.Candidate First, Stacks.Candidate Second);
