using Nua.Agent.Linux;

namespace Nua.Agent.Config;

/// <summary>
/// A command that the packager gave for a verb: a shell line, or an argv where it was given as a list.
/// </summary>
internal sealed record PackagerCommand(string Line, IReadOnlyList<string>? List = null)
{
    private const string _shell = "/bin/sh";
    private const string _shellSyntax = "|&;<>()$`\\\"'*?[]#~\n";

    /// <summary>
    /// What to execute. A line without shell syntax needs no shell, so it also runs in an image that has none.
    /// </summary>
    /// <exception cref="Foundation.ProblemException">NUA6036: shell syntax, and the image has no shell.</exception>
    public IReadOnlyList<string> ToArgv()
    {
        if (List is not null)
        {
            return List;
        }

        if (Executable.IsExecutable(_shell))
        {
            return [_shell, "-e", "-c", Line];
        }

        var words = Line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return Verbs.ShellScript.HasAny(Line, _shellSyntax) || words[0].Contains('=')
            ? throw Refusal.NoShell(Line) : words;
    }
}
