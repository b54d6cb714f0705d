using System.CommandLine;
using Nua.Cli.Parsing;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry;
using Nua.Registry.Credentials;
using Nua.Registry.Settings;

namespace Nua.Cli.Commands;

/// <summary><c>nua login</c>: keeps credentials for a registry.</summary>
public static class LoginCommand
{
    private const int LongestSecret = 64 << 10;

    public static NuaCommand Create()
    {
        var host = Host();
        var user = Inputs.Value("--username", "USER", "Who you are there; asked for when left out", "-u");
        var stdin = Inputs.Flag("--password-stdin", "Read the password or token from standard input instead of asking for it");
        var realm = Inputs.Value("--token-realm", "HOST[:PORT]", "This other host may have the credentials, too: the registry sends there for tokens");
        var plain = Inputs.PlainHttp();
        return new NuaCommand("login", "Keeps your credentials for a registry.")
        {
            Usage = "HOST[:PORT] [-u USER] [--password-stdin]",
            Details =
                "The registry is asked first, and nothing is kept unless it accepts them. They are kept in Docker's config.json, or by the credential helper\n" +
                "that is named there, so that docker, podman and skopeo know them, too. No option takes a password: other users can see arguments.",
            Examples =
            [
                new("asks for the password", "nua login registry.example -u ada"),
                new("in a script, with the password on standard input", "nua login registry.example -u ci --password-stdin"),
            ],
            ExitStatuses = RegistryStatuses.All,
            Arguments = { host },
            Options = { user, stdin, realm, plain },
            Run = (parsed, session) => RunAsync(
                CheckedHost(parsed.GetRequiredValue(host)),
                parsed.GetValue(user),
                parsed.GetValue(stdin),
                parsed.GetValue(realm),
                parsed.GetValue(plain),
                session),
        };
    }

    internal static Argument<string> Host() => new("HOST[:PORT]") { Description = "The registry, as image references name it" };

    internal static string CheckedHost(string text) => ImageReference.IsHost(text)
        ? text
        : throw new ProblemException(new Problem("NUA9016", $"'{Printable.Escape(text, 120)}' is not the host of a registry")
        {
            Remedy = "write HOST or HOST:PORT as in image references, without 'https://' and without a path",
        })
        { ExitCode = ExitStatus.Usage };

    private static async Task<int> RunAsync(string host, string? user, bool isFromStdin, string? realm, bool isPlain, Session session)
    {
        var name = user ?? (isFromStdin ? null : session.Screen.Ask($"User name at {host}: ")) ?? throw NobodyToAsk("--username USER");
        var secret = (isFromStdin ? session.Screen.ReadAll(LongestSecret) : session.Screen.AskSecret($"Password of {name} at {host}: "))
            ?? throw NobodyToAsk("--password-stdin");
        var credential = new Credential(name, secret.TrimEnd('\r', '\n'));
        var options = Registries.Options(session);
        options = (isPlain ? options.AllowPlain([host]) : options).AllowTokenRealm(host, realm);
        if (!await RegistryLogin.TryAsync(options, host, credential, session.Cancellation))
        {
            session.Messages.Note($"{host} did not ask who you are: whether it knows {Printable.Escape(name)} is not certain");
        }

        if (realm is not null)
        {
            RegistriesFile.AllowTokenRealm(Locations.StoreHome(), host, realm);
        }

        var kept = await Logins(session).AddAsync(host, credential, session.Cancellation);
        session.Messages.Note($"logged in at {host} as {Printable.Escape(name)}; kept in {Printable.Escape(kept)}");
        return ExitStatus.Done;
    }

    internal static LoginFile Logins(Session session) => new(
        new DockerConfig(DockerConfig.DefaultPath(Environment.GetEnvironmentVariable), NetworkOptions.HelperTime, session.Messages.Report),
        NetworkOptions.HelperTime);

    private static ProblemException NobodyToAsk(string option) => new(
        new Problem("NUA9017", "there is nobody to ask")
        {
            Why = "standard input is not a terminal",
            Remedy = $"use {option}",
        })
    { ExitCode = ExitStatus.Usage };
}
