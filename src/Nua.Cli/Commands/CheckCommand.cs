using System.CommandLine;
using Nua.Check;
using Nua.Check.Reports;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua check</c>: does an image keep the rules?</summary>
public static class CheckCommand
{
    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        var sarif = Inputs.Flag("--sarif", "Print the findings as SARIF 2.1.0, for code hosts and editors");
        var strict = Inputs.Flag("--strict", "Count warnings as errors");
        return new NuaCommand("check", "Checks an image against the rules of OCI and of the Nua image specification.")
        {
            Usage = "IMAGE [--json|--sarif] [--strict]",
            Details = "Reads the image and runs nothing of it. Each rule has an identifier; the specification explains it under that name. An image\n" +
                "that is not a Nua image is checked against the rules for every image only.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("the image just built", "nua check nua-notes:1.0"),
                new("somebody else's, and be strict", "nua check oci-archive:image.tar --strict"),
            ],
            ExitStatuses = [new(0, "no finding, or warnings and notes only"), new(1, "an error, or with --strict a warning")],
            JsonFields =
            [
                new("image", "digest of the manifest"),
                new("is_nua_image", "whether the rules of the Nua specification were checked"),
                new("level", "`N1-static` when every rule that can be proven without running is kept, else `N0`"),
                new("rules", "number of rules checked"),
                new("errors`, `warnings`, `notes", "numbers of findings"),
                new("findings[]", "`rule`, `severity`, `layer`, `place`, `what`, `remedy`"),
            ],
            Arguments = { image },
            Options = { sarif, strict },
            Run = (parsed, session) => RunAsync(parsed.GetRequiredValue(image), parsed.GetValue(sarif), parsed.GetValue(strict), session),
        };
    }

    private static async Task<int> RunAsync(string name, bool isSarif, bool isStrict, Session session)
    {
        using var source = await Locations.OpenAsync(name, session);
        var options = CheckOptions.Default with { IsStrict = isStrict };
        var report = ImageChecker.Check(source.Blobs, source.Root, options, session.Cancellation);
        session.Out.Write(
            isSarif ? JsonText.Indented(json => SarifReport.Write(report, Printable.Escape(name), VersionCommand.Version, json)) + "\n"
            : session.Json ? JsonText.Indented(json => JsonReport.Write(report, json)) + "\n"
            : TextReport.Write(report));
        return report.ExitCode;
    }
}
