using System.Text.Json;
using Nua.Attest;
using Nua.Attest.Keys;
using Nua.Cli.Output;
using Nua.Cli.Parsing;

namespace Nua.Cli.Commands;

/// <summary><c>nua sign</c>: attaches a signature to an image.</summary>
public static class SignCommand
{
    private const string Bundle = "bundle";
    private const string Tag = "tag";

    public static NuaCommand Create()
    {
        var image = Inputs.Image();
        var key = new KeyInputs("The private key: PEM of an ECDSA P-256 key, or the file that 'cosign generate-key-pair' writes");
        var form = Inputs.Value("--form", $"{Bundle}|{Tag}", "How it is stored: as a Sigstore bundle (default), or behind the tag sha256-….sig as cosign did before version 3");
        form.AcceptOnlyFromAmong(Bundle, Tag);
        var name = Inputs.Value("--name", "NAME", "What the image is called in a signature of the older form; its name in the place it is in when left out");
        var plain = Inputs.PlainHttp();
        key.Key.Required = true;
        return new NuaCommand("sign", "Signs an image with a key, and attaches the signature to it.")
        {
            Usage = "IMAGE --key FILE [--form bundle|tag]",
            Details =
                "Prints the digest of the signature's manifest, alone, on standard output. The signature says that the owner of the key stands for exactly\n" +
                "this digest; it lies beside the image, which does not change, and goes along with 'nua save', 'copy' and 'push'. 'nua verify' and\n" +
                "'cosign verify --insecure-ignore-tlog' find it. Signing again with the same key does nothing.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("with a pair that 'nua key generate' made", "nua sign nua-notes:1.0 --key nua.key"),
                new("for readers who have an older cosign", "nua sign nua-notes:1.0 --key cosign.key --form tag --name registry.example/notes"),
            ],
            JsonFields =
            [
                new("image", "digest of what was signed"),
                new("signature", "digest of the signature's manifest; null when the key had signed before"),
                new("key", "SHA-256 of the public key"),
            ],
            Arguments = { image },
            Options = { key.Key, key.PassphraseFile, form, name, plain },
            ExitStatuses = RegistryStatuses.All,
            Run = async (parsed, session) =>
            {
                using var signing = key.Read(parsed)!;
                using var target = await AttachmentTarget.OpenAsync(parsed.GetRequiredValue(image), parsed.GetValue(plain), session);
                return await RunAsync(target, signing, parsed.GetValue(form) == Tag, parsed.GetValue(name), session);
            },
        };
    }

    private static async Task<int> RunAsync(AttachmentTarget target, SigningKey key, bool isTagged, string? name, Session session)
    {
        var place = target.Place;
        var signer = new Signer(place, AttestLimits.Default);
        var signature = isTagged
            ? await signer.SignTaggedAsync(key, name ?? target.Name, session.Cancellation)
            : await signer.SignAsync(key, session.Cancellation);
        if (signature is null)
        {
            session.Messages.Note("this key has signed the image before; nothing was attached");
        }

        if (session.Json)
        {
            session.Out.WriteLine(JsonText.Indented(json => Write(json, place.Subject.Digest.ToString(), signature?.ToString(), key)));
        }
        else if (signature is not null)
        {
            session.Out.WriteLine(signature.ToString());
        }

        return ExitStatus.Done;
    }

    private static void Write(Utf8JsonWriter json, string image, string? signature, SigningKey key)
    {
        json.WriteStartObject();
        json.WriteString("image", image);
        json.WriteString("signature", signature);
        json.WriteString("key", key.Public.Fingerprint);
        json.WriteEndObject();
    }
}
