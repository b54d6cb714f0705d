using System.CommandLine;
using System.Globalization;
using Nua.Engine.Instances;
using Nua.Engine.Settings;
using Nua.Foundation;

namespace Nua.Cli.Parsing;

/// <summary>The options with which an operator says how an instance is to run.</summary>
public sealed class SettingsInputs
{
    private const string HostNetwork = "host";

    public SettingsInputs() => Network.AcceptOnlyFromAmong("none", HostNetwork);

    public Option<string[]> Publish { get; } = Inputs.Values(
        "--publish", "[ADDRESS:]HOST[:PORT]", "Port of this machine that leads to PORT of the application; on 127.0.0.1 unless ADDRESS is given", "-p");

    public Option<string[]> Env { get; } = Inputs.Values("--env", "NAME[=VALUE]", "Variable for the application; without VALUE, this machine's own", "-e");

    public Option<string[]> EnvFile { get; } = Inputs.Values("--env-file", "FILE", "File of variables, NAME=VALUE on each line");

    public Option<string[]> Secret { get; } = Inputs.Values("--secret", "NAME=FILE", "Secret of the application; the file is copied and kept private");

    public Option<string[]> Binding { get; } = Inputs.Values("--binding", "NAME=DIR", "Service the application uses: a folder of files: host, port, username, password, database");

    public Option<string?> Memory { get; } = Inputs.Value("--memory", "SIZE", "Most memory the application may use, such as 512m or 2g");

    public Option<string?> Cpus { get; } = Inputs.Value("--cpus", "N", "Processors the application may use, such as 1.5");

    public Option<string?> Network { get; } = Inputs.Value("--network", "none|host", "What the application reaches: its bindings only (default), or all that this machine does");

    public IEnumerable<Option> All => [Publish, Env, EnvFile, Secret, Binding, Memory, Cpus, Network];

    /// <summary>What the command line changes in the settings that an instance has.</summary>
    public InstanceSettings Apply(ParseResult parsed, InstanceSettings settings) => settings with
    {
        Ports = parsed.GetValue(Publish) is { Length: > 0 } ports ? [.. ports.Select(port => Engine.PublishedPort.Parse(port).Text)] : settings.Ports,
        Memory = parsed.GetValue(Memory) is { } memory ? Size(memory) : settings.Memory,
        Cpus = parsed.GetValue(Cpus) is { } cpus ? Processors(cpus) : settings.Cpus,
        HasNetwork = parsed.GetValue(Network) is { } network ? network == HostNetwork : settings.HasNetwork,
    };

    public GivenSettings Given(ParseResult parsed)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in parsed.GetValue(EnvFile) ?? [])
        {
            foreach (var (name, value) in Nua.Engine.Settings.EnvFile.Parse(File.ReadAllText(file), file, Environment.GetEnvironmentVariable))
            {
                env[name] = value;
            }
        }

        foreach (var (name, value) in Variables(parsed.GetValue(Env) ?? []))
        {
            env[name] = value;
        }

        return new GivenSettings
        {
            Env = env,
            Secrets = Pairs(parsed.GetValue(Secret) ?? [], "--secret NAME=FILE").ToDictionary(pair => pair.Name, pair => File.ReadAllBytes(pair.Value), StringComparer.Ordinal),
            Bindings = Pairs(parsed.GetValue(Binding) ?? [], "--binding NAME=DIR").ToDictionary(pair => pair.Name, pair => Folder(pair.Value), StringComparer.Ordinal),
        };
    }

    /// <exception cref="ProblemException">NUA9013: a variable without a value.</exception>
    public static SortedDictionary<string, string> Variables(string[] given)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var (name, value) = text.Split('=', 2) is [var left, var right] ? (left, right) : (text, Environment.GetEnvironmentVariable(text));
            if (name.Length == 0 || value is null)
            {
                // What stands behind '=' may be a secret.
                throw new ProblemException(new Problem("NUA9013", $"'-e {Printable.Escape(text.Split('=')[0], 120)}' gives no value")
                {
                    Why = name.Length == 0 ? "the name is empty" : "this machine has no variable of that name",
                    Remedy = "write -e NAME=VALUE",
                })
                { ExitCode = ExitStatus.Usage };
            }

            variables[name] = value;
        }

        return variables;
    }

    private static IEnumerable<(string Name, string Value)> Pairs(string[] given, string form) => given.Select(text =>
        text.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } value] && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') && name[0] != '.'
            ? (name, value)
            : throw new ProblemException(new Problem("NUA9030", $"'{Printable.Escape(text, 120)}' is not a name and a path")
            {
                Remedy = $"write {form}",
            })
            { ExitCode = ExitStatus.Usage });

    private static string Folder(string path) => Directory.Exists(path)
        ? Path.GetFullPath(path)
        : throw new ProblemException(new Problem("NUA9031", $"there is no folder '{Printable.Escape(path, 200)}'")
        {
            Remedy = "give a folder that holds the files host, port, username, password and database",
        })
        { ExitCode = ExitStatus.Usage };

    private static long Size(string text)
    {
        var unit = text.Length > 0 ? char.ToLowerInvariant(text[^1]) : ' ';
        var shift = unit switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        return long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 && number < 1L << 40
            ? number << shift
            : throw Wrong("NUA9032", text, "a size", "512m, 2g, or a number of bytes");
    }

    private static double Processors(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 10000
            ? number
            : throw Wrong("NUA9033", text, "a number of processors", "1, or 0.5");

    private static ProblemException Wrong(string code, string text, string what, string form) =>
        new(new Problem(code, $"'{Printable.Escape(text, 60)}' is not {what}") { Remedy = $"write {form}" }) { ExitCode = ExitStatus.Usage };
}
