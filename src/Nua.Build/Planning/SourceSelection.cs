using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>Where the source is, and the tree that can be looked at now.</summary>
/// <param name="Tree">Null when the source is remote and not fetched yet.</param>
/// <param name="ProjectFile">Set when <c>build.project</c> names a file: the source stays whole and the stack builds
/// that file.</param>
internal sealed record SourceSelection(SourceSpec Source, AppFolder? Tree, string? ProjectFile)
{
    private static readonly string[] _archives = [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tgz", ".zip"];

    /// <summary>Precedence of the original: <c>src-url</c>, <c>git-url</c>, else the folder; <c>project</c> is a place
    /// inside it.</summary>
    public static SourceSelection Select(AppFolder folder, BuildConfig build, PlanOptions options, PlanNotes notes)
    {
        if (build.SrcUrl is { Length: > 0 } && build.GitUrl is { Length: > 0 })
        {
            notes.Add(SourceProblems.TwoSources("src-url", "git-url"));
        }

        var project = build.Project is { Length: > 0 } text ? text : null;
        if (project is not null && build.SrcUrl is null && build.GitUrl is null && IsRemote(project))
        {
            return IsArchive(project)
                ? new(new SourceSpec.Archive(project, build.SrcChecksum, null), options.FetchedSource, null)
                : new(new SourceSpec.Git(project, build.GitBranch ?? "main", null), options.FetchedSource, null);
        }

        if (build.SrcUrl is { Length: > 0 } address)
        {
            return FromAddress(folder, address, build, project, options);
        }

        if (build.GitUrl is { Length: > 0 } git)
        {
            var (tree, below, file) = Inside(options.FetchedSource, project);
            notes.Decide("source", $"{git}, branch {build.GitBranch ?? "main"}", "build.git-url",
                "build.git-branch = \"…\"");
            return new(new SourceSpec.Git(git, build.GitBranch ?? "main", below), tree, file);
        }

        return Local(folder, project);
    }

    private static SourceSelection FromAddress(
        AppFolder folder, string address, BuildConfig build, string? project, PlanOptions options)
    {
        if (!IsRemote(address))
        {
            if (AppFolder.Clean(address) is not { } clean)
            {
                throw new ProblemException(SourceProblems.BadArchive(address, "it leads out of the folder"));
            }

            if (folder.IsFolder(clean))
            {
                return Local(folder, project is null ? clean : $"{clean}/{project}");
            }

            address = clean;
        }

        if (!IsArchive(address))
        {
            throw new ProblemException(SourceProblems.BadArchive(address, "it is neither an archive nor a folder"));
        }

        if (!IsRemote(address) && !folder.IsFile(address))
        {
            throw new ProblemException(SourceProblems.BadArchive(address, "there is no such file in the folder"));
        }

        var (tree, below, file) = Inside(options.FetchedSource, project);
        return new(new SourceSpec.Archive(address, build.SrcChecksum, below), tree, file);
    }

    private static SourceSelection Local(AppFolder folder, string? project)
    {
        var (tree, below, file) = Inside(folder, project);
        return new(new SourceSpec.Folder(below), tree, file);
    }

    private static (AppFolder? Tree, string? Below, string? File) Inside(AppFolder? tree, string? project)
    {
        if (project is null || AppFolder.Clean(project) is { Length: 0 })
        {
            return (tree, null, null);
        }

        if (AppFolder.Clean(project) is not { } clean)
        {
            throw new ProblemException(SourceProblems.ProjectMissing(project));
        }

        // Before a remote source is fetched, a name with an extension of a project file is taken for one.
        var isFile = tree?.IsFile(clean) ?? (clean.EndsWith("proj", StringComparison.Ordinal)
            || clean.EndsWith(".cs", StringComparison.Ordinal));
        return isFile ? (tree, null, clean) : (tree?.Subfolder(clean), clean, null);
    }

    private static bool IsRemote(string address) => address.Contains("://", StringComparison.Ordinal)
        || (address.StartsWith("git@", StringComparison.Ordinal) && address.Contains(':', StringComparison.Ordinal));

    private static bool IsArchive(string address)
    {
        var path = IsRemote(address) ? address.Split('?', '#')[0] : address;
        return Array.Exists(_archives, end => path.EndsWith(end, StringComparison.OrdinalIgnoreCase));
    }
}
