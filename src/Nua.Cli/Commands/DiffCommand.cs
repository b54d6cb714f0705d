using Nua.Check.Comparing;
using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua diff</c>: what changed from one image to another.</summary>
public static class DiffCommand
{
    public static NuaCommand Create()
    {
        var before = Inputs.Image("A", "The image before");
        var after = Inputs.Image("B", "The image after");
        return new NuaCommand("diff", "Shows what differs between two images.")
        {
            Usage = "A B",
            Details = "Packages and versions, files, configuration, sizes. Images with different digests can still have the same content.\n\n"
                + Inputs.ImageForms,
            Examples =
            [
                new("what would the new version bring?", "nua diff nua-notes:1.0 nua-notes:1.1"),
                new("only the packages", "nua diff nua-notes:1.0 oci-archive:notes.tar --json | jq .packages"),
            ],
            JsonFields =
            [
                new("a`, `b", "`image` (digest), `compressed` and `files` (bytes), `layers` (number)"),
                new("same_content", "true when packages, files and configuration are equal"),
                new("packages[]`, `configuration[]", "`name`, `before`, `after`; null where there is none"),
                new("files[]", "`path`, `what` changed, `size_before`, `size_after`"),
            ],
            Arguments = { before, after },
            Run = (parsed, session) => RunAsync(parsed.GetRequiredValue(before), parsed.GetRequiredValue(after), session),
        };
    }

    private static async Task<int> RunAsync(string before, string after, Session session)
    {
        using var a = await Locations.OpenAsync(before, session);
        using var b = await Locations.OpenAsync(after, session);
        var difference = ImageDiff.Compare(a.OpenImage(), b.OpenImage(), cancellation: session.Cancellation);
        if (session.Json)
        {
            JsonText.WriteIndented(session.Out, json => DifferenceJson.Write(difference, json));
        }
        else
        {
            session.Out.Write(DifferenceText.Write(difference));
        }

        return ExitStatus.Done;
    }
}
