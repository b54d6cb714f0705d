using System.Text;
using Nua.Build;
using Nua.Build.Sbom;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Layers;

namespace Nua.Cli.Commands;

/// <summary><c>nua sbom</c>: the list of components that the build wrote into the image.</summary>
public static class SbomCommand
{
    internal const string Path = "nua/metadata/sbom.json";
    private const string CycloneDx = "cyclonedx";
    private const string Spdx = "spdx";

    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        var format = Inputs.Value("--format", $"{CycloneDx}|{Spdx}", "CycloneDX 1.6 JSON as it is in the image (default), or SPDX 2.3 JSON made from it");
        format.AcceptOnlyFromAmong(CycloneDx, Spdx);
        return new NuaCommand("sbom", "Prints the SBOM of an image.")
        {
            Usage = $"IMAGE [--format {CycloneDx}|{Spdx}]",
            Details = "The build wrote it from what it installed; nothing is guessed by scanning.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("for a scanner of vulnerabilities", "nua sbom nua-notes:1.0"),
                new("which versions are in it?", "nua sbom nua-notes:1.0 | jq -r '.components[].purl'"),
            ],
            Arguments = { image },
            Options = { format },
            Run = (parsed, session) => RunAsync(parsed.GetRequiredValue(image), parsed.GetValue(format) ?? CycloneDx, session),
        };
    }

    /// <summary>The SBOM that is in the image, or SPDX made of it: equal bytes for equal images.</summary>
    /// <exception cref="ProblemException">NUA9010: there is none.</exception>
    internal static byte[] Document(ImageTree tree, bool isSpdx)
    {
        if (tree.Find(Path) is not { } node)
        {
            throw new ProblemException(new Problem("NUA9010", $"there is no SBOM in {tree.Image.Digest}")
            {
                Where = "/" + Path,
                Why = "images that nua did not build usually have none inside",
            });
        }

        var document = tree.ReadContent(node);
        return isSpdx ? SpdxWriter.Write(CycloneDxReader.Read(document), Epoch(tree.Image), VersionCommand.Version) : document;
    }

    private static async Task<int> RunAsync(string name, string format, Session session)
    {
        using var source = await Locations.OpenAsync(name, session);
        var tree = ImageTree.Read(
            source.OpenImage(), new TreeOptions { KeepContent = path => path == Path }, session.Cancellation);
        session.Out.Write(Encoding.UTF8.GetString(Document(tree, format == Spdx)));
        return ExitStatus.Done;
    }

    /// <summary>The time that the build gave everything; never the clock's, so that one image has one SPDX document.</summary>
    private static long Epoch(Image image) =>
        DateTimeOffset.TryParse(image.Config.Created, out var created) ? created.ToUnixTimeSeconds() : Builder.DefaultEpoch;
}
