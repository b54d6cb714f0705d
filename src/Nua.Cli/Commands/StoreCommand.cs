using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Cli.Commands;

/// <summary><c>nua store verify</c>: is what is on the disk what was put there?</summary>
public static class StoreCommand
{
    public static NuaCommand Create() => new("store", "Looks after the local store.")
    {
        Usage = "COMMAND",
        Subcommands = { Verify() },
    };

    private static NuaCommand Verify()
    {
        var quick = Inputs.Flag("--quick", "Do not read the layers: only the documents, and that each blob is there in its size");
        return new NuaCommand("verify", "Reads the whole local store and reports what is damaged or missing.")
        {
            Usage = "[--quick]",
            Details = "Every blob is hashed and every layer expanded, so that one changed bit anywhere is found. Nothing is changed.",
            Examples = [new("after a crash or a disk error", "nua store verify")],
            ExitStatuses = [new(0, "the store is sound"), new(1, "something is damaged or missing")],
            JsonFields =
            [
                new("home", "folder of the store"),
                new("sound", "true when nothing is wrong"),
                new("problems[]", "what is wrong, each in the form of every problem of nua"),
            ],
            Options = { quick },
            Run = (parsed, session) => Task.FromResult(Run(parsed.GetValue(quick), session)),
        };
    }

    private static int Run(bool quick, Session session)
    {
        var store = Locations.OpenStore();
        var problems = store.Verify(quick ? VerifyDepth.Documents : VerifyDepth.Layers, session.Cancellation);
        var isSound = problems.All(problem => problem.Severity != Severity.Error);
        if (session.Json)
        {
            session.Out.WriteLine(Json(store.Home, isSound, problems));
        }
        else
        {
            session.Messages.Report(problems);
            session.Messages.Note($"{Printable.Escape(store.Home)}: {(isSound ? "sound" : "damaged")}");
        }

        return isSound ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static string Json(string home, bool isSound, IReadOnlyList<Problem> problems) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("home", home);
        writer.WriteBoolean("sound", isSound);
        writer.WriteStartArray("problems");
        foreach (var problem in problems)
        {
            ProblemText.Write(writer, problem);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
