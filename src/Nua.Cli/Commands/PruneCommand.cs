using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Oci.Storage;

namespace Nua.Cli.Commands;

/// <summary><c>nua prune</c>: gives back the space that nothing needs.</summary>
public static class PruneCommand
{
    public static NuaCommand Create()
    {
        var all = Inputs.Flag("--all", "Also drop everything that is only cached; the next build is a cold one", "-a");
        return new NuaCommand("prune", "Deletes what no image of the local store needs.")
        {
            Usage = "[--all]",
            Details = "Images without a name, blobs that nothing refers to, cached layers that no build used for two weeks. Named images stay, and\n" +
                "so does what a running build has written, and (without --all) whatever was written in the last ten minutes.",
            Examples = [new("how much there was to free", "nua prune --json | jq .bytes")],
            JsonFields =
            [
                new("images", "images without a name that were dropped"),
                new("attachments", "signatures and statements about images that are gone"),
                new("blobs", "blobs that were deleted"),
                new("bytes", "bytes they had"),
                new("records", "cache records that were deleted"),
                new("temporary_files", "left-overs of interrupted work that were deleted"),
            ],
            Options = { all },
            Run = (parsed, session) => Task.FromResult(Run(parsed.GetValue(all), session)),
        };
    }

    private static int Run(bool all, Session session)
    {
        var options = all ? PruneOptions.Default with { CacheAge = TimeSpan.Zero, Grace = TimeSpan.Zero } : PruneOptions.Default;
        var report = Locations.OpenStore().Prune(options, session.Cancellation);
        if (session.Json)
        {
            session.Out.WriteLine(Json(report));
        }
        else
        {
            session.Messages.Note(
                $"freed {ByteSize.Format(report.Bytes)}: {report.Blobs} blobs, {report.Images.Count} images without a name, " +
                $"{report.Records} cache records, {report.TemporaryFiles} left-overs");
        }

        return ExitStatus.Done;
    }

    private static string Json(PruneReport report) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("images", report.Images.Count);
        writer.WriteNumber("attachments", report.Attachments);
        writer.WriteNumber("blobs", report.Blobs);
        writer.WriteNumber("bytes", report.Bytes);
        writer.WriteNumber("records", report.Records);
        writer.WriteNumber("temporary_files", report.TemporaryFiles);
        writer.WriteEndObject();
    });
}
