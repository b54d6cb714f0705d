using System.Text.Json;
using Nua.Agent.Linux;
using Nua.Foundation;

namespace Nua.Agent.Config;

/// <summary>Reads /nua/metadata/nua-config.json.</summary>
internal static class RuntimeConfigReader
{
    /// <exception cref="ProblemException">NUA6001, NUA6002; exit code 78.</exception>
    public static RuntimeConfig Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = File.Exists(path) ? "no permission to read it" : "there is no such file";
            throw Refusal.ConfigUnreadable(path, why);
        }

        return Parse(bytes, path);
    }

    public static RuntimeConfig Parse(ReadOnlyMemory<byte> json, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = new ConfigNode(document.RootElement, "", path);
            var config = Runtime(root.Object("runtime"));
            config = config with
            {
                Waypoints = root.Object("lifecycle").List("waypoints", static node => node.AsNumber(0, int.MaxValue)),
                Overlap = root.Object("lifecycle").Bool("overlap", false),
                PackagerVariables = [.. root.Object("env").Keys],
                TemplateValues = TemplateValues(root),
            };
            return config;
        }
        catch (JsonException e)
        {
            throw Refusal.ConfigInvalid(path, $"line {e.LineNumber + 1}", "it is not JSON");
        }
    }

    private static RuntimeConfig Runtime(ConfigNode runtime)
    {
        var upgrade = runtime.Object("upgrade");
        var rollback = runtime.Object("rollback");
        var backup = runtime.Object("backup");
        return new RuntimeConfig
        {
            AppId = runtime.Text("app_id") ?? "app",
            Version = runtime.Text("version") ?? "",
            IsWrapped = runtime.Bool("wrapped", false),
            Port = runtime.Number("port", 1, 65535),
            Ports = runtime.List("ports", static node =>
                new NamedPort(node.RequiredText("name"), node.RequiredNumber("port", 1, 65535))),
            Start = Start(runtime.Object("start")),
            Health = Health(runtime.Object("health")),
            Stop = Stop(runtime.Object("stop")),
            Restart = runtime.Object("restart").Command("command"),
            Upgrade = upgrade.Command("command"),
            Rollback = rollback.Command("command"),
            RollbackTo = rollback.Number("to", 0, int.MaxValue),
            Backup = backup.Command("command"),
            BackupMode = backup.Text("mode") ?? "cold",
            Restore = runtime.Object("restore").Command("command"),
            DataVersion = runtime.Number("data_version", 0, int.MaxValue) ?? 0,
            UpgradeFrom = runtime.Number("upgrade_from", 0, int.MaxValue) ?? 0,
            RequiredSettings = runtime.Texts("required_settings"),
            Secrets = runtime.List("secrets", static node =>
                new SecretSpec(
                    node.RequiredText("name"), node.Bool("as_variable", false), node.Bool("protects_data", false))),
            Volumes = Volumes(runtime),
        };
    }

    private static StartSpec Start(ConfigNode node) => new()
    {
        Argv = node.Texts("argv"),
        Shell = node.Texts("shell"),
        StaticRoot = node.Text("static_root"),
        Spa = node.Bool("spa", false),
        WorkDir = node.Text("workdir") ?? "/nua/app",
    };

    private static HealthSpec Health(ConfigNode node) => new()
    {
        Http = node.Text("http"),
        Command = node.Command("command"),
        Timeout = node.Number("timeout", 0, 86400) is { } seconds and > 0 ? seconds : 5,
    };

    private static StopSpec Stop(ConfigNode node)
    {
        var name = node.Text("signal") ?? "SIGTERM";
        if (!Signals.TryParse(name, out var signal))
        {
            throw node.Wrong($"'{Printable.Escape(name, 50)}' is not a signal");
        }

        return new StopSpec
        {
            Signal = signal,
            Timeout = node.Number("timeout", 0, 86400) ?? 30,
            Command = node.Command("command"),
        };
    }

    private static IReadOnlyList<VolumeSpec> Volumes(ConfigNode runtime)
    {
        var volumes = runtime.List("volumes", static node =>
        {
            var path = node.RequiredText("path");
            var name = node.Text("name") ?? path.Trim('/').Replace('/', '-');
            return new VolumeSpec(name, path, node.Text("class") ?? "data");
        });
        return volumes.Count > 0 ? volumes : [new VolumeSpec("data", "/nua/data", "data")];
    }

    /// <summary>
    /// Build keys, then metadata keys over them; a hyphen in a key becomes an underscore, as a template needs it.
    /// </summary>
    private static Dictionary<string, object?> TemplateValues(ConfigNode root)
    {
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var section in (string[])["build", "metadata"])
        {
            root.Object(section).CopyTo(values);
        }

        // Older templates say metadata.id.
        var metadata = new Dictionary<string, object?>(StringComparer.Ordinal);
        root.Object("metadata").CopyTo(metadata);
        values.TryAdd("metadata", metadata);

        return values;
    }
}
