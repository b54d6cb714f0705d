using System.CommandLine;
using Nua.Build;
using Nua.Build.Platforms;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Archives;

namespace Nua.Cli.Commands;

/// <summary><c>nua build</c>: from a folder to an image.</summary>
public static class BuildCommand
{
    public static NuaCommand Create()
    {
        var folder = Inputs.Folder();
        var inputs = new BuildInputs();
        var output = Inputs.Values("--output", "DEST", "Also write it there: any DEST of 'nua copy'", "-o");
        var verify = Inputs.Flag("--verify", "Build a second time under other circumstances, and fail with the first difference");
        var command = new NuaCommand("build", "Builds the image of an application folder.")
        {
            Usage = "[DIR] [options]",
            Details =
                "Prints the digest of the image's manifest, alone, on standard output. 'nua plan' says beforehand what will be done and why. The folder\n" +
                "is never changed. A build with nothing new since the last one does nothing and prints the same digest.",
            Examples =
            [
                new("the application in this folder", "nua build"),
                new("under another name, and as a file", "nua build shop -t shop:2.1 -o oci-archive:shop.tar"),
                new("override what was detected, for once", "nua build --set build.stack=static --set build.document-root=public"),
                new("with a token that only the step naming it sees", "nua build --secret id=npm-token,src=$HOME/token"),
                new("for two kinds of machines, on a base that has both", "nua build site --base registry.example/base:1 --platform linux/amd64,linux/arm64"),
                new("is it reproducible?", "nua build --verify"),
            ],
            JsonFields =
            [
                new("digest", "digest of the manifest"),
                new("name", "name of the image in the store"),
                new("cached", "true when the store had the image already and nothing was run"),
                new("seconds", "how long it took"),
                new("problems[]", "warnings and notes, each in the form of every problem of nua"),
            ],
            Arguments = { folder },
            Run = (parsed, session) => RunAsync(
                inputs.Requests(parsed, parsed.GetRequiredValue(folder)),
                [.. (parsed.GetValue(output) ?? []).Select(Locations.Parse)],
                parsed.GetValue(verify),
                session),
        };
        foreach (var option in inputs.All.Append(inputs.Platforms).Append(output).Append(verify))
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<BuildRequest> requests, IReadOnlyList<ImageLocation> destinations, bool verify, Session session)
    {
        var (outcome, time) = await BuildAsync(requests, session);
        if (verify)
        {
            await SecondBuild.CompareAsync(requests, outcome, session.Messages.Note, session.Cancellation);
        }

        await CopyToAsync(destinations, outcome, session);
        session.Out.WriteLine(session.Json ? Json(outcome, time) : outcome.Digest.ToString());
        return ExitStatus.Done;
    }

    /// <summary>Builds and tells about it; the result is the caller's to print.</summary>
    internal static async Task<(BuildOutcome Outcome, TimeSpan Time)> BuildAsync(IReadOnlyList<BuildRequest> requests, Session session)
    {
        var progress = new BuildProgress(session.Messages);
        try
        {
            var outcome = requests is [var only]
                ? await Builder.BuildAsync(only, progress, session.Cancellation)
                : await PlatformsBuild.BuildAsync(requests, progress, session.Cancellation);
            progress.End();
            var how = outcome.WasCached ? "nothing changed" : "built";
            session.Messages.Note(
                $"{session.Messages.Paint.Green(Printable.Escape(outcome.ImageName))}: {how}, {BuildProgress.Seconds(progress.Time)}");
            return (outcome, progress.Time);
        }
        finally
        {
            progress.End();
        }
    }

    private static async Task CopyToAsync(IReadOnlyList<ImageLocation> destinations, BuildOutcome outcome, Session session)
    {
        if (destinations.Count == 0)
        {
            return;
        }

        using var source = ImageSource.Open(new ImageLocation.StoreDigest(outcome.Digest), Locations.OpenStore());
        foreach (var destination in destinations)
        {
            var result = await new ImagePlaces(session, isPlain: false).CopyAsync(source, destination);
            session.Messages.Report(result.Notes);
            session.Messages.Note($"-> {Printable.Escape(destination.ToString())}");
        }
    }

    private static string Json(BuildOutcome outcome, TimeSpan time) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("digest", outcome.Digest.ToString());
        writer.WriteString("name", outcome.ImageName);
        writer.WriteBoolean("cached", outcome.WasCached);
        writer.WriteNumber("seconds", Math.Round(time.TotalSeconds, 3));
        writer.WriteStartArray("problems");
        foreach (var problem in outcome.Problems)
        {
            ProblemText.Write(writer, problem);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
