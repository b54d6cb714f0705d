using Nua.Foundation;

namespace Nua.Build.Sources;

/// <summary>Everything that can go wrong with a source, one function per situation (NUA210x and NUA211x).</summary>
internal static class SourceProblems
{
    public static ProblemException UnknownArchive(string name) => Error(
        new("NUA2101", $"'{Printable.Escape(name, 200)}' is not an archive that can be unpacked")
        {
            Remedy = "the known kinds are " + string.Join(", ", ArchiveFormats.Endings) + ", or a folder in the project",
        });

    public static ProblemException NotDownloaded(string address, string why) => Error(new("NUA2102", "the source could not be downloaded")
    {
        Where = Printable.Escape(address, 300),
        Why = why,
        Remedy = "check the address, the network and the proxy variables; with build.src-checksum a copy fetched before is used without network",
    });

    public static ProblemException ChecksumMismatch(string address, string wanted, string found) => Error(
        new("NUA2103", "the source is not the one that build.src-checksum names")
        {
            Where = Printable.Escape(address, 300),
            Why = $"sha256 wanted {wanted}, found {found}; nothing was unpacked",
            Remedy = $"if you trust the new content, write src-checksum = \"{found}\"; otherwise find out why it changed",
        });

    public static ProblemException BadChecksum(string text) => Error(
        new("NUA2104", $"src-checksum '{Printable.Escape(text, 100)}' is not a sha256")
        {
            Remedy = "write 64 hex digits, with or without 'sha256:' before them",
        });

    public static ProblemException OverLimit(string archive, string what) => Error(new("NUA2105", $"the source is too big: {what}")
    {
        Where = Printable.Escape(archive, 300),
        Why = "a limit protects this machine from archives that unpack to more than anybody wants; what was unpacked is removed",
    });

    public static ProblemException UnsafeEntry(string archive, string entry, string why) => Error(
        new("NUA2106", $"the archive holds an entry that would not stay inside its folder: '{Printable.Escape(entry, 200)}'")
        {
            Where = Printable.Escape(archive, 300),
            Why = why,
            Remedy = "do not trust this archive; get it from its author, or unpack and look at it by hand",
        });

    public static ProblemException RefusedType(string archive, string entry, string type) => Error(
        new("NUA2107", $"the archive holds a {type}: '{Printable.Escape(entry, 200)}'")
        {
            Where = Printable.Escape(archive, 300),
            Why = "a source is files, folders and links",
        });

    public static ProblemException Damaged(string archive, string why, Exception? inner = null) => new(
        new Problem("NUA2108", "the archive is damaged or incomplete") { Where = Printable.Escape(archive, 300), Why = why }, inner);

    public static ProblemException NotInProject(string path) => Error(
        new("NUA2109", $"the source '{Printable.Escape(path, 300)}' is neither an address nor in the project folder")
        {
            Remedy = "give an http(s) address, or a path of a file or folder below the project folder",
        });

    public static ProblemException NoSubfolder(string subfolder) => Error(
        new("NUA2110", $"the source has no folder '{Printable.Escape(subfolder, 200)}'")
        {
            Why = "it is missing, not a folder, or leads out of the source",
            Remedy = "correct build.project; it is relative to the top of the source",
        });

    public static ProblemException MissingProgram(string program, string package, string purpose) => Error(
        new("NUA2111", $"{purpose} needs the program '{program}', which is not on this machine")
        {
            Remedy = $"apt-get install {package}",
        });

    public static ProblemException BadGitAddress(string address, string why) => Error(
        new("NUA2112", $"git-url '{Printable.Escape(address, 200)}' cannot be used")
        {
            Why = why,
            Remedy = "use https://HOST/PATH, ssh://HOST/PATH, git@HOST:PATH, git://HOST/PATH or a path of a local repository",
        });

    public static ProblemException BadBranch(string branch) => Error(
        new("NUA2113", $"git-branch '{Printable.Escape(branch, 100)}' is not a name that git allows"));

    public static ProblemException NoBranch(string address, string branch) => Error(
        new("NUA2114", $"the repository has no branch or tag '{Printable.Escape(branch, 100)}'")
        {
            Where = Printable.Escape(address, 300),
            Remedy = "set build.git-branch to a branch, a tag or a full commit hash",
        });

    public static ProblemException GitFailed(string address, string what, string output) => Error(
        new("NUA2115", $"git could not {what}")
        {
            Where = Printable.Escape(address, 300),
            Why = output,
            Remedy = "try 'git ls-remote' on the same address: nua asks for no password and uses your own git and ssh configuration",
        });

    public static ProblemException TooSlow(string what, TimeSpan limit) => Error(
        new("NUA2116", $"{what} did not end within {limit.TotalSeconds:0} seconds")
        {
            Remedy = "try again when the network or the machine is less busy",
        });

    private static ProblemException Error(Problem problem) => new(problem);
}
