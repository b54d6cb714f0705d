using System.Collections;
using System.CommandLine;
using System.Globalization;
using Nua.Build;
using Nua.Foundation;
using Nua.Oci;
using Nua.Sandbox;
using Nua.Registry.Settings;

namespace Nua.Cli.Parsing;

/// <summary>The options of <c>nua build</c>, which <c>nua run DIR</c> takes as well as far as they make sense.</summary>
public sealed class BuildInputs
{
    public Option<string?> Name { get; } =
        Inputs.Value("--tag", "NAME[:TAG]", "Name of the image in the store; nua-ID:VERSION when left out", "-t");

    public Option<string[]> Set { get; } =
        Inputs.Values("--set", "KEY=VALUE", "Override one line of the configuration, as in build.stack=node");

    public Option<string?> Base { get; } =
        Inputs.Value("--base", "IMAGE", "Image to build on instead of Debian: HOST/NAME:TAG in a registry, a name in the store, oci:DIR…");

    public Option<string?> Mirror { get; } =
        Inputs.Value("--mirror", "URL", "Debian mirror to use instead of the host's");

    public Option<string?> Network { get; } =
        Inputs.Value("--network", "on|off", "Give every build step the network, or none; when left out, only those that need it have it");

    public Option<string[]> Secret { get; } =
        Inputs.Values("--secret", "id=ID,src=FILE", "A file that the steps naming it may read as /run/secrets/ID");

    public Option<string[]> Platforms { get; } =
        Inputs.Values("--platform", "OS/ARCH", "What to build for: linux/amd64 (default), linux/arm64; several make an index of images");

    public Option<bool> NoCache { get; } =
        Inputs.Flag("--no-cache", "Use nothing that an earlier build left");

    public BuildInputs() => Network.AcceptOnlyFromAmong("on", "off");

    public IEnumerable<Option> All => [Name, Set, Base, Mirror, Network, Secret, NoCache];

    /// <summary>What planning needs, which is less than building needs: no agent, no secrets.</summary>
    /// <exception cref="ProblemException">an option's value is not well formed; exit code 2.</exception>
    public BuildRequest PlanRequest(ParseResult parsed, string folder) => new()
    {
        Directory = folder,
        StoreHome = Locations.StoreHome(),
        AgentPath = "",
        Settings = [.. (parsed.GetValue(Set) ?? []).Select(Setting)],
        BaseReference = parsed.GetValue(Base),
        Network = parsed.GetValue(Network) is { } network ? network == "on" : null,
    };

    /// <exception cref="ProblemException">an option's value is not well formed (exit code 2), or the agent is missing.</exception>
    public BuildRequest Request(ParseResult parsed, string folder) => PlanRequest(parsed, folder) with
    {
        AgentPath = Agent(),
        Name = parsed.GetValue(Name) is { } name ? Locations.StoreName(name) : null,
        Registries = NetworkOptions.Load(Locations.StoreHome(), Environment.GetEnvironmentVariable, _ => { }),
        Mirror = parsed.GetValue(Mirror),
        Secrets = [.. (parsed.GetValue(Secret) ?? []).Select(ParseSecret)],
        NoCache = parsed.GetValue(NoCache),
        SourceDateEpoch = Epoch(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH")),
        Environment = Variables(),
    };

    /// <summary>The build for each platform that is asked for, in that order; one for linux/amd64 when none is.</summary>
    /// <exception cref="ProblemException">NUA9060 no such platform; what <see cref="Request"/> gives.</exception>
    public IReadOnlyList<BuildRequest> Requests(ParseResult parsed, string folder)
    {
        var request = Request(parsed, folder);
        var asked = (parsed.GetValue(Platforms) ?? []).SelectMany(text => text.Split(',')).Distinct(StringComparer.Ordinal).ToList();
        return asked.Count == 0 ? [request] : [.. asked.Select(text => text switch
        {
            "linux/amd64" => request,
            "linux/arm64" => request with { Platform = new Platform("linux", "arm64"), AgentPath = Agent("nua-agent-arm64"), Emulator = Emulator.Find() },
            _ => throw Wrong("NUA9060", $"'{Printable.Escape(text, 80)}' is not a platform that nua builds for", "the platforms are linux/amd64 and linux/arm64"),
        })];
    }

    /// <summary>The program that goes into images, beside our own.</summary>
    private static string Agent(string name = "nua-agent")
    {
        var path = Path.Combine(Path.GetDirectoryName(Environment.ProcessPath) ?? "/", name);
        return File.Exists(path)
            ? path
            : throw new ProblemException(new Problem("NUA9006", "the agent that goes into every image is not beside nua")
            {
                Where = Printable.Escape(path),
                Remedy = name == "nua-agent"
                    ? "run ./nua from the repository, or copy artifacts/nua-agent into the same folder as nua"
                    : "compile it with eng/publish-arm64, which puts it beside artifacts/nua",
            });
    }

    private static string Setting(string text) => text.IndexOf('=', StringComparison.Ordinal) > 0
        ? text
        : throw Wrong("NUA9007", $"'--set {Printable.Escape(text, 120)}' is not KEY=VALUE", "write it as in '--set build.stack=node'");

    private static BuildSecret ParseSecret(string text)
    {
        string? id = null, file = null;
        foreach (var part in text.Split(','))
        {
            switch (part.Split('=', 2))
            {
                case ["id", var value]: id = value; break;
                case ["src", var value]: file = value; break;
                default: id = file = null; break;
            }
        }

        return id is { Length: > 0 and <= 128 } && file is { Length: > 0 } && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            && id[0] != '.'
            ? new BuildSecret(id, file)
            : throw Wrong(
                "NUA9008",
                $"'--secret {Printable.Escape(text, 120)}' is not id=ID,src=FILE",
                "an ID is letters, digits, '_', '-' and '.', as in '--secret id=npm-token,src=token.txt'");
    }

    private static long? Epoch(string? text) => string.IsNullOrEmpty(text)
        ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : throw Wrong("NUA9009", $"SOURCE_DATE_EPOCH is '{Printable.Escape(text, 60)}'", "it must be a number of seconds since 1970, or unset");

    private static SortedDictionary<string, string> Variables()
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }

    private static ProblemException Wrong(string code, string what, string remedy) =>
        new(new Problem(code, what) { Remedy = remedy }) { ExitCode = ExitStatus.Usage };
}
