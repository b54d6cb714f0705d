using Nua.Foundation;
using static Nua.Build.Planning.PlanPlace;

namespace Nua.Build.Planning;

/// <summary>
/// Every message of the planner, one method per situation, so that the wording can be reviewed as a list and no code is
/// used twice: here, in <see cref="SourceProblems"/> and in <see cref="StackProblems"/>. Codes NUA2001–NUA2060.
/// </summary>
internal static class PlanProblems
{
    /// <summary>What only the author can decide: a configuration to fill in is an answer.</summary>
    public static bool IsForAuthor(Problem problem) =>
        problem.Code is "NUA2002" or "NUA2003" or "NUA2015" or "NUA2016" or "NUA2035" or "NUA2048";

    public static Problem NothingToBuild(string looked, bool hasConfig, string? hint) =>
        new("NUA2002", "no known kind of application found")
    {
        Where = Below,
        Why = looked,
        Remedy = (hint is null ? "" : hint + "; ")
            + (hasConfig ? "say" : "run `nua init` for a nua-config.toml to fill in, and say")
            + " how it is built and started: `build.build = [\"…\"]` and `run.start = \"…\"`; for pages `build.document-root = \"…\"` instead of a start",
    };

    public static Problem PackagesInWrap(string image) =>
        new("NUA2041", $"no package can be installed in the image '{Show(image)}', which is only wrapped")
    {
        Where = "build.packages, run.packages",
        Why = "wrapping adds Nua's files to an image and runs nothing",
        Remedy = "leave the packages out, or build on that image: `build.method = \"build\"`",
    };

    public static Problem UnknownBuilder(string name) => new("NUA2013", $"unknown builder '{Show(name)}'")
    {
        Where = "build.builder",
        Remedy = "write `node-VERSION` (such as node-22) or `ruby-VERSION`; other tools come from `build.packages`",
    };

    public static Problem PathRewritten(string where, string was, string now) => new(
        "NUA2014", $"'{Show(was)}' is read as '{Show(now)}'")
    {
        Severity = Severity.Warning,
        Where = where,
        Why = "/nua/build does not exist in a finished image; the application is in /nua/app",
        Remedy = $"write '{Show(now)}'",
    };

    public static Problem PortUnknown(string name, string why) => new("NUA2022", $"port '{Show(name)}' has no number")
    {
        Severity = Severity.Warning,
        Where = $"port.{Show(name)}.container",
        Why = why,
        Remedy = $"write the number: `port.{Show(name)}.container = 8080`",
    };

    public static Problem OriginalLibrary(string file) =>
        new("NUA2025", $"{file} uses the Python library of the first Nua")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "the modules nua.* do not exist here",
        Remedy = "write the steps as commands in `build.build`, or with Python's standard library",
    };

    public static Problem StartUsesLibrary(string file) => new("NUA2053", $"{file} uses the Python library of the first Nua")
    {
        Where = At(file),
        Why = "the modules nua.* are in no image, so the application would not start; only imports, calls and one "
            + "`exec_as_nua(\"COMMAND\")` at the end can be read",
        Remedy = "write what it does as commands: `run.start = [\"…\", \"COMMAND\"]`",
    };

    public static Problem SudoLeftOut(string where) => new("NUA2054", "`sudo` is left out")
    {
        Severity = Severity.Warning,
        Where = where,
        Why = "build commands see a root user of their own, and the application runs as one user who may write its volumes, "
            + "with no way to another",
        Remedy = "write the commands without it",
    };

    public static Problem PostRunIgnored() => new("NUA2055", "these commands are not run")
    {
        Severity = Severity.Warning,
        Where = "run.post-run",
        Why = "nothing of an operator's is run inside a started application",
        Remedy = "write what must happen once in `lifecycle.upgrade`, and what must happen at each start in `run.before-run`; "
            + "or call it with `nua exec`",
    };

    public static Problem UnknownMethod(string method) => new("NUA2029", $"unknown build method '{Show(method)}'")
    {
        Where = "build.method",
        Remedy = "write `build` or `wrap`, or remove the line",
    };

    public static Problem UnknownMetaPackage(string name) => new("NUA2034", $"unknown meta-package '{Show(name)}'")
    {
        Severity = Severity.Warning,
        Where = "build.meta-packages",
        Remedy = "the known ones are postgres-client and mariadb-client; Debian packages go in `run.packages`",
    };

    public static Problem BadPort(string name, int port) => new("NUA2037", $"port {port} is not between 1 and 65535")
    {
        Where = $"port.{Show(name)}.container",
        Remedy = $"write `port.{Show(name)}.container = 8080`",
    };

    public static Problem PortOfWorker() => new("NUA2045", "`run.listens = false` and a port `web` contradict each other")
    {
        Where = "run.listens",
        Why = "`web` is the port that the application listens on",
        Remedy = "remove one of them; other ports may stay",
    };
}
