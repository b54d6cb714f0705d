using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-S01, S02, S05 to S08, S10, S11: the eight verbs, where they come from, and that they fit
/// together.</summary>
internal static class ScriptRules
{
    public const string Section = "image-specification.md, section 4";
    private const string Templates = "nua/scripts/templates";

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-S01", Severity.Error,
            "Each of the eight verbs is a file in `/nua/scripts`, or a link to one, that group 0 may execute.",
            Section, "give the script mode 0755, or remove it from nua/scripts so that the builder makes the default",
            VerbsAreThere),
        new("NUA-S02", Severity.Error,
            "The interpreter that a script's first line names is in the image and executable; with `env`, the program is found in `PATH`.",
            Section, "add the package that has the interpreter to run.packages, or change the script's first line",
            InterpretersAreThere),
        .. ProgramRules.All.Where(rule => rule.Id is "NUA-S03" or "NUA-S04"),
        new("NUA-S05", Severity.Error, "No script's first line ends in a carriage return.",
            Section, "save the script with Unix line ends (LF)", NoCarriageReturns),
        new("NUA-S06", Severity.Error, "`/nua/bin/nua-agent` is an executable that needs no loader and no library.",
            Section, "rebuild the image with 'nua build', which puts the static agent there", AgentIsStatic),
        new("NUA-S07", Severity.Error,
            "`backup` and `restore` belong together: both are the packager's, or both the default.",
            Section, "write the other one too; a backup that nothing restores is none", BackupMeetsRestore),
        new("NUA-S08", Severity.Error,
            "Rollback is declared as it is: with a script or command of its own `rollback.mode` is `script` and "
            + "`rollback.to` ≤ `data_version`; otherwise the mode is `snapshot` or `none`.",
            Section, "declare [lifecycle] rollback and rollback-to as the script does it, or remove the script",
            RollbackIsDeclared),
        .. ProgramRules.All.Where(rule => rule.Id == "NUA-S09"),
        new("NUA-S10", Severity.Error,
            "What the default `start` runs is there: the first word of `argv` is an executable, `shell` has `/bin/sh`, "
            + "`static_root` is a directory.",
            Section, "correct run.start in nua-config, or add the package that has the program to run.packages",
            StartIsThere),
        new("NUA-S11", Severity.Error, "No two templates have the same target.",
            Section, "keep one of NAME, NAME.j2 and NAME.tmpl", TemplatesDoNotCollide),
    ];

    private static IEnumerable<Violation> VerbsAreThere(CheckSubject subject)
    {
        foreach (var verb in subject.Verbs)
        {
            if (verb.Entry is null)
            {
                yield return new Violation(
                    subject.Tree.Has(verb.Path) ? "the link leads nowhere" : $"the verb '{verb.Name}' is missing",
                    "/" + verb.Path);
            }
            else if (!verb.Entry.IsFile)
            {
                yield return Violation.At(verb.Entry, $"it is a {Words.Of(verb.Entry.Kind)}");
            }
            else if (!verb.Entry.GroupMayExecute)
            {
                yield return Violation.At(
                    verb.Entry, $"its mode {verb.Entry.ModeText} does not let the application's user execute it");
            }
        }
    }

    private static IEnumerable<ScannedEntry> Scripts(CheckSubject subject) =>
        from root in (string[])["nua/bin", "nua/scripts", "nua/venv/bin"]
        from entry in subject.Tree.EntriesBelow(root)
        where entry.IsFile && entry.IsExecutable && entry.Facts?.Interpreter is not null
        where !LayoutRules.IsAtOrBelow(entry.Path, Templates)
        select entry;

    private static IEnumerable<Violation> InterpretersAreThere(CheckSubject subject)
    {
        foreach (var script in Scripts(subject))
        {
            var words = script.Facts!.Interpreter!.Split(' ', '\t', '\r').Where(word => word.Length > 0).ToArray();
            if (words.Length == 0 || !words[0].StartsWith('/'))
            {
                yield return Violation.At(script, "its first line names no absolute path");
                continue;
            }

            // What the build tree rule already says is not said again.
            if (words[0].StartsWith("/nua/build/", StringComparison.Ordinal))
            {
                continue;
            }

            if (subject.Tree.Follow(words[0]) is not { IsFile: true, IsExecutable: true })
            {
                yield return Violation.At(script, $"the interpreter {words[0]} is not in the image");
            }
            else if (words[0].EndsWith("/env", StringComparison.Ordinal)
                && words.Skip(1).FirstOrDefault(IsProgramForEnv) is { } program
                && subject.FindProgram(program, subject.Run.WorkingDir ?? "/") is null)
            {
                yield return Violation.At(script, $"the interpreter '{program}' is not in PATH");
            }
        }
    }

    /// <summary>Not one of its options or variables.</summary>
    private static bool IsProgramForEnv(string word) =>
        !word.StartsWith('-') && !word.Contains('=', StringComparison.Ordinal);

    private static IEnumerable<Violation> NoCarriageReturns(CheckSubject subject) =>
        Scripts(subject).Where(script => script.Facts!.Interpreter!.EndsWith('\r'))
            .Select(script => Violation.At(
                script, "its first line ends in a carriage return, so the kernel looks for another interpreter"));

    private static IEnumerable<Violation> AgentIsStatic(CheckSubject subject)
    {
        var agent = subject.Tree.Follow(CheckSubject.Agent);
        if (agent is not { IsFile: true })
        {
            yield return new Violation("the agent is missing", "/" + CheckSubject.Agent);
        }
        else if (!agent.GroupMayExecute)
        {
            yield return Violation.At(
                agent, $"its mode {agent.ModeText} does not let the application's user execute it");
        }
        else if (agent.Facts?.Elf is not { } elf)
        {
            yield return Violation.At(agent, "it is not a program");
        }
        else if (elf.Interpreter is not null || elf.Needed.Count > 0)
        {
            yield return Violation.At(agent, "it is not static: it needs " + (elf.Interpreter ?? elf.Needed[0]));
        }
    }

    private static bool HasOwn(CheckSubject subject, string verb) =>
        subject.VerbNamed(verb).IsPackagers || subject.Runtime.Member(verb).Text("command") is { Length: > 0 };

    private static IEnumerable<Violation> BackupMeetsRestore(CheckSubject subject)
    {
        var (backup, restore) = (HasOwn(subject, "backup"), HasOwn(subject, "restore"));
        if (backup != restore)
        {
            var (own, other) = backup ? ("backup", "restore") : ("restore", "backup");
            yield return new Violation(
                $"{own} is the packager's own but {other} is the default", $"/nua/scripts/{own}");
        }
    }

    private static IEnumerable<Violation> RollbackIsDeclared(CheckSubject subject)
    {
        if (subject.Lifecycle.Member("rollback") is not { } rollback || rollback.Text("mode") is not { } mode)
        {
            yield break;
        }

        const string Place = "/nua/metadata/nua-config.json: lifecycle.rollback";

        // One program for all verbs may answer "not supported": only what is declared binds it.
        var isOwn = HasOwn(subject, "rollback") && !subject.Tree.Has("nua/scripts/nua");
        if (isOwn && mode != "script")
        {
            yield return new Violation($"the image has its own rollback, but the mode is '{mode}'", Place);
        }
        else if (mode == "script" && !HasOwn(subject, "rollback"))
        {
            yield return new Violation("the mode is 'script', but the image has no rollback of its own", Place);
        }
        else if (rollback.Number("to") > subject.Lifecycle.Number("data_version"))
        {
            yield return new Violation("'to' is above data_version", Place);
        }
    }

    private static IEnumerable<Violation> StartIsThere(CheckSubject subject)
    {
        if (subject.VerbNamed("start").Origin is VerbOrigin.Packager or VerbOrigin.Missing
            || subject.Runtime.Member("start") is not { } start)
        {
            yield break;
        }

        const string Place = "/nua/metadata/nua-config.json: runtime.start";
        var argv = start.Texts("argv").ToList();
        if (start.Text("static_root") is { Length: > 0 } root)
        {
            if (subject.Tree.Follow(root) is not { Kind: EntryKind.Directory })
            {
                yield return new Violation($"the directory {root} is not in the image", Place);
            }
        }
        else if (start.Items("shell").Any())
        {
            if (subject.Tree.Follow("/bin/sh") is not { IsFile: true })
            {
                yield return new Violation("it is shell lines, but the image has no /bin/sh", Place);
            }
        }
        else if (argv.Count == 0)
        {
            yield return new Violation("it says nothing to run", Place);
        }
        else if (!argv[0].Contains('$', StringComparison.Ordinal)
            && subject.FindProgram(argv[0], start.Text("workdir") ?? "/nua/app")
                is not { IsFile: true, IsExecutable: true })
        {
            yield return new Violation($"the program '{argv[0]}' is not in the image, or not executable", Place);
        }
    }

    private static IEnumerable<Violation> TemplatesDoNotCollide(CheckSubject subject) =>
        from entry in subject.Tree.EntriesBelow(Templates)
        where entry.Kind != EntryKind.Directory
        group entry by Target(entry.Path) into same
        where same.Count() > 1
        select Violation.At(same.Last(), $"it has the same target as /{same.First().Path}");

    private static string Target(string path)
    {
        foreach (var suffix in (string[])[".j2", ".tmpl"])
        {
            if (path.EndsWith(suffix, StringComparison.Ordinal))
            {
                return path[..^suffix.Length];
            }
        }

        return path;
    }
}
