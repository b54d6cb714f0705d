namespace Nua.Build.Planning.Stacks;

/// <summary>A script that starts everything: <c>start.sh</c>, run by the interpreter that its first line
/// names.</summary>
internal sealed class ShellStack : IStack
{
    public const string Script = "start.sh";

    public string Name => "shell";

    public string LooksFor => "shell: start.sh";

    public Candidate? Detect(StackContext context) => context.Folder.IsFile(Script)
        ? new Candidate(Name, 30, [Script], () => Draft(context))
        : null;

    /// <summary>The script as an argv, with the Debian packages that its interpreter needs.</summary>
    public static (IReadOnlyList<string> Argv, IReadOnlyList<string> Packages) Run(AppFolder folder, string script,
        string target)
    {
        var first = (folder.ReadHead(script, 4096) ?? "").Split('\n')[0].TrimEnd('\r');
        if (!first.StartsWith("#!", StringComparison.Ordinal))
        {
            return (["/bin/sh", target], []);
        }

        var words = first[2..].Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
        {
            return (["/bin/sh", target], []);
        }

        // "env NAME" finds the interpreter in PATH: so does the agent, without env.
        var isEnv = words[0].EndsWith("/env", StringComparison.Ordinal) && words.Length > 1;
        var interpreter = isEnv ? words[1..] : words;
        interpreter = isEnv && interpreter[0] == "-S" && interpreter.Length > 1 ? interpreter[1..] : interpreter;
        return ([.. interpreter, target], Packages(interpreter[0][(interpreter[0].LastIndexOf('/') + 1)..]));
    }

    private static string[] Packages(string interpreter) => interpreter switch
    {
        "bash" => ["bash"],
        "zsh" => ["zsh"],
        "ksh" => ["ksh"],
        "python3" or "python" => ["python3"],
        "perl" => ["perl"],
        "ruby" => ["ruby"],
        "php" => ["php-cli"],
        "lua" => ["lua5.4"],
        "tclsh" => ["tcl"],
        _ => [],
    };

    /// <summary>Starts with the script what a stack builds and has no other start for.</summary>
    public static StackDraft Started(StackContext context, StackDraft draft)
    {
        var (argv, packages) = Run(context.Folder, Script, $"{NuaPaths.App}/{Script}");
        context.Notes.Decide("interpreter", argv[0], $"first line of {Script}");
        var text = context.Folder.ReadHead(Script) ?? "";
        if (text.Contains("\r\n", StringComparison.Ordinal))
        {
            context.Notes.Add(SourceProblems.WindowsLines(Script));
        }

        return draft with
        {
            RunPackages = [.. draft.RunPackages, .. packages],
            Start = new StartSpec { Argv = argv, Because = Script },
            Listening = text.Contains("PORT", StringComparison.Ordinal) ? new Listening(true, $"{Script} uses PORT") : draft.Listening,
        };
    }

    private static StackDraft Draft(StackContext context) => Started(context, new StackDraft { Collects = [SourceTree.Whole()] });
}
