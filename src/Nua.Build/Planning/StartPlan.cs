using Nua.Build.Planning.Stacks;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>The author's own way to start: <c>run.start</c>, <c>nua/start.*</c>, Procfile, a root
/// <c>start.py</c>.</summary>
/// <param name="Lines">Shell lines, the last one is the application; empty when <see cref="Argv"/> is set or nothing
/// was said.</param>
/// <param name="Argv">A script and its interpreter.</param>
internal sealed record StartPlan(
    IReadOnlyList<string> Lines, IReadOnlyList<string> Argv, IReadOnlyList<string> Packages, string Because)
{
    /// <summary>What the way to start says about connections; null when it says nothing.</summary>
    public Listening? Listening { get; init; }

    public bool IsGiven => Lines.Count + Argv.Count > 0;

    /// <summary>What the stacks see.</summary>
    public IReadOnlyList<string> Commands => Argv.Count > 0 ? [ShellWords.Join(Argv)] : Lines;

    public static StartPlan Find(AppFolder folder, AppFolder? tree, AppConfig config, PackagerFolder packager,
        BuildPaths paths, PlanNotes notes)
    {
        var asked = Prepared(config.Run.Start ?? [], "run.start", paths, notes);
        if (asked.Count > 0)
        {
            var namesPort = asked.Exists(line => line.Contains("$PORT", StringComparison.Ordinal)
                || line.Contains("${PORT", StringComparison.Ordinal));
            return new StartPlan(asked, [], Shells(asked), "run.start")
            {
                Listening = namesPort ? new Listening(true, "run.start uses PORT") : null,
            };
        }

        if (packager.StartScript is { } script)
        {
            return Script(folder, script.Source, script.Target, paths, notes);
        }

        if (Procfile.Read(tree).Main(notes) is { } process)
        {
            var because = $"{Procfile.FileName}, line `{process.Name}:`";
            return new StartPlan([process.Command], [], [], because)
            {
                Listening = new Listening(Procfile.IsServer(process.Name)
                    || process.Command.Contains("$PORT", StringComparison.Ordinal), because),
            };
        }

        // A root start.py is the start script when the folder is packaged for Nua and no stack is asked for.
        return config is { Metadata.Id: not null, Build.Stack: null } && folder.IsFile("start.py")
            && ReferenceEquals(folder, tree)
            ? Script(folder, "start.py", $"{NuaPaths.App}/start.py", paths, notes)
            : new StartPlan([], [], [], "");
    }

    /// <summary>The finished start: an argv wherever no shell is needed.</summary>
    public StartSpec Make(AppConfig config, StackDraft? draft, BuildPaths paths, PlanNotes notes)
    {
        var before = Before(config, paths, notes);
        var spec = Argv.Count > 0 ? new StartSpec { Argv = Argv, Because = Because } : FromLines(draft);
        return WithBefore(spec, before);
    }

    public static IReadOnlyList<string> Before(AppConfig config, BuildPaths paths, PlanNotes notes) =>
        Prepared(config.Run.BeforeRun, "run.before-run", paths, notes);

    public static StartSpec WithBefore(StartSpec spec, IReadOnlyList<string> before)
    {
        if (before.Count == 0 || spec.StaticRoot is not null)
        {
            return spec;
        }

        IReadOnlyList<string> lines = spec.Shell.Count > 0 ? spec.Shell : [ShellWords.Join(spec.Argv)];
        return spec with { Argv = [], Shell = [.. before, .. lines], Because = spec.Because
            + "; run.before-run comes first" };
    }

    private static List<string> Prepared(IEnumerable<string> lines, string where, BuildPaths paths, PlanNotes notes) =>
        [.. lines.Select(line => paths.Rewrite(AuthorCommand.WithoutSudo(line.Trim(), where, notes), where))
            .Where(line => line.Length > 0)
            .Select(line => AuthorCommand.NeedsBash(line) ? AuthorCommand.InBash(line) : line)];

    private static IReadOnlyList<string> Shells(List<string> lines) =>
        lines.Exists(line => line.StartsWith("bash ", StringComparison.Ordinal)) ? ["bash"] : [];

    private static StartPlan Script(AppFolder folder, string source, string target, BuildPaths paths, PlanNotes notes)
    {
        if (source.EndsWith(".py", StringComparison.Ordinal) && folder.ReadHead(source) is { } text && OriginalStart.UsesLibrary(text))
        {
            return Original(text, source, paths, notes);
        }

        var (argv, packages) = source.EndsWith(".py", StringComparison.Ordinal)
            ? (["python3", target], ["python3"])
            : ShellStack.Run(folder, source, target);
        return new StartPlan([], argv, packages, source);
    }

    /// <summary>The commands that the script stands for.</summary>
    /// <exception cref="ProblemException">NUA2053.</exception>
    private static StartPlan Original(string text, string source, BuildPaths paths, PlanNotes notes)
    {
        if (OriginalStart.Read(text) is not { } script)
        {
            throw new ProblemException(PlanProblems.StartUsesLibrary(source));
        }

        var command = script.Folder is null ? script.Command : $"cd {ShellWords.Quote(script.Folder)} && {script.Command}";
        var lines = Prepared([command], source, paths, notes);
        var packages = Shells(lines).ToList();
        if (script.Prepare.Length > 0)
        {
            lines.Insert(0, $"python3 -c {ShellWords.Quote(script.Prepare)}");
            packages.Add("python3");
        }

        notes.Decide(
            "start script", string.Join(" && ", lines),
            $"{source} hands over to this command with the first Nua's library, which no image has", "run.start = \"…\"");
        return new StartPlan(lines, [], packages, source);
    }

    private StartSpec FromLines(StackDraft? draft)
    {
        var (folder, last) = SplitFolder(Lines[^1]);
        var resolved = draft?.Resolve(last) ?? Plain(last);
        resolved = resolved with { WorkDir = folder ?? resolved.WorkDir, Because = Join(Because, resolved.Because) };
        if (Lines.Count == 1)
        {
            return resolved;
        }

        var tail = resolved.Shell.Count > 0 ? resolved.Shell : [ShellWords.Join(resolved.Argv)];
        var change = folder is null ? (IReadOnlyList<string>)[] : [$"cd {ShellWords.Quote(folder)}"];
        return resolved with { Argv = [], Shell = [.. Lines.SkipLast(1), .. change, .. tail], WorkDir = NuaPaths.App };
    }

    private static string Join(string first, string second) => second.Length == 0 || second == first ? first
        : $"{first}: {second}";

    /// <summary><c>cd FOLDER &amp;&amp; COMMAND</c> needs no shell: the folder becomes the working folder.</summary>
    private static (string? Folder, string Command) SplitFolder(string line)
    {
        var parts = ShellWords.SplitAnd(line);
        if (parts.Count != 2 || !parts[0].StartsWith("cd ", StringComparison.Ordinal)
            || ShellWords.Parse("x " + parts[0][3..]) is not { Argv: ["x", var folder] }
                || folder.Contains('$', StringComparison.Ordinal))
        {
            return (null, line);
        }

        return (folder.StartsWith('/') ? folder : AppFolder.Clean(folder) is { } clean ? $"{NuaPaths.App}/{clean}"
            .TrimEnd('/') : null, parts[1]);
    }

    private static StartSpec Plain(string line)
    {
        if (ShellWords.Parse(line) is not { } words)
        {
            return new StartSpec { Shell = [line] };
        }

        return new StartSpec
        {
            Argv = words.Assignments.Count == 0 ? words.Argv
                : ["env", .. words.Assignments.Select(pair => $"{pair.Name}={pair.Value}"), .. words.Argv],
        };
    }
}
