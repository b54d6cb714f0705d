using Nua.Foundation;
using static Nua.Build.Planning.PlanPlace;

namespace Nua.Build.Planning;

/// <summary>What is wrong with the folder and the files in it, whatever they are built with. Codes as in <see cref="PlanProblems"/>.</summary>
internal static class SourceProblems
{
    public static Problem NoFolder(string path, bool isFile) => new("NUA2001", $"'{Show(path)}' is not a folder")
    {
        Why = isFile ? "it is a file" : "nothing has that name",
        Remedy = "name the folder that holds the application",
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
        Remedy = "make it readable for the user who builds, or name it in .nuaignore",
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
        Remedy = "name what the application does not need in .nuaignore",
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
        Remedy = "remove one of them; the last one counts",
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

    public static Problem NothingMatches(string pattern) => new("NUA2030", $"'{Show(pattern)}' matches no file")
    {
        Where = "build.pip-install",
        Remedy = "name a file of the folder, or a package",
    };

    public static Problem TwoSources(string used, string other) => new("NUA2033", $"`{other}` is not used")
    {
        Severity = Severity.Warning,
        Where = "build." + other,
        Why = $"`{used}` comes first",
        Remedy = $"remove `{other}`",
    };

    public static Problem PackagerFileIgnored(string file, string why) => new("NUA2040", $"'{Show(file)}' is not used")
    {
        Severity = Severity.Warning,
        Where = At(file),
        Why = why,
        Remedy = "remove it, or move it to the folder whose place in the image it should have",
    };

    public static Problem WindowsLines(string script) => new("NUA2051", $"'{Show(script)}' has Windows line endings")
    {
        Severity = Severity.Warning,
        Where = At(script),
        Why = "a shell takes the carriage return for a part of each command",
        Remedy = $"convert it: `sed -i 's/\\r$//' {Show(script)}`; `* text=auto eol=lf` in .gitattributes keeps it so",
    };
}
