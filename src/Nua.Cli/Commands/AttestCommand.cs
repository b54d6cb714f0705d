using System.Text;
using System.Text.Json;
using Nua.Attest;
using Nua.Attest.Keys;
using Nua.Attest.Places;
using Nua.Attest.Provenance;
using Nua.Attest.Statements;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Json;
using Nua.Oci.Layers;
using Nua.Oci.Storage;

namespace Nua.Cli.Commands;

/// <summary><c>nua attest</c>: attaches statements about an image to it.</summary>
public static class AttestCommand
{
    internal const string Types = "signature, cyclonedx, spdx, provenance";

    private const int MaxPredicateBytes = 16 << 20;

    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        var types = Inputs.Values("--type", "TYPE", "cyclonedx, spdx or provenance; cyclonedx and provenance when left out. With --predicate also a URI");
        var predicate = Inputs.Value("--predicate", "FILE", "State what this JSON file says; needs exactly one --type");
        var builder = Inputs.Value("--builder-id", "URI", $"Who built the image, for provenance; {BuilderIdentity.LocalId} when left out");
        var key = new KeyInputs("Sign the statements with this private key");
        var print = Inputs.Flag("--print", "Print the statements, one JSON object a line, and attach nothing");
        var plain = Inputs.PlainHttp();
        return new NuaCommand("attest", "States facts about an image, and attaches the statements to it.")
        {
            Usage = "IMAGE [--type TYPE]… [--key FILE]",
            Details =
                "Each statement is an in-toto statement about the image's digest: its SBOM (CycloneDX or SPDX 2.3), or its SLSA provenance, which says what it\n" +
                "was built from and how (level 1, no more). They are made from what the image holds, so the same image gives the same statements, and\n" +
                "attaching them again does nothing. Without a key anybody who can write there could have attached them. An image for several\n" +
                "platforms gets the statements for each.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("SBOM and provenance, signed", "nua attest nua-notes:1.0 --key nua.key"),
                new("the result of a scanner", "nua attest nua-notes:1.0 --type https://cosign.sigstore.dev/attestation/vuln/v1 --predicate scan.json"),
            ],
            JsonFields =
            [
                new("attachments[].image", "digest of the manifest that the statement is about"),
                new("attachments[].type", "what it states"),
                new("attachments[].digest", "digest of the attachment's manifest; null when it was attached before"),
            ],
            Arguments = { image },
            Options = { types, predicate, builder, key.Key, key.PassphraseFile, print, plain },
            ExitStatuses = RegistryStatuses.All,
            Run = async (parsed, session) =>
            {
                var request = new Request(
                    [.. (parsed.GetValue(types) ?? []).Select(ParseType)], parsed.GetValue(predicate), parsed.GetValue(builder));
                using var signing = key.Read(parsed);
                using var target = await AttachmentTarget.OpenAsync(parsed.GetRequiredValue(image), parsed.GetValue(plain), session);
                return await RunAsync(target, Checked(request), signing, parsed.GetValue(print), session);
            },
        };
    }

    /// <summary>A word or a URI as a predicate's type.</summary>
    /// <exception cref="ProblemException">NUA9050; exit code 2.</exception>
    internal static string ParseType(string text) => PredicateTypes.Parse(text)
        ?? throw Wrong("NUA9050", $"'{Printable.Escape(text, 120)}' is not a kind of statement", $"it is neither one of {Types} nor a URI");

    private static async Task<int> RunAsync(AttachmentTarget target, Request request, SigningKey? key, bool isPrinted, Session session)
    {
        var done = new List<(Digest Image, string Type, Digest? Digest)>();
        foreach (var (place, type, predicate) in Predicates(target, request, session.Cancellation))
        {
            var statement = new Statement([place.Subject.Digest], type, predicate);
            if (isPrinted)
            {
                session.Out.WriteLine(Encoding.UTF8.GetString(statement.ToBytes()));
                continue;
            }

            var digest = await new Signer(place, AttestLimits.Default).AttestAsync(statement, key, session.Cancellation);
            done.Add((place.Subject.Digest, type, digest));
            session.Messages.Note($"{Printable.Escape(PredicateTypes.NameOf(type), 200)}: {(digest is null ? "attached before" : "attached")}");
        }

        if (session.Json && !isPrinted)
        {
            session.Out.WriteLine(JsonText.Indented(json => Write(json, done)));
        }
        else
        {
            done.ForEach(attached => session.Out.WriteLine(attached.Digest?.ToString() ?? ""));
        }

        return ExitStatus.Done;
    }

    /// <summary>What a file says is about all that the name means; what is made from content is about each platform.</summary>
    private static IEnumerable<(IAttachmentPlace Place, string Type, ReadOnlyMemory<byte> Predicate)> Predicates(
        AttachmentTarget target, Request request, CancellationToken cancellation)
    {
        if (request.PredicateFile is { } file)
        {
            yield return (target.Place, request.Types[0], FromFile(file));
            yield break;
        }

        foreach (var (image, place) in target.Images())
        {
            var tree = ImageTree.Read(image, new TreeOptions { KeepContent = IsKept }, cancellation);
            foreach (var type in request.Types)
            {
                yield return (place, type, Predicate(tree, type, request.BuilderId));
            }
        }
    }

    private static bool IsKept(string path) => path is SbomCommand.Path or BuildRecord.BuildPath or BuildRecord.ConfigPath;

    private static ReadOnlyMemory<byte> Predicate(ImageTree tree, string type, string? builderId)
    {
        if (type == PredicateTypes.Provenance)
        {
            var times = BuildTimes.Read(Locations.OpenStore(), tree.Image.Digest);
            var builder = new BuilderIdentity(builderId ?? BuilderIdentity.LocalId) { StartedOn = times?.Started, FinishedOn = times?.Finished };
            using var record = BuildRecord.Read(tree);
            return SlsaProvenance.Predicate(record, builder);
        }

        var document = SbomCommand.Document(tree, isSpdx: type == PredicateTypes.Spdx);
        using var parsed = StrictJson.Parse(document, $"{tree.Image.Digest}: SBOM", MaxPredicateBytes);
        return Statement.Compact(parsed.RootElement);
    }

    private static ReadOnlyMemory<byte> FromFile(string path)
    {
        if (new FileInfo(path) is not { Exists: true, Length: <= MaxPredicateBytes })
        {
            throw Wrong("NUA9051", $"'{Printable.Escape(path, 300)}' is not a predicate", $"it must be a file of at most {MaxPredicateBytes} bytes");
        }

        using var document = StrictJson.Parse(File.ReadAllBytes(path), Printable.Escape(path, 300), MaxPredicateBytes);
        return document.RootElement.ValueKind == JsonValueKind.Object
            ? Statement.Compact(document.RootElement)
            : throw Wrong("NUA9052", $"'{Printable.Escape(path, 300)}' is not a predicate", "it must hold a JSON object");
    }

    private static Request Checked(Request request)
    {
        if (request.BuilderId is { } id && !PredicateTypes.IsUri(id))
        {
            throw Wrong("NUA9053", $"'{Printable.Escape(id, 120)}' does not name a builder", "it must be a URI");
        }

        if (request.PredicateFile is not null)
        {
            return request.Types.Count == 1
                ? request
                : throw Wrong("NUA9054", "--predicate needs exactly one --type", "the file does not say what it states");
        }

        string[] known = [PredicateTypes.CycloneDx, PredicateTypes.Spdx, PredicateTypes.Provenance];
        return request.Types.FirstOrDefault(type => !known.Contains(type)) is { } unknown
            ? throw Wrong("NUA9055", $"nua does not know how to state '{Printable.Escape(PredicateTypes.NameOf(unknown), 120)}'", "give what it says with --predicate FILE; to sign an image use 'nua sign'")
            : request.Types.Count > 0 ? request : request with { Types = [PredicateTypes.CycloneDx, PredicateTypes.Provenance] };
    }

    private static void Write(Utf8JsonWriter json, List<(Digest Image, string Type, Digest? Digest)> done)
    {
        json.WriteStartObject();
        json.WriteStartArray("attachments");
        foreach (var (image, type, digest) in done)
        {
            json.WriteStartObject();
            json.WriteString("image", image.ToString());
            json.WriteString("type", type);
            json.WriteString("digest", digest?.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static ProblemException Wrong(string code, string what, string why) =>
        new(new Problem(code, what) { Why = why }) { ExitCode = ExitStatus.Usage };

    /// <param name="Types">URIs.</param>
    private sealed record Request(IReadOnlyList<string> Types, string? PredicateFile, string? BuilderId);
}
