using System.CommandLine;
using Nua.Cli.Commands;
using Nua.Cli.Parsing;

namespace Nua.Cli;

/// <summary>The tree of commands. Each is defined in a file of its own; this only lists them, in the order of the help.</summary>
public static class NuaCommandLine
{
    public static NuaCommand Create()
    {
        var root = new NuaCommand("nua", "Turns an application folder into a self-operating OCI image, and works with such images.")
        {
            Usage = "COMMAND [options]",
            Examples =
            [
                new("build the application in this folder", "nua build"),
                new("build it if needed, and run it", "nua run . -p 8080"),
            ],
        };
        foreach (var command in Commands())
        {
            root.Subcommands.Add(command);
        }

        foreach (var option in GlobalOptions.All.Append(GlobalOptions.Version))
        {
            root.Options.Add(option);
        }

        return root;
    }

    public static ParseResult Parse(string[] args) => Create().Parse(args, new ParserConfiguration
    {
        // A value may start with '@' (an npm scope, a mail address) without meaning a file of arguments.
        ResponseFileTokenReplacer = null,
    });

    private static IEnumerable<NuaCommand> Commands() =>
    [
        BuildCommand.Create(),
        RunCommand.Create(),
        RebaseCommand.Create(),
        UpCommand.Create(),
        UpgradeCommand.Create(),
        RollbackCommand.Create(),
        BackupCommand.Create(),
        BackupsCommand.Create(),
        SeedCommand.Create(),
        RestoreCommand.Create(),
        PsCommand.Create(),
        StatusCommand.Create(),
        LogsCommand.Create(),
        ExecCommand.Create(),
        StartCommand.Create(),
        StopCommand.Create(),
        RestartCommand.Create(),
        HealthCommand.Create(),
        StopCommand.CreateDown(),
        DestroyCommand.Create(),
        SystemdCommand.Create(),
        PlanCommand.Create(),
        InitCommand.Create(),
        ConfigCommand.Create(),
        InspectCommand.Create(),
        CheckCommand.Create(),
        SbomCommand.Create(),
        AttestCommand.Create(),
        SignCommand.Create(),
        VerifyCommand.Create(),
        KeyCommand.Create(),
        DiffCommand.Create(),
        ImagesCommand.Create(),
        TagCommand.Create(),
        RmCommand.Create(),
        PruneCommand.Create(),
        StoreCommand.Create(),
        SaveCommand.Create(),
        LoadCommand.Create(),
        CopyCommand.Create(),
        PullCommand.Create(),
        PushCommand.Create(),
        LoginCommand.Create(),
        LogoutCommand.Create(),
        VersionCommand.Create(),
    ];
}
