using Nua.Check.Inspecting;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Oci;

namespace Nua.Cli.Commands;

/// <summary><c>nua inspect</c>: what is in an image.</summary>
public static class InspectCommand
{
    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        return new NuaCommand("inspect", "Shows what is in an image.")
        {
            Usage = "IMAGE",
            Details = "Its layers with sizes and purpose, the tree of /nua, the verbs and where each comes from, the lifecycle, a summary of the SBOM, the files\n" +
                "that no component accounts for, the labels, and what is attached. Nothing of it is run.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("the image just built", "nua inspect nua-notes:1.0"),
                new("how large is each layer?", "nua inspect nua-notes:1.0 --json | jq '.layers[] | {purpose, size}'"),
            ],
            JsonFields =
            [
                new("image", "digest of the manifest"),
                new("platform", "as OCI names it: `linux/amd64`"),
                new("is_nua_image", "whether it has a Nua tree"),
                new("app", "`id` and `version`"),
                new("size", "bytes of all layers as stored"),
                new("layers[]", "`digest`, `diff_id`, `purpose`, `size`, `file_bytes`, `entries`, `whiteouts`; base first"),
                new("tree[]", "what is in `/nua`: `path`, `type`, `mode`, `uid`, `gid`, `size`, `target`"),
                new("verbs[]", "`name`, `origin`, `path`"),
                new("start", "the arguments the application is started with"),
                new("user`, `ports", "as in the image's config"),
                new("lifecycle", "what the image declares, as in `/nua/metadata/nua-config.json`"),
                new("sbom.components", "number of components by type"),
                new("unattributed", "`count` and `files`: what no component accounts for"),
                new("labels", "the image's labels"),
                new("attachments[]", "what is kept beside the image: `digest`, `subject`, `type`, `tag`, `size`; nothing of it is verified"),
                new("problems[]", "what could not be read"),
            ],
            Arguments = { image },
            Run = (parsed, session) => RunAsync(parsed.GetRequiredValue(image), session),
        };
    }

    private static async Task<int> RunAsync(string name, Session session)
    {
        using var source = await new ImagePlaces(session, isPlain: false, withAttachments: true).OpenAsync(name, Platform.LinuxAmd64);
        var inspection = ImageInspector.Inspect(source.OpenImage(), cancellation: session.Cancellation) with
        {
            Attachments = [.. source.Attachments.Select(attachment => InspectedAttachment.Of(source.Blobs, attachment))],
        };
        if (session.Json)
        {
            JsonText.WriteIndented(session.Out, json => InspectionJson.Write(inspection, json));
        }
        else
        {
            session.Out.Write(InspectionText.Write(inspection));
        }

        return ExitStatus.Done;
    }
}
