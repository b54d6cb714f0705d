using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>
/// Every message of the planner, one method per situation, so that the wording can be reviewed as a list and no code is
/// used twice. Codes NUA2001–NUA2060. A place that begins with <see cref="Below"/> is a path in the folder that was
/// looked at; <see cref="PlaceOf"/> gives it the folder's own name. Other places are keys of the configuration.
/// </summary>
internal static class PlanProblems
{
    private const string Below = "./";

    /// <summary>The place of a problem as the user would write it.</summary>
    /// <param name="folder">The folder that was looked at, as the user wrote it; null when it has no name of its own.</param>
    public static Problem PlaceOf(Problem problem, string? folder)
    {
        if (problem.Where?.StartsWith(Below, StringComparison.Ordinal) != true)
        {
            return problem;
        }

        var path = problem.Where[Below.Length..];
        path = path == "." ? "" : path;
        var top = folder is null or "." ? "" : Show(folder).TrimEnd('/') + "/";
        return problem with { Where = path.Length > 0 ? top + path : top.Length > 0 ? top.TrimEnd('/') : "." };
    }

    /// <summary>What only the author can decide: a configuration to fill in is an answer.</summary>
    public static bool IsForAuthor(Problem problem) =>
        problem.Code is "NUA2002" or "NUA2003" or "NUA2015" or "NUA2016" or "NUA2035" or "NUA2048";

    /// <summary>A place in the folder, in the notation of <see cref="PlaceOf"/>.</summary>
    public static string At(string path) => Below + Show(path);

    public static Problem NoFolder(string path, bool isFile) => new("NUA2001", $"'{Show(path)}' is not a folder")
    {
        Why = isFile ? "it is a file" : "nothing has that name",
        Remedy = "name the folder that holds the application",
    };

    public static Problem NothingToBuild(string looked, bool hasConfig, string? hint) =>
        new("NUA2002", "no known kind of application found")
    {
        Where = Below,
        Why = looked,
        Remedy = (hint is null ? "" : hint + "; ")
            + (hasConfig ? "say" : "run `nua init` for a nua-config.toml to fill in, and say")
            + " how it is built and started: `build.build = [\"…\"]` and `run.start = \"…\"`; for pages `build.document-root = \"…\"` instead of a start",
    };

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

