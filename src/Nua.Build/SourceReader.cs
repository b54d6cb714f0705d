using Nua.Build.Planning;
using Nua.Build.Sources;
using Nua.Build.Steps;
using Nua.Foundation;
using Nua.Rootfs.Trees;

namespace Nua.Build;

/// <summary>Reads the source folder: every file that counts, hashed, and nothing that an image cannot hold.</summary>
internal static class SourceReader
{
    /// <exception cref="ProblemException">NUA4034, NUA2152 special file, NUA2153 whiteout name.</exception>
    public static BuildSource Read(
        BuildPlan plan, string projectFolder, string folder, SourceFacts facts, StatCache? cache, Action<Problem> warn)
    {
        var rules = IgnoreRules.Parse(IgnoreRules.FileNames.Select(name => (name, ReadText(Path.Combine(folder, name)))))
            .With(plan.SourceIgnore);
        var isProject = Path.GetFullPath(folder) == Path.GetFullPath(projectFolder);
        var tree = TreeScanner.Scan(folder, new ScanOptions
        {
            Cache = cache,
            IsExcluded = (path, isDirectory) => isProject && IsPackagers(path) || IsIgnored(rules, path, isDirectory),
        });
        Verify(tree, warn);
        return new BuildSource(folder, tree, facts, projectFolder, ReadPackager(plan, projectFolder, cache));
    }

    /// <summary>The packager's files never become part of the application by accident.</summary>
    private static bool IsPackagers(string path) =>
        path is "nua" or "nua-config.toml" or "nua-config.yaml" or "nua-config.yml" or "nua-config.json";

    private static bool IsIgnored(IgnoreRules rules, string path, bool isDirectory)
    {
        var match = rules.Match(default, path);
        return isDirectory ? rules.CanSkip(path, match) : rules.IsIgnored(path);
    }

    private static void Verify(FileTree tree, Action<Problem> warn)
    {
        var problems = new List<Problem>();
        foreach (var entry in tree.Entries)
        {
            var shown = Printable.Escape(entry.Path, 300);
            if (entry.Kind == TreeKind.Special)
            {
                problems.Add(new Problem("NUA2152", $"'{shown}' is a socket, FIFO or device")
                {
                    Why = "an image holds files, folders and links only",
                    Remedy = "remove it, or name it in .nuaignore",
                });
            }

            if (entry.Path[(entry.Path.LastIndexOf('/') + 1)..].StartsWith(".wh.", StringComparison.Ordinal))
            {
                problems.Add(new Problem("NUA2153", $"'{shown}' cannot be put in an image")
                {
                    Why = "in an image layer a name that begins with '.wh.' means that a file is deleted",
                    Remedy = "rename it, or name it in .nuaignore",
                });
            }

            if (entry.Kind == TreeKind.Symlink && Escapes(entry))
            {
                warn(new Problem("NUA2154", $"the link '{shown}' leads out of the application, to '{Printable.Escape(entry.Link!, 200)}'")
                {
                    Severity = Severity.Warning,
                    Why = "it is kept as it is and means a path of the image, not of this machine",
                    Remedy = "replace it by what it leads to, or name it in .nuaignore",
                });
            }
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    private static bool Escapes(TreeEntry entry)
    {
        if (entry.Link!.StartsWith('/'))
        {
            return true;
        }

        var depth = entry.Path.Count(c => c == '/');
        foreach (var part in entry.Link.Split('/'))
        {
            depth += part switch { ".." => -1, "" or "." => 0, _ => 1 };
            if (depth < 0)
            {
                return true;
            }
        }

        return false;
    }

    private static List<PackagerSource> ReadPackager(BuildPlan plan, string projectFolder, StatCache? cache)
    {
        if (plan.PackagerFiles.Count == 0)
        {
            return [];
        }

        var wanted = plan.PackagerFiles.ToDictionary(f => f.Source, StringComparer.Ordinal);
        var folders = wanted.Keys.SelectMany(Parents).ToHashSet(StringComparer.Ordinal);
        var tree = TreeScanner.Scan(projectFolder, new ScanOptions
        {
            Cache = cache,
            IsExcluded = (path, isDirectory) => isDirectory ? !folders.Contains(path) : !wanted.ContainsKey(path),
        });
        return [.. tree.Entries.Where(e => wanted.ContainsKey(e.Path)).Select(e => new PackagerSource(wanted[e.Path], e))];
    }

    private static IEnumerable<string> Parents(string path)
    {
        for (var at = path.LastIndexOf('/'); at > 0; at = path.LastIndexOf('/', at - 1))
        {
            yield return path[..at];
        }
    }

    private static string? ReadText(string file) => File.Exists(file) ? File.ReadAllText(file) : null;
}
