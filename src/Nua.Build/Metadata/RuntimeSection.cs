using System.Text.Json;
using Nua.Build.Planning;
using Nua.Config;

namespace Nua.Build.Metadata;

/// <summary><c>runtime</c> of <c>nua-config.json</c>: what the agent needs to start, probe, stop and migrate the application. Times are
/// seconds.</summary>
internal static class RuntimeSection
{
    public static void Write(Utf8JsonWriter json, BuildPlan plan)
    {
        var lifecycle = plan.Config.Lifecycle;
        json.WriteStartObject("runtime");
        json.WriteString("app_id", plan.App.Id);
        json.WriteString("version", plan.App.Version);
        if (plan.IsWrap)
        {
            json.WriteBoolean("wrapped", true);
        }

        WriteNumber(json, "port", RuntimeDocument.WebPort(plan));
        WritePorts(json, plan.Ports);
        WriteStart(json, plan.Start);
        WriteHealth(json, plan);
        WriteStop(json, lifecycle);
        WriteCommand(json, "restart", lifecycle.Restart);
        WriteCommand(json, "upgrade", lifecycle.Upgrade);
        WriteRollback(json, lifecycle);
        WriteBackup(json, lifecycle);
        WriteCommand(json, "restore", lifecycle.Restore);
        json.WriteNumber("data_version", lifecycle.DataVersion ?? 0);
        json.WriteNumber("upgrade_from", lifecycle.UpgradeFrom ?? 0);
        RuntimeDocument.WriteStrings(json, "required_settings", plan.Config.Env.Where(entry => entry.Dynamic is not null).Select(entry => entry.Name));
        WriteSecrets(json, lifecycle);
        RuntimeDocument.WriteVolumes(json, plan);
        json.WriteEndObject();
    }

    private static void WritePorts(Utf8JsonWriter json, IEnumerable<PlannedPort> ports)
    {
        json.WriteStartArray("ports");
        foreach (var planned in ports)
        {
            json.WriteStartObject();
            json.WriteString("name", planned.Name);
            json.WriteNumber("port", planned.Port);
            json.WriteString("protocol", planned.Protocol);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteStart(Utf8JsonWriter json, StartSpec start)
    {
        json.WriteStartObject("start");
        RuntimeDocument.WriteStrings(json, "argv", start.Argv);
        RuntimeDocument.WriteStrings(json, "shell", start.Shell);
        json.WriteString("static_root", start.StaticRoot);
        json.WriteBoolean("spa", start.SpaFallback);
        json.WriteString("workdir", start.WorkDir);
        json.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter json, BuildPlan plan)
    {
        var health = plan.Config.Healthcheck;
        json.WriteStartObject("health");
        json.WriteString("http", health?.Http);
        if (plan.Wrap is { HealthCommand: { Count: > 0 } own })
        {
            RuntimeDocument.WriteStrings(json, "command", own);
        }
        else
        {
            json.WriteString("command", health?.Command);
        }

        RuntimeDocument.WriteHealthTimes(json, health);
        json.WriteNumber("start_period", health?.StartPeriod ?? 0);
        json.WriteEndObject();
    }

    private static void WriteStop(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteStartObject("stop");
        RuntimeDocument.WriteStopTimes(json, lifecycle);
        json.WriteString("command", lifecycle.Stop);
        json.WriteEndObject();
    }

    private static void WriteRollback(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteStartObject("rollback");
        json.WriteString("command", lifecycle.Rollback);
        WriteNumber(json, "to", lifecycle.RollbackTo);
        json.WriteEndObject();
    }

    private static void WriteBackup(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteStartObject("backup");
        json.WriteString("command", lifecycle.Backup);
        json.WriteString("mode", lifecycle.BackupMode ?? "cold");
        json.WriteEndObject();
    }

    private static void WriteSecrets(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteStartArray("secrets");
        foreach (var secret in lifecycle.Secrets)
        {
            json.WriteStartObject();
            json.WriteString("name", secret.Name);
            json.WriteBoolean("as_variable", secret.AsVariable);
            json.WriteBoolean("protects_data", secret is { Scope: "data", Rotatable: false });
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCommand(Utf8JsonWriter json, string verb, string? command)
    {
        json.WriteStartObject(verb);
        json.WriteString("command", command);
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
