using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Config;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua config check|show|schema</c>: help with writing a configuration.</summary>
public static class ConfigCommand
{
    public static NuaCommand Create() => new("config", "Checks and shows the configuration of an application.")
    {
        Usage = "COMMAND",
        Subcommands = { Check(), Show(), Schema() },
    };

    private static NuaCommand Check()
    {
        var folder = Folder();
        return new NuaCommand("check", "Lists everything that is wrong or outdated in a configuration.")
        {
            Usage = "[DIR|FILE]",
            Details = "All of it at once, each with file, line and column, on standard output.",
            Examples = [new("before committing", "nua config check")],
            ExitStatuses = [new(0, "no errors; perhaps warnings"), new(1, "errors")],
            JsonFields =
            [
                new("file", "the file that was read; null when there is none"),
                new("valid", "true when there is no error"),
                new("problems[]", "each in the form of every problem of nua; `where` is `file:line:column`"),
            ],
            Arguments = { folder },
            Run = (parsed, session) => Task.FromResult(Check(ConfigReader.Read(parsed.GetRequiredValue(folder)), session)),
        };
    }

    private static NuaCommand Show()
    {
        var folder = Folder();
        return new NuaCommand("show", "Prints the configuration as nua understood it, as JSON.")
        {
            Usage = "[DIR|FILE]",
            Details = "Old spellings are replaced, keys that are not set are left out. The output is a valid nua-config.json itself.",
            Examples = [new("what became of my YAML?", "nua config show shop/nua-config.yaml")],
            Arguments = { folder },
            Run = (parsed, session) => Task.FromResult(Show(ConfigReader.Read(parsed.GetRequiredValue(folder)), session)),
        };
    }

    private static NuaCommand Schema() => new("schema", "Prints the JSON schema of nua-config, for editors.")
    {
        Usage = "[DIR]",
        Arguments = { SameForAll() },
        Examples = [new("a file that editors can be pointed at", "nua config schema")],
        Run = (_, session) =>
        {
            session.Out.Write(ConfigSchema.ToJson().TrimEnd() + "\n");
            return Task.FromResult(ExitStatus.Done);
        },
    };

    private static int Check(ConfigResult read, Session session)
    {
        var isValid = read.Problems.All(problem => problem.Severity != Severity.Error);
        if (session.Json)
        {
            session.Out.WriteLine(Json(read, isValid));
        }
        else
        {
            foreach (var problem in read.Problems)
            {
                session.Out.WriteLine(problem.ToString());
            }

            session.Messages.Note(read.File is null
                ? "there is no nua-config here: everything is detected ('nua plan' shows what, 'nua init' writes one)"
                : $"{Printable.Escape(read.File)}: {(isValid ? "valid" : "not valid")}");
        }

        return isValid ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static int Show(ConfigResult read, Session session)
    {
        if (read.Config is null)
        {
            throw new ProblemException(read.Problems);
        }

        session.Messages.Report(read.Problems);
        session.Out.WriteLine(JsonText.Indented(json => ConfigWriter.ToJson(read.Config, json)));
        return ExitStatus.Done;
    }

    private static Argument<string> Folder() => new("DIR|FILE")
    {
        Description = "The application's folder, or a configuration file; the current folder when left out",
        DefaultValueFactory = _ => ".",
    };

    /// <summary>Scripts give all three commands a folder; the schema does not depend on it.</summary>
    private static Argument<string?> SameForAll() => new("DIR")
    {
        Description = "Accepted as by 'check' and 'show'; the schema is the same for every folder",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static string Json(ConfigResult read, bool isValid) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("file", read.File);
        writer.WriteBoolean("valid", isValid);
        writer.WriteStartArray("problems");
        foreach (var problem in read.Problems)
        {
            ProblemText.Write(writer, problem);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
