using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Transfer;

namespace Nua.Cli.Commands;

/// <summary><c>nua pull</c>: an image from a registry into the store.</summary>
public static class PullCommand
{
    public static NuaCommand Create()
    {
        var reference = new Argument<string>("REFERENCE") { Description = "HOST/NAME[:TAG][@DIGEST]; 'docker://' in front may be left out" };
        var name = Inputs.Value("--tag", "NAME[:TAG]", "Name in the store; HOST/NAME:TAG when left out", "-t");
        var platform = Inputs.Platform();
        var plain = Inputs.PlainHttp();
        var without = Inputs.WithoutAttachments();
        return new NuaCommand("pull", "Brings an image from a registry into the local store.")
        {
            Usage = "REFERENCE [-t NAME[:TAG]] [--platform OS/ARCH]",
            Details =
                "Prints the digest of what the reference names, alone, on standard output. Every byte is verified; what the store has is not fetched;\n" +
                "a broken connection is taken up where it broke. An index of several platforms is kept whole unless --platform chooses one.",
            Examples =
            [
                new("all platforms, under its own name", "nua pull registry.example/team/notes:1.0"),
                new("one platform, under a name of your own", "nua pull registry.example/team/notes:1.0 --platform linux/amd64 -t notes:1.0"),
            ],
            ExitStatuses = RegistryStatuses.All,
            JsonFields =
            [
                new("digest", "digest of what the reference names: a manifest, or an index"),
                new("root", "digest of what is in the store; another one with --platform"),
                new("name", "its name in the store; null for a reference by digest without --tag"),
                new("pinned", "the reference with the digest"),
                new("fetched`, `fetched_bytes`, `present", "numbers of blobs that came and that were there, and bytes that came"),
            ],
            Arguments = { reference },
            Options = { name, platform, plain, without },
            Run = (parsed, session) => RunAsync(
                Locations.Reference(parsed.GetRequiredValue(reference)),
                parsed.GetValue(name),
                Inputs.ParsePlatform(parsed.GetValue(platform)),
                new ImagePlaces(session, parsed.GetValue(plain), !parsed.GetValue(without)),
                session),
        };
    }

    private static async Task<int> RunAsync(ImageReference reference, string? name, Platform? platform, ImagePlaces places, Session session)
    {
        var stored = name is not null ? Locations.StoreName(name) : reference.Digest is null || reference.Tag is not null ? Locations.NameInStore(reference) : null;
        var pulled = await places.PullAsync(
            Locations.OpenStore(), reference, new PullOptions { Platform = platform, Names = stored is null ? [] : [stored] });
        session.Messages.Note(
            $"{Printable.Escape(stored ?? reference.ToString())}: fetched {pulled.Fetched} blobs ({ByteSize.Format(pulled.FetchedBytes)}), {pulled.Present} were there");
        session.Out.WriteLine(session.Json ? Json(pulled, stored) : pulled.Digest.ToString());
        return ExitStatus.Done;
    }

    private static string Json(PulledImage pulled, string? name) => JsonText.Indented(json =>
    {
        json.WriteStartObject();
        json.WriteString("digest", pulled.Digest.ToString());
        json.WriteString("root", pulled.Root.Digest.ToString());
        json.WriteString("name", name);
        json.WriteString("pinned", pulled.Pinned.ToString());
        json.WriteNumber("fetched", pulled.Fetched);
        json.WriteNumber("fetched_bytes", pulled.FetchedBytes);
        json.WriteNumber("present", pulled.Present);
        json.WriteEndObject();
    });
}
