using System.CommandLine;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Cli.Commands;

/// <summary><c>nua copy</c>: one image from one place to another.</summary>
public static class CopyCommand
{
    internal const string Forms = "oci:DIR[:TAG], oci-archive:FILE, docker-archive:FILE, docker-daemon:NAME:TAG, docker://HOST/NAME:TAG";

    public static NuaCommand Create()
    {
        var source = Inputs.Image("SRC", "The image to copy");
        var destination = new Argument<string>("DEST") { Description = $"Where to: {Forms}, or a name in the local store" };
        var platform = Inputs.Platform();
        var plain = Inputs.PlainHttp();
        var without = Inputs.WithoutAttachments();
        return new NuaCommand("copy", "Copies an image from one place to another.")
        {
            Usage = "SRC DEST",
            Details =
                "Between the store, registries, oci: and oci-archive: no byte changes, so the digest stays, and an index of several platforms stays whole.\n" +
                "Signatures and other statements beside the image go along.\n" +
                "What comes from a registry passes through the store, where 'nua prune' frees its space.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("from an archive to a layout, the store is not involved", "nua copy oci-archive:notes.tar oci:layout:1.0"),
                new("from one registry to another", "nua copy docker://registry.example/team/notes:1.0 docker://mirror.example/notes:1.0"),
                new("into the Docker Engine or Podman of this machine", "nua copy nua-notes:1.0 docker-daemon:notes:1.0"),
            ],
            ExitStatuses = RegistryStatuses.All,
            Arguments = { source, destination },
            Options = { platform, plain, without },
            Run = (parsed, session) => RunAsync(
                parsed.GetRequiredValue(source),
                Locations.Parse(parsed.GetRequiredValue(destination)),
                Inputs.ParsePlatform(parsed.GetValue(platform)),
                new ImagePlaces(session, parsed.GetValue(plain), !parsed.GetValue(without)),
                session),
        };
    }

    /// <summary>What <c>save</c> does as well.</summary>
    internal static async Task<int> RunAsync(string source, ImageLocation destination, Platform? platform, ImagePlaces places, Session session)
    {
        using var opened = await places.OpenAsync(source, platform);
        var result = await places.CopyAsync(opened, destination, Locations.Parse(source));
        session.Messages.Report(result.Notes);
        session.Messages.Note($"{Printable.Escape(source)} -> {Printable.Escape(destination.ToString())} ({result.Root.Digest})");
        return ExitStatus.Done;
    }
}
