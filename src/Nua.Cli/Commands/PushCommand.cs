using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Transfer;

namespace Nua.Cli.Commands;

/// <summary><c>nua push</c>: an image to a registry.</summary>
public static class PushCommand
{
    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        var destination = new Argument<string?>("REFERENCE")
        {
            Description = "HOST/NAME[:TAG]; left out when IMAGE has that as its name in the store",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var plain = Inputs.PlainHttp();
        var without = Inputs.WithoutAttachments();
        return new NuaCommand("push", "Sends an image to a registry.")
        {
            Usage = "IMAGE [REFERENCE]",
            Details =
                "Prints the digest, alone, on standard output, and tells what was sent and what was there. No byte changes; what the registry has is\n" +
                "not sent; an index of several platforms goes whole. Done means that the registry was asked afterwards and has it.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("under another name", "nua push nua-notes:1.0 registry.example/team/notes:1.0"),
                new("under the name that it was built with", "nua push registry.example/team/notes:1.0"),
            ],
            ExitStatuses = RegistryStatuses.All,
            JsonFields =
            [
                new("digest", "digest of the manifest or index"),
                new("pinned", "the reference with the digest"),
                new("sent`, `sent_bytes`, `mounted`, `present", "numbers of blobs sent, taken from another repository, there before; bytes sent"),
                new("documents", "number of manifests and indexes sent"),
                new("attachments", "number of signatures and other statements sent"),
            ],
            Arguments = { image, destination },
            Options = { plain, without },
            Run = (parsed, session) => RunAsync(
                parsed.GetRequiredValue(image), parsed.GetValue(destination),
                new ImagePlaces(session, parsed.GetValue(plain), !parsed.GetValue(without)), session),
        };
    }

    private static async Task<int> RunAsync(string image, string? destination, ImagePlaces places, Session session)
    {
        var reference = Locations.Reference(destination ?? image);
        using var source = destination is null
            ? Nua.Oci.Archives.ImageSource.Open(new ImageLocation.StoreName(Locations.NameInStore(reference)), Locations.OpenStore())
            : await places.OpenAsync(image, platform: null);
        var (pushed, attached) = await places.PushAsync(source, reference, destination is null ? null : Locations.Parse(image));
        session.Messages.Note(
            $"{Printable.Escape(reference.ToString())}: sent {pushed.Sent} blobs ({ByteSize.Format(pushed.SentBytes)}), {pushed.Present} were there"
            + (pushed.Mounted == 0 ? "" : $", {pushed.Mounted} taken from another repository")
            + (attached == 0 ? "" : $", and {attached} attachments")
            + (pushed.Documents + attached == 0 ? "; nothing changed" : ""));
        session.Out.WriteLine(session.Json ? Json(pushed, attached) : pushed.Digest.ToString());
        return ExitStatus.Done;
    }

    private static string Json(PushedImage pushed, int attached) => JsonText.Indented(json =>
    {
        json.WriteStartObject();
        json.WriteString("digest", pushed.Digest.ToString());
        json.WriteString("pinned", pushed.Pinned.ToString());
        json.WriteNumber("sent", pushed.Sent);
        json.WriteNumber("sent_bytes", pushed.SentBytes);
        json.WriteNumber("mounted", pushed.Mounted);
        json.WriteNumber("present", pushed.Present);
        json.WriteNumber("documents", pushed.Documents);
        json.WriteNumber("attachments", attached);
        json.WriteEndObject();
    });
}