    public static Problem SecretsTaken(string file) => new("NUA2049", $"'{Show(file)}' is put into the image")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "files of this name may hold passwords, and whoever has the image can read it",
        Remedy = "name it in .nuaignore when it holds any, and give the values with `nua run -e` or --env-file",
    };

    public static Problem DataTaken(IReadOnlyList<string> files) => new(
        "NUA2052", files.Count == 1 ? $"the database '{Show(files[0])}' is put into the image" : $"{files.Count} databases are put into the image: {List(files)}")
    {
        Severity = Severity.Warning,
        Where = At(files[0]),
        Why = "whoever has the image can read it, the application cannot write it there, and the next image has it as it was",
        Remedy = "name it in .nuaignore and let the application keep its data in /nua/data; leave it when it is only read",
    };

    public static Problem Unreadable(string path, int errno) =>
        Unreadable(path, System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno));

    public static Problem Unreadable(string path, string why) => new("NUA2004", $"cannot read '{Show(path)}'")
    {
        Where = At(path),
        Why = Show(why),
        Remedy = "make it readable for the user who builds, or name it in .dockerignore",
    };

    public static Problem FileTooLarge(string path, long size, long limit) => new(
        "NUA2005", $"'{Show(path)}' is too large to be what its name says: {size} bytes")
    {
        Where = At(path),
        Why = $"at most {limit} bytes are read",
        Remedy = "check the file; when it is right, give the build by hand with `build.build` and `run.start`",
    };

    public static Problem NotUtf8(string path) => new("NUA2006", $"'{Show(path)}' is not UTF-8 text")
    {
        Where = At(path),
        Remedy = "save it as UTF-8",
    };

    public static Problem TooManyEntries(string path, int limit) => new("NUA2007", "a folder has too many entries")
    {
        Where = At(path),
        Why = $"more than {limit} in one folder",
        Remedy = "name what the application does not need in .dockerignore",
    };

    public static Problem BadIgnorePattern(string file, int line, string pattern) => new(
        "NUA2008", $"'{Show(pattern)}' is not a pattern")
    {
        Where = $"{At(file)}:{line}:1",
        Why = "a bracket is not closed, or a backslash or `!` stands alone",
        Remedy = "write a backslash before a bracket that is meant as itself",
    };

    public static Problem TooManyIgnorePatterns(string file, int line, int limit) =>
        new("NUA2009", "too many ignore patterns")
    {
        Where = $"{At(file)}:{line}:1",
        Why = $"at most {limit} are read",
        Remedy = "use fewer, broader patterns",
    };

    public static Problem BadManifest(string file, long line, long column, string why) =>
        new("NUA2010", $"'{Show(file)}' cannot be parsed")
    {
        Where = $"{At(file)}:{line}:{column}",
        Why = Show(why),
        Remedy = "correct the file",
    };

    public static Problem DuplicateKeys(string file, string why) => new("NUA2011", $"'{Show(file)}' has a key twice")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = Show(why),
        Remedy = "remove one; the last one counts",
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

    public static Problem BadArchive(string address, string why) =>
        new("NUA2019", $"cannot use '{Show(address)}' as a source")
    {
        Where = "build.src-url",
        Why = why,
        Remedy = "name an http(s) address or a path in the folder that ends in .tar, .tar.gz, .tar.bz2, .tar.xz, .tgz or .zip",
    };

    public static Problem ProjectMissing(string project) =>
        new("NUA2020", $"there is no '{Show(project)}' in the source")
    {
        Where = "build.project",
        Remedy = "name a folder inside the source, relative to its top",
    };

    public static Problem DocumentRootMissing(string path) =>
        new("NUA2021", $"there is no folder '{Show(path)}' to serve")
    {
        Where = "build.document-root",
        Why = "no build step makes it",
        Remedy = "name a folder of the source that holds the site",
    };

    public static Problem PortUnknown(string name, string why) => new("NUA2022", $"port '{Show(name)}' has no number")
    {
        Severity = Severity.Warning,
        Where = $"port.{Show(name)}.container",
        Why = why,
        Remedy = $"write the number: `port.{Show(name)}.container = 8080`",
    };

    public static Problem DockerfileIgnored(string file) => new("NUA2023", $"'{file}' is not used")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "Nua builds without a Dockerfile",
        Remedy = "give its commands with `build.packages`, `build.build` and `run.start`",
    };

    public static Problem SecretsLeftOut(string file) => new("NUA2024", $"'{Show(file)}' is left out of the image")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = "files of this name usually hold passwords",
        Remedy = "give the values with `nua run -e` or --env-file; for defaults that are no secret use [env]",
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

    public static Problem UnknownMethod(string method) => new("NUA2029", $"unknown build method '{Show(method)}'")
    {
        Where = "build.method",
        Remedy = "write `build` or `wrap`, or remove the line",
    };

    public static Problem NothingMatches(string pattern) => new("NUA2030", $"'{Show(pattern)}' matches no file")
    {
        Where = "build.pip-install",
        Remedy = "name a file of the folder, or a package",
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

    public static Problem TwoSources(string used, string other) => new("NUA2033", $"`{other}` is not used")
    {
        Severity = Severity.Warning,
        Where = "build." + other,
        Why = $"`{used}` comes first",
        Remedy = $"remove `{other}`",
    };

    public static Problem UnknownMetaPackage(string name) => new("NUA2034", $"unknown meta-package '{Show(name)}'")
    {
        Severity = Severity.Warning,
        Where = "build.meta-packages",
        Remedy = "known are postgres-client and mariadb-client; Debian packages go in `run.packages`",
    };

    public static Problem NoProject(string why) => new("NUA2035", "no .NET application to publish")
    {
        Where = Below,
        Why = why,
        Remedy = "name the project file: `build.project = \"src/App/App.csproj\"`",
    };

    public static Problem BuilderNotExact(string asked, string given) =>
        new("NUA2036", $"'{Show(asked)}' is answered with {given}")
    {
        Severity = Severity.Warning,
        Where = "build.builder",
        Why = "that version is not available",
        Remedy = "try the application with it, or name a base image that has the version: `build.base-image`, `build.method = \"build\"`",
    };

    public static Problem BadPort(string name, int port) => new("NUA2037", $"port {port} is not between 1 and 65535")
    {
        Where = $"port.{Show(name)}.container",
        Remedy = $"write `port.{Show(name)}.container = 8080`",
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

    public static Problem PackagerFileIgnored(string file, string why) => new("NUA2040", $"'{Show(file)}' is not used")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = why,
        Remedy = "remove it, or move it to the folder whose place in the image it should have",
    };

    public static Problem WindowsLines(string script) => new("NUA2051", $"'{Show(script)}' has line ends of Windows")
    {
        Severity = Severity.Warning,
        Where = At(script),
        Why = "a shell takes the carriage return for a part of each command",
        Remedy = $"convert it: `sed -i 's/\\r$//' {Show(script)}`; `* text=auto eol=lf` in .gitattributes keeps it so",
    };

    public static Problem PortOfWorker() => new("NUA2045", "`run.listens = false` and a port `web` contradict each other")
    {
        Where = "run.listens",
        Why = "`web` is the port that the application listens on",
        Remedy = "remove one of them; other ports may stay",
    };

    private static string Show(string text) => Printable.Escape(text, 200);

    private static string List(IEnumerable<string> items) => string.Join(", ", items.Take(8).Select(Show));
}

/// <summary>The two best candidates of a tie.</summary>
internal sealed record Candidates(Stacks.Candidate First, Stacks.Candidate Second);
