namespace Nua.Build.Planning.Stacks.Python;

/// <summary>A requirements file and everything it includes, read as pip reads them.</summary>
/// <param name="Files">The files, first the one that was named.</param>
/// <param name="Packages">Requirements, one each, options and comments gone.</param>
/// <param name="Paths">Folders and archives of the source that are installed.</param>
internal sealed record Requirements(IReadOnlyList<string> Files, IReadOnlyList<string> Packages,
    IReadOnlyList<string> Paths)
{
    private const int MostFiles = 50;

    private static readonly string[] _names =
    [
        "requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt",
        "requirements-prod.txt",
        "requirements_prod.txt", "requirements/requirements.txt", "requirements/main.txt",
    ];

    public string File => Files[0];

    /// <summary>Some line has a hash, so pip wants one for every package of the call.</summary>
    public bool HasHashes { get; init; }

    /// <summary>Null when there is no requirements file.</summary>
    public static Requirements? Find(AppFolder folder) =>
        Array.Find(_names, folder.IsFile) is { } name ? Read(folder, name) : null;

    public static Requirements Read(AppFolder folder, string name)
    {
        var files = new List<string>();
        var packages = new List<string>();
        var paths = new List<string>();
        var hasHashes = false;
        var waiting = new Queue<string>([name]);
        while (files.Count < MostFiles && waiting.TryDequeue(out var file))
        {
            if (files.Contains(file) || folder.ReadText(file) is not { } text)
            {
                continue;
            }

            files.Add(file);
            foreach (var line in Lines(text))
            {
                hasHashes |= line.Contains("--hash=", StringComparison.Ordinal) || line.StartsWith("--require-hashes", StringComparison.Ordinal);
                ReadLine(line, file, waiting, packages, paths);
            }
        }

        return new Requirements(files, packages, paths) { HasHashes = hasHashes };
    }

    private static void ReadLine(string line, string file, Queue<string> waiting, List<string> packages,
        List<string> paths)
    {
        if ((Option(line, "-r", "--requirement") ?? Option(line, "-c", "--constraint")) is { } included)
        {
            // Relative to the file that includes it.
            var folder = file.Contains('/', StringComparison.Ordinal) ? file[..(file.LastIndexOf('/') + 1)] : "";
            if (AppFolder.Clean(folder + included) is { } path)
            {
                waiting.Enqueue(path);
            }

            return;
        }

        var target = Option(line, "-e", "--editable") ?? line;
        if (target.StartsWith('-'))
        {
            return;
        }

        target = WithoutOptions(target);
        var isAddress = target.Contains("://", StringComparison.Ordinal);
        if (!isAddress && PythonNames.OfRequirement(target) is null)
        {
            // Relative to the working folder, as for pip.
            if (AppFolder.Clean(target.Split('[')[0].Replace("file:", "", StringComparison.Ordinal)) is { } path)
            {
                paths.Add(path);
            }
        }
        else
        {
            packages.Add(target);
        }
    }

    private static string WithoutOptions(string line)
    {
        var end = line.IndexOf(" --", StringComparison.Ordinal);
        return (end < 0 ? line : line[..end]).Trim();
    }

    private static string? Option(string line, string brief, string full)
    {
        foreach (var option in (string[])[full, brief])
        {
            if (line.StartsWith(option, StringComparison.Ordinal) && line.Length > option.Length
                && (line[option.Length] is ' ' or '=' or '\t' || option == brief))
            {
                return line[option.Length..].TrimStart('=', ' ', '\t').Trim();
            }
        }

        return null;
    }

    private static IEnumerable<string> Lines(string text)
    {
        var joined = text.Replace("\\\r\n", " ", StringComparison.Ordinal)
            .Replace("\\\n", " ", StringComparison.Ordinal);
        foreach (var raw in joined.Split('\n'))
        {
            var comment = raw.StartsWith('#') ? 0 : raw.IndexOf(" #", StringComparison.Ordinal);
            var line = (comment < 0 ? raw : raw[..comment]).Trim();
            if (line.Length > 0)
            {
                yield return line;
            }
        }
    }
}
