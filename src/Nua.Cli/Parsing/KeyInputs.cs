using System.CommandLine;
using Nua.Attest.Keys;

namespace Nua.Cli.Parsing;

/// <summary>The options by which a command gets a private key and its passphrase. Neither ever stands on a command line.</summary>
public sealed class KeyInputs(string description)
{
    /// <summary>First of these that is set.</summary>
    private static readonly string[] _variables = ["NUA_KEY_PASSPHRASE", "COSIGN_PASSWORD"];

    public Option<string?> Key { get; } = Inputs.Value("--key", "FILE", description);

    public Option<string?> PassphraseFile { get; } = Inputs.Value(
        "--passphrase-file", "FILE", "Its first line opens the key; when left out, the variable NUA_KEY_PASSPHRASE or COSIGN_PASSWORD does");

    /// <summary>Null when no key was asked for.</summary>
    public SigningKey? Read(ParseResult parsed) =>
        parsed.GetValue(Key) is { } path ? KeyFile.ReadPrivate(path, Passphrase(parsed.GetValue(PassphraseFile))) : null;

    /// <summary>Null when there is none.</summary>
    public static string? Passphrase(string? file) => file is not null
        ? KeyFile.ReadPassphrase(file)
        : _variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is not null);
}
