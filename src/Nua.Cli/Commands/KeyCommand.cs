using System.CommandLine;
using System.Text;
using Nua.Attest.Keys;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Cli.Commands;

/// <summary><c>nua key</c>: pairs of keys to sign and verify with.</summary>
public static class KeyCommand
{
    private const uint OwnerOnly = 0x180;
    private const uint Everybody = 0x1A4;

    public static NuaCommand Create()
    {
        var command = new NuaCommand("key", "Makes pairs of keys to sign images with.") { Usage = "generate|public" };
        command.Subcommands.Add(Generate());
        command.Subcommands.Add(Public());
        return command;
    }

    private static NuaCommand Generate()
    {
        var output = Inputs.Value("--output", "PREFIX", "Where to: PREFIX.key and PREFIX.pub; 'nua' when left out", "-o");
        var passphrase = Inputs.Value("--passphrase-file", "FILE", "Its first line will open the key; when left out, the variable NUA_KEY_PASSPHRASE or COSIGN_PASSWORD will");
        return new NuaCommand("generate", "Makes an ECDSA P-256 pair.")
        {
            Usage = "[-o PREFIX]",
            Details =
                "The private key is PKCS#8 in PEM, readable by its owner only, and encrypted when there is a passphrase; openssl reads it, and\n" +
                "'cosign import-key-pair' takes it over. Files that are there are never replaced.",
            Examples = [new("a pair for one project", "nua key generate -o notes")],
            JsonFields = [new("private", "file of the private key"), new("public", "file of the public key"), new("key", "SHA-256 of the public key")],
            Options = { output, passphrase },
            Run = (parsed, session) => Task.FromResult(
                Generate(parsed.GetValue(output) ?? "nua", KeyInputs.Passphrase(parsed.GetValue(passphrase)), session)),
        };
    }

    private static NuaCommand Public()
    {
        var file = new Argument<string>("KEY") { Description = "File of the private key" };
        var passphrase = Inputs.Value("--passphrase-file", "FILE", "Its first line opens the key; when left out, the variable NUA_KEY_PASSPHRASE or COSIGN_PASSWORD does");
        return new NuaCommand("public", "Prints the public half of a private key.")
        {
            Usage = "KEY",
            Examples = [new("for those who verify", "nua key public nua.key")],
            Arguments = { file },
            Options = { passphrase },
            Run = (parsed, session) =>
            {
                using var key = KeyFile.ReadPrivate(parsed.GetRequiredValue(file), KeyInputs.Passphrase(parsed.GetValue(passphrase)));
                session.Out.Write(key.Public.ToPem());
                return Task.FromResult(ExitStatus.Done);
            },
        };
    }

    private static int Generate(string prefix, string? passphrase, Session session)
    {
        var (privateFile, publicFile) = (prefix + ".key", prefix + ".pub");
        if (new[] { privateFile, publicFile }.FirstOrDefault(Path.Exists) is { } there)
        {
            throw new ProblemException(new Problem("NUA9056", $"'{Printable.Escape(there, 300)}' is there already")
            {
                Why = "a lost private key cannot be made again, so no file is replaced",
                Remedy = "give another name with --output PREFIX",
            });
        }

        using var key = SigningKey.Generate();
        Write(privateFile, key.ToPem(passphrase), OwnerOnly);
        Write(publicFile, key.Public.ToPem(), Everybody);
        if (passphrase is null)
        {
            session.Messages.Note($"{Printable.Escape(privateFile)} has no passphrase: whoever can read the file can sign");
        }

        session.Out.WriteLine(session.Json
            ? JsonText.Indented(json =>
            {
                json.WriteStartObject();
                json.WriteString("private", privateFile);
                json.WriteString("public", publicFile);
                json.WriteString("key", key.Public.Fingerprint);
                json.WriteEndObject();
            })
            : $"{Printable.Escape(privateFile)}\n{Printable.Escape(publicFile)}");
        return ExitStatus.Done;
    }

    /// <summary>A file of that name that came in between stays: the creation fails.</summary>
    private static void Write(string path, string text, uint mode)
    {
        using (var file = DurableFile.Create(path, mode))
        {
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(text), 0);
            DurableFile.Sync(file, path);
        }

        DurableFile.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
