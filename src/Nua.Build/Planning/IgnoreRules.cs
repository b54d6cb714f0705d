using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>
/// Which paths of a source folder are not part of the source. <c>.dockerignore</c> is read with Docker's own meaning:
/// patterns are anchored at the root, <c>*</c> stays inside a component, <c>**</c> does not, a match of a folder covers
/// what is below it, a later line wins, and <c>!</c> takes back. The lines of <c>.nuaignore</c> follow those of
/// <c>.dockerignore</c>, so they can take back too. Folders of version control systems are always out and cannot be
/// taken back.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class IgnoreRules
{
    /// <summary>Read in this order.</summary>
    public static readonly IReadOnlyList<string> FileNames = [".dockerignore", ".nuaignore"];

    public static readonly IgnoreRules None = new([]);

    private const int MostPatterns = 5000;

    private static readonly HashSet<string> _versionControl =
        new([".git", ".hg", ".svn", ".bzr", ".jj", ".pijul", "_darcs", "CVS", ".fslckout", "_FOSSIL_"],
            StringComparer.Ordinal);

    private readonly IgnorePattern[] _patterns;

    private IgnoreRules(IgnorePattern[] patterns) => _patterns = patterns;

    /// <summary>Reads ignore files in order; a null text is a file that is not there.</summary>
    /// <exception cref="ProblemException">every wrong line, with file and line.</exception>
    public static IgnoreRules Parse(IEnumerable<(string Name, string? Text)> files)
    {
        var patterns = new List<IgnorePattern>();
        var problems = new List<Problem>();
        foreach (var (name, text) in files)
        {
            Read(name, text ?? "", patterns, problems);
        }

        return problems.Count > 0 ? throw new ProblemException(problems) : new IgnoreRules([.. patterns]);
    }

    /// <summary>The same rules followed by patterns of our own, such as <see cref="BuildPlan.SourceIgnore"/>.</summary>
    public IgnoreRules With(IEnumerable<string> patterns)
    {
        var more = patterns.Select(text => IgnorePattern.Parse(text)
            ?? throw new ArgumentException($"not a pattern: {text}", nameof(patterns)));
        return new IgnoreRules([.. _patterns, .. more]);
    }

    /// <summary>Whether a path (relative, with <c>/</c>, no leading one) is left out, by itself or by a folder above
    /// it.</summary>
    public bool IsIgnored(string path) => Find(path).Ignored;

    /// <summary>
    /// The same for a walk from the top: what was found for the parent is not computed again.
    /// </summary>
    /// <param name="parent">The answer for the folder that holds <paramref name="path"/>; default for the root.</param>
    public IgnoreMatch Match(IgnoreMatch parent, string path)
    {
        if (parent.Final || IsVersionControl(path))
        {
            return new IgnoreMatch(true, true, null);
        }

        if (_patterns.Length == 0)
        {
            return default;
        }

        var hits = parent.Hits;
        var copied = false;
        var ignored = false;
        for (var i = 0; i < _patterns.Length; i++)
        {
            var hit = hits is not null && hits[i];
            if (!hit && _patterns[i].Matches(path))
            {
                hits = copied ? hits! : hits is null ? new bool[_patterns.Length] : (bool[])hits.Clone();
                copied = true;
                hits[i] = hit = true;
            }

            ignored = hit ? !_patterns[i].IsException : ignored;
        }

        return new IgnoreMatch(ignored, false, hits);
    }

    /// <summary>Whether nothing below an ignored folder can be taken back, so that a walk need not enter it.</summary>
    public bool CanSkip(string folder, IgnoreMatch match) =>
        match.Ignored
            && (match.Final || !Array.Exists(_patterns, pattern => pattern.IsException
            && pattern.MayMatchBelow(folder)));

    /// <summary>The answer for one path, with what its children need to know.</summary>
    public IgnoreMatch Find(string path)
    {
        IgnoreMatch match = default;
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            match = Match(match, path[..slash]);
        }

        return Match(match, path);
    }

    private static bool IsVersionControl(string path) => _versionControl.Contains(path[(path.LastIndexOf('/') + 1)..]);

    private static void Read(string name, string text, List<IgnorePattern> patterns, List<Problem> problems)
    {
        var number = 0;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            var line = raw.Trim();
            if (raw.StartsWith('#') || line.Length == 0)
            {
                continue;
            }

            if (IgnorePattern.Parse(line) is not { } pattern)
            {
                problems.Add(SourceProblems.BadIgnorePattern(name, number, line));
            }
            else if (pattern.IsEverything && pattern.IsException)
            {
                continue;
            }
            else if (patterns.Count == MostPatterns)
            {
                problems.Add(SourceProblems.TooManyIgnorePatterns(name, number, MostPatterns));
                return;
            }
            else
            {
                patterns.Add(pattern);
            }
        }
    }
}

/// <summary>What the rules say about one path of a walk, and what its children need to know.</summary>
/// <param name="Ignored">The path is left out.</param>
/// <param name="Final">It is left out and nothing below can be taken back.</param>
public readonly record struct IgnoreMatch(bool Ignored, bool Final, IReadOnlyList<bool>? Matched)
{
    internal bool[]? Hits => (bool[]?)Matched;
}
