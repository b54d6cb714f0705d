using Nua.Agent.Config;
using Nua.Agent.Data;
using Nua.Agent.Linux;
using Nua.Agent.Verbs;

namespace Nua.Agent.Init;

/// <summary>What /nua/scripts has for a verb.</summary>
/// <param name="IsPackagers">Written by the packager; a generated one leads back to the agent's own
/// implementation.</param>
internal sealed record ImageScript(string Path, bool Exists, bool IsPackagers)
{
    private const string _agent = "nua-agent";

    public static ImageScript Of(Paths paths, string verb)
    {
        var path = $"{paths.Scripts}/{verb}";
        var exists = Executable.IsExecutable(path);
        return new ImageScript(path, exists, exists && !LeadsToAgent(path));
    }

    /// <summary>The program to run: the script, or the agent itself where there is none.</summary>
    public ChildProgram ToProgram(VerbContext context, string? heldLock)
    {
        string[] argument = context.Argument is { } given ? [given] : [];
        string[] argv = Exists ? [Path, .. argument] : [context.Paths.Agent, "do", context.Verb, .. argument];
        return new ChildProgram(argv, context.Variables.With((DataLock.HeldVariable, heldLock)))
        {
            WorkDir = Directory.Exists(context.Paths.App) ? context.Paths.App : null,
        };
    }

    /// <summary>
    /// The context in which the agent's own verb calls this script; null for verbs that keep no records.
    /// </summary>
    public VerbContext? AsCommandIn(VerbContext context)
    {
        var command = new PackagerCommand("", [Path]);
        var config = context.Verb switch
        {
            Verb.Upgrade => context.Config with { Upgrade = command },
            Verb.Rollback => context.Config with { Rollback = command },
            Verb.Backup => context.Config with { Backup = command },
            Verb.Restore => context.Config with { Restore = command },
            _ => null,
        };
        return config is null ? null : context with { Config = config };
    }

    private static bool LeadsToAgent(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is { } target
                ? System.IO.Path.GetFileName(target) == _agent
                : File.ReadAllText(path).Contains(_agent + " do ", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
