namespace Nua.Build.Planning.Stacks.Python;

/// <summary><c>build.pip-install</c> as words for pip, globs of the folder expanded.</summary>
/// <param name="Words">In the order written.</param>
/// <param name="Packages">Normal names of what is asked for by name.</param>
/// <param name="Files">Files of the source that pip opens.</param>
/// <param name="Folders">Folders of the source that are installed.</param>
/// <param name="InstallsProject">The whole source is one of them (<c>.</c>); it is then not in the words.</param>
internal sealed record PipArguments(
    IReadOnlyList<string> Words, IReadOnlyList<string> Packages, IReadOnlyList<string> Files,
        IReadOnlyList<string> Folders, bool InstallsProject)
{
    public bool IsEmpty => Words.Count == 0 && !InstallsProject;

    public static PipArguments Read(StackContext context)
    {
        var (words, packages, files, folders) = (new List<string>(), new List<string>(), new List<string>(),
            new List<string>());
        var installsProject = false;
        var previous = "";
        foreach (var word in context.Build.PipInstall.SelectMany(Split))
        {
            if (word is "." or "./" or "-e." || (previous == "-e" && word == "."))
            {
                installsProject = true;
                words.RemoveAll(text => text == "-e");
            }
            else if (previous is "-r" or "--requirement" or "-c" or "--constraint")
            {
                words.Add(word);
                var requirements = Requirements.Read(context.Folder, AppFolder.Clean(word) ?? word);
                files.AddRange(requirements.Files.Concat(requirements.Paths));
                packages.AddRange(requirements.Packages.Select(PythonNames.OfRequirement).OfType<string>());
            }
            else if (word.Contains('*', StringComparison.Ordinal) && !word.Contains("==", StringComparison.Ordinal))
            {
                var found = Expand(context, word);
                words.AddRange(found.Select(path => "./" + path));
                files.AddRange(found);
            }
            else
            {
                words.Add(Local(context.Folder, word, files, folders) ?? word);
                packages.AddRange(PythonNames.OfRequirement(word) is { } name ? [name] : (string[])[]);
            }

            previous = word;
        }

        return new PipArguments(words, packages, files, folders, installsProject);
    }

    private static IReadOnlyList<string> Split(string item)
    {
        // "-r requirements.txt" is two words for pip; "flask >= 2" is one requirement.
        var isOption = item.StartsWith('-');
        return isOption && ShellWords.Parse("pip " + item) is { } words ? [.. words.Argv.Skip(1)] : [item.Trim()];
    }

    private static string? Local(AppFolder folder, string word, List<string> files, List<string> folders)
    {
        if (word.Contains("://", StringComparison.Ordinal)
            || AppFolder.Clean(word.Split('[')[0]) is not { Length: > 0 } path)
        {
            return null;
        }

        var looksLocal = word.StartsWith("./", StringComparison.Ordinal) || path.Contains('/', StringComparison.Ordinal)
            || path.EndsWith(".whl", StringComparison.Ordinal) || path.EndsWith(".tar.gz", StringComparison.Ordinal);
        if (looksLocal && folder.IsFile(path))
        {
            files.Add(path);
            return "./" + path;
        }

        if (looksLocal && folder.IsFolder(path))
        {
            folders.Add(path);
            return "./" + path;
        }

        return null;
    }

    private static List<string> Expand(StackContext context, string glob)
    {
        var pattern = IgnorePattern.Parse(glob);
        var depth = glob.Contains("**", StringComparison.Ordinal) ? 8 : glob.Count(c => c == '/');
        var found = pattern is null ? [] : context.Folder.Walk("", depth, 50_000).Where(pattern.Matches).ToList();
        if (found.Count == 0)
        {
            throw new Nua.Foundation.ProblemException(SourceProblems.NothingMatches(glob));
        }

        return found;
    }
}
