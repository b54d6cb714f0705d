using Nua.Build.Rebase;
using Nua.Check;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Settings;

namespace Nua.Cli.Commands;

/// <summary><c>nua rebase</c>: another base under a finished image.</summary>
public static class RebaseCommand
{
    /// <summary>Rules that say whether an image can run: what was missing before is no reason against a base.</summary>
    private static readonly string[] _runs =
        ["NUA-L08", "NUA-S01", "NUA-S02", "NUA-S03", "NUA-S04", "NUA-S09", "NUA-S10", "OCI-06", "OCI-09", "OCI-12", "OCI-19"];

    public static NuaCommand Create()
    {
        var image = Inputs.Image(description: "A name or digest in the local store");
        var onto = Inputs.Value("--base", "IMAGE", "The new base: HOST/NAME:TAG in a registry, a name in the store, oci:DIR…");
        onto.Required = true;
        var name = Inputs.Value("--tag", "NAME[:TAG]", "Name of the new image; the old one's when left out", "-t");
        return new NuaCommand("rebase", "Swaps the base under a finished image.")
        {
            Usage = "IMAGE --base NEW [-t NAME[:TAG]]",
            Details =
                "The application's layers stay as they are, byte for byte; nothing is built and nothing runs. The new base must have what they need:\n" +
                "loader, libraries with their symbol versions, interpreters, the Debian packages that were asked for. Otherwise it is refused with\n" +
                "every reason, and nothing changes. Prints the digest of the new image's manifest, alone, on standard output.",
            Examples =
            [
                new("a base with yesterday's security fixes", "nua rebase nua-notes:1.0 --base registry.example/base:13.2"),
                new("under a name of its own, to try it", "nua rebase nua-notes:1.0 --base debian:trixie -t notes-rebased:1.0"),
            ],
            JsonFields =
            [
                new("digest", "digest of the new image's manifest"),
                new("name", "name of the image in the store"),
                new("base", "digest of the new base's manifest"),
                new("old_base", "digest of the base before"),
                new("unchanged", "true when it stood on that base already"),
            ],
            Arguments = { image },
            Options = { onto, name },
            Run = (parsed, session) => RunAsync(
                new RebaseRequest
                {
                    Image = parsed.GetRequiredValue(image),
                    BaseReference = parsed.GetRequiredValue(onto)!,
                    Name = parsed.GetValue(name) is { } given ? Locations.StoreName(given) : null,
                    StoreHome = Locations.StoreHome(),
                    Registries = NetworkOptions.Load(Locations.StoreHome(), Environment.GetEnvironmentVariable, _ => { }),
                    Judge = (before, after) => Reasons(before, after, session.Cancellation),
                    Warn = problem => session.Messages.Report([problem]),
                },
                session),
        };
    }

    private static async Task<int> RunAsync(RebaseRequest request, Session session)
    {
        var outcome = await Rebaser.RebaseAsync(request, session.Cancellation);
        session.Messages.Note(outcome.WasThere
            ? $"{Printable.Escape(outcome.ImageName)}: it stands on {outcome.NewBase} already"
            : $"{Printable.Escape(outcome.ImageName)}: {outcome.OldBase} -> {outcome.NewBase}");
        session.Out.WriteLine(session.Json ? Json(outcome) : outcome.Digest.ToString());
        return ExitStatus.Done;
    }

    private static List<string> Reasons(Image before, Image after, CancellationToken cancellation)
    {
        var known = Findings(before, cancellation).ToHashSet(StringComparer.Ordinal);
        return [.. Findings(after, cancellation).Where(finding => !known.Contains(finding))];
    }

    private static IEnumerable<string> Findings(Image image, CancellationToken cancellation) =>
        ImageChecker.Check(image, CheckOptions.Default, cancellation).Findings.Where(f => _runs.Contains(f.RuleId))
            .Select(f => $"{f.RuleId} {f.Place}: {f.What}");

    private static string Json(RebaseOutcome outcome) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("digest", outcome.Digest.ToString());
        writer.WriteString("name", outcome.ImageName);
        writer.WriteString("base", outcome.NewBase.ToString());
        writer.WriteString("old_base", outcome.OldBase);
        writer.WriteBoolean("unchanged", outcome.WasThere);
        writer.WriteEndObject();
    });
}
