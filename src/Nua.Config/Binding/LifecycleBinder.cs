using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Reads <c>[lifecycle]</c>. A verb's keys may stand beside each other (<c>backup</c>, <c>backup-mode</c>) or
/// in its table (<c>backup.command</c>, <c>backup.mode</c>); the first form wins.</summary>
internal sealed class LifecycleBinder(Fields fields, ProblemLog log)
{
    private static readonly string[] _generators = ["hex", "alnum", "base64"];

    private static readonly string[] _signals =
    [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM",
        "SIGCONT", "SIGWINCH", "SIGPWR",
    ];

    /// <summary>The section <c>health</c> inside, which belongs to <c>[healthcheck]</c>; null when absent.</summary>
    public Fields? Health { get; private set; }

    /// <summary>Volumes in the shape of the contract.</summary>
    public IReadOnlyList<Fields> Volumes { get; private set; } = [];

    public LifecycleConfig Bind()
    {
        Volumes = fields.Tables("volumes");
        Health = fields.Table("health");
        FlattenVerbs();
        var dataVersion = fields.Integer("data-version");
        var config = new LifecycleConfig
        {
            DataVersion = dataVersion,
            UpgradeFrom = NotAbove(dataVersion, "upgrade-from"),
            Waypoints = fields.Integers("waypoints"),
            Stop = fields.Text("stop"),
            Restart = fields.Text("restart"),
            Upgrade = fields.Text("upgrade"),
            Rollback = fields.Text("rollback"),
            RollbackTo = NotAbove(dataVersion, "rollback-to"),
            Backup = fields.Text("backup"),
            Restore = fields.Text("restore"),
            BackupMode = fields.Text("backup-mode"),
            BackupTimeout = fields.Integer("backup-timeout"),
            StaleIsDangerous = fields.Texts("stale-is-dangerous") ?? [],
            UpgradeTimeout = fields.Integer("upgrade-timeout"),
            ReadyTimeout = fields.Integer("ready-timeout"),
            StopSignal = Signal(),
            StopTimeout = fields.Integer("stop-timeout"),
            Overlap = fields.Boolean("overlap"),
            Secrets = Secrets(),
            Needs = Needs(),
        };
        fields.Close();
        return config;
    }

    private void FlattenVerbs()
    {
        Flatten("start", ("ready-timeout", "ready-timeout"));
        Flatten("stop", ("command", "stop"), ("signal", "stop-signal"), ("timeout", "stop-timeout"));
        Flatten("restart", ("command", "restart"));
        Flatten("upgrade", ("command", "upgrade"), ("from", "upgrade-from"), ("timeout", "upgrade-timeout"));
        Flatten("rollback", ("command", "rollback"), ("to", "rollback-to"));
        Flatten("backup", ("command", "backup"), ("mode", "backup-mode"), ("timeout", "backup-timeout"),
            ("stale-is-dangerous", "stale-is-dangerous"));
        Flatten("restore", ("command", "restore"));
    }

    /// <summary>Puts the keys of a verb's table where the flat form has them.</summary>
    private void Flatten(string verb, params ReadOnlySpan<(string Inner, string Flat)> keys)
    {
        if (fields.Peek(verb)?.Value is not TableNode && verb != "start")
        {
            return;
        }

        if (fields.Table(verb) is not { } table)
        {
            return;
        }

        foreach (var (inner, flat) in keys)
        {
            if (table.Take(inner) is not { } field)
            {
                continue;
            }

            if (fields.Has(flat))
            {
                log.Add(ConfigProblems.TwoSpellings(field.Path, fields.PathOf(flat)), field.At);
            }
            else
            {
                fields.Put(field with { Key = flat });
            }
        }

        table.Close();
    }

    private int? NotAbove(int? dataVersion, string key)
    {
        var at = fields.Peek(key)?.Value.Position ?? fields.Position;
        var path = fields.Peek(key)?.Path ?? fields.PathOf(key);
        var value = fields.Integer(key);
        if (value > (dataVersion ?? 0))
        {
            log.Add(ConfigProblems.AboveDataVersion(path, value.Value, dataVersion ?? 0), at);
        }

        return value;
    }

    private string? Signal()
    {
        if (fields.Peek("stop-signal") is not { } field || fields.Text("stop-signal") is not { } text)
        {
            return null;
        }

        var name = text.Trim().ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name : "SIG" + name;
        if (_signals.Contains(name))
        {
            return name;
        }

        log.Add(ConfigProblems.BadSignal(field.Path, text), field.Value.Position);
        return null;
    }

    private List<SecretConfig> Secrets()
    {
        var result = new List<SecretConfig>();
        if (fields.Take("secrets") is not { } field)
        {
            return result;
        }

        var items = field.Value is ListNode list ? list.Items : [field.Value];
        for (var i = 0; i < items.Count; i++)
        {
            var path = $"{field.Path}[{i}]";
            var secret = items[i] is ScalarNode
                ? fields.TextOf(field, items[i]) is { Length: > 0 } name ? new SecretConfig(name) : null
                : Secret(Fields.Open(items[i], LifecycleKeys.Secret, path, log));
            if (secret is null)
            {
                continue;
            }

            if (result.Exists(other => other.Name == secret.Name))
            {
                log.Add(ConfigProblems.SameName(path, secret.Name), items[i].Position);
                continue;
            }

            if (!IsVariable(secret.Name))
            {
                log.Add(ConfigProblems.BadVariableName(path), items[i].Position);
            }

            result.Add(secret);
        }

        return result;
    }

    private SecretConfig? Secret(Fields table)
    {
        var name = table.Text("name");
        if (name is null)
        {
            log.Add(ConfigProblems.Missing(table.Path, "name"), table.Position);
        }

        var generate = table.Peek("generate");
        var secret = new SecretConfig(name ?? "")
        {
            Generate = table.Text("generate"),
            Scope = table.Text("scope") ?? "data",
            Rotatable = table.Boolean("rotatable") ?? false,
            AsVariable = table.Boolean("as-variable") ?? false,
        };
        if (secret.Generate is { } text && !IsGenerator(text))
        {
            log.Add(ConfigProblems.BadGenerator(generate!.Path, text), generate.Value.Position);
        }

        table.Close();
        return name is null ? null : secret;
    }

    private List<NeedConfig> Needs()
    {
        var result = new List<NeedConfig>();
        foreach (var table in fields.Tables("needs"))
        {
            var binding = table.Text("binding");
            var type = table.Text("type");
            var versions = table.Text("versions");
            table.Close();
            if (binding is null || type is null)
            {
                log.Add(ConfigProblems.Missing(table.Path, binding is null ? "binding" : "type"), table.Position);
                continue;
            }

            result.Add(new NeedConfig(binding, type, versions));
        }

        return result;
    }

    private static bool IsGenerator(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && _generators.Contains(text[..colon])
            && int.TryParse(text.AsSpan(colon + 1), out var length) && length is >= 4 and <= 4096;
    }

    /// <summary>A secret names a file and a variable, so it is held to the letters both allow.</summary>
    private static bool IsVariable(string name) =>
        !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
