using System.Text;
using System.Text.Json;
using Nua.Attest;
using Nua.Attest.Keys;
using Nua.Attest.Places;
using Nua.Attest.Verifying;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua verify</c>: did the owner of a key stand for this image?</summary>
public static class VerifyCommand
{
    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        var key = Inputs.Value("--key", "FILE", "The public key: PEM of an ECDSA P-256 key");
        key.Required = true;
        var require = Inputs.Values("--require", "TYPE", $"What must be there, signed with the key: {AttestCommand.Types}, or a URI; 'signature' when left out");
        var print = Inputs.Value("--print", "TYPE", "Also required, and what it says is printed as JSON, alone, on standard output");
        var plain = Inputs.PlainHttp();
        return new NuaCommand("verify", "Verifies the signatures and signed statements that are attached to an image.")
        {
            Usage = "IMAGE --key FILE [--require TYPE]…",
            Details =
                "Prints a line for each attachment with what was found out about it. One that is damaged or another's does not hide a good one. Signatures of\n" +
                "cosign, made with a key pair, are verified in both of its forms; certificates and transparency logs are not looked at.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("is it signed?", "nua verify nua-notes:1.0 --key nua.pub"),
                new("how was it built, if its builder can be trusted?", "nua verify nua-notes:1.0 --key nua.pub --print provenance | jq .buildDefinition"),
            ],
            ExitStatuses =
            [
                new(0, "everything required is there and signed with the key"),
                new(1, "something is missing, or cannot be verified"),
                .. RegistryStatuses.All.Where(status => status.Status != ExitStatus.Failed),
            ],
            JsonFields =
            [
                new("image", "digest of the manifest"),
                new("verified", "whether everything required is"),
                new("key", "SHA-256 of the public key"),
                new("attachments[]", "`digest`, `form` (`bundle`, `tag`, `statement`, `other`), `type`, `verified`, `name` (what the signer calls the image, when it says so), `problem`"),
            ],
            Arguments = { image },
            Options = { key, require, print, plain },
            Run = async (parsed, session) =>
            {
                List<string> required = [.. (parsed.GetValue(require) ?? []).Select(AttestCommand.ParseType)];
                var printed = parsed.GetValue(print) is { } type ? AttestCommand.ParseType(type) : null;
                var verifying = KeyFile.ReadPublic(parsed.GetRequiredValue(key)!);
                using var target = await AttachmentTarget.OpenAsync(parsed.GetRequiredValue(image), parsed.GetValue(plain), session);
                return await RunAsync(target.Place, verifying, required, printed, session);
            },
        };
    }

    private static async Task<int> RunAsync(IAttachmentPlace place, VerifyingKey key, List<string> required, string? print, Session session)
    {
        if (print is not null)
        {
            required.Add(print);
        }
        else if (required.Count == 0)
        {
            required.Add(PredicateTypes.Signature);
        }

        var report = await Verifier.VerifyAsync(place, key, AttestLimits.Default, session.Cancellation);
        var missing = report.Missing(required, place.Name);
        if (session.Json && print is null)
        {
            session.Out.WriteLine(JsonText.Indented(json => Write(json, report, missing.Count == 0, key)));
        }
        else
        {
            Show(report, print is null, session);
        }

        session.Messages.Report(missing);
        if (print is not null && report.Verdicts.FirstOrDefault(verdict => verdict.IsVerified && verdict.PredicateType == print) is { } found)
        {
            session.Out.WriteLine(AsciiJson(found.Predicate ?? "{}"u8.ToArray()));
        }

        return missing.Count == 0 ? ExitStatus.Done : ExitStatus.Failed;
    }

    private static void Show(VerificationReport report, bool isResult, Session session)
    {
        var table = new Table();
        foreach (var verdict in report.Verdicts)
        {
            table.Add(
                verdict.IsVerified ? "verified" : verdict.Problem?.Code ?? "not looked at",
                verdict.Attachment.ToString()[..19],
                Word(verdict.Form),
                Printable.Escape(PredicateTypes.NameOf(verdict.PredicateType ?? "-"), 100),
                verdict.Problem?.What ?? (verdict.Name is { } name ? $"as {Printable.Escape(name, 200)}" : ""));
        }

        if (isResult)
        {
            session.Out.Write(table.Text());
        }
        else if (session.Messages.ShowsProgress)
        {
            session.Messages.Write(table.Text());
        }
    }

    private static void Write(Utf8JsonWriter json, VerificationReport report, bool isVerified, VerifyingKey key)
    {
        json.WriteStartObject();
        json.WriteString("image", report.Image.ToString());
        json.WriteBoolean("verified", isVerified);
        json.WriteString("key", key.Fingerprint);
        json.WriteStartArray("attachments");
        foreach (var verdict in report.Verdicts)
        {
            json.WriteStartObject();
            json.WriteString("digest", verdict.Attachment.ToString());
            json.WriteString("form", Word(verdict.Form));
            json.WriteString("type", verdict.PredicateType);
            json.WriteBoolean("verified", verdict.IsVerified);
            json.WriteString("name", verdict.Name);
            json.WritePropertyName("problem");
            if (verdict.Problem is { } problem)
            {
                ProblemText.Write(json, problem);
            }
            else
            {
                json.WriteNullValue();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word(AttachmentForm form) => form.ToString().ToLowerInvariant();

    /// <summary>What a signer wrote, with every character that a terminal might obey as an escape of JSON.</summary>
    private static string AsciiJson(ReadOnlyMemory<byte> predicate)
    {
        using var document = JsonDocument.Parse(predicate);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            document.RootElement.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
