using System.Text.Json;
using Nua.Build.Planning;
using Nua.Config;

namespace Nua.Build.Metadata;

/// <summary>
/// <c>/nua/metadata/nua-config.json</c>: the configuration, normalised, without secret values, followed by what it means at run time: the
/// contract (<c>lifecycle</c>) for operators and <c>runtime</c> for the agent.
/// </summary>
internal static class RuntimeDocument
{
    /// <param name="ownScripts">Names of the packager's own files in <c>/nua/scripts</c>.</param>
    public static byte[] Write(BuildPlan plan, IReadOnlySet<string> ownScripts)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("schema", 1);
            ConfigWriter.WriteSections(WithIdentity(plan), json);
            WriteLifecycle(json, plan, ownScripts);
            WriteRuntime(json, plan);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteLifecycle(Utf8JsonWriter json, BuildPlan plan, IReadOnlySet<string> ownScripts)
    {
        var lifecycle = plan.Config.Lifecycle;
        var health = plan.Config.Healthcheck;
        json.WriteStartObject("lifecycle");
        json.WriteNumber("contract", 1);
        json.WriteNumber("data_version", lifecycle.DataVersion ?? 0);
        json.WriteNumber("upgrade_from", lifecycle.UpgradeFrom ?? 0);
        json.WriteStartArray("waypoints");
        foreach (var point in lifecycle.Waypoints)
        {
            json.WriteNumberValue(point);
        }

        json.WriteEndArray();
        json.WriteStartObject("rollback");
        json.WriteString("mode", RollbackMode(plan, ownScripts));
        if (lifecycle.RollbackTo is { } to)
        {
            json.WriteNumber("to", to);
        }

        json.WriteEndObject();
        json.WriteStartObject("backup");
        json.WriteString("mode", lifecycle.BackupMode ?? "cold");
        json.WriteString("by", lifecycle.Backup is null && !ownScripts.Contains("backup") ? "copy" : "command");
        json.WriteNumber("timeout", lifecycle.BackupTimeout ?? 3600);
        WriteStrings(json, "stale_is_dangerous", lifecycle.StaleIsDangerous);
        json.WriteEndObject();
        json.WriteStartObject("upgrade");
        json.WriteNumber("timeout", lifecycle.UpgradeTimeout ?? 1800);
        json.WriteEndObject();
        json.WriteStartObject("start");
        json.WriteNumber("ready_timeout", lifecycle.ReadyTimeout ?? 120);
        json.WriteEndObject();
        json.WriteStartObject("stop");
        json.WriteString("signal", lifecycle.StopSignal ?? "SIGTERM");
        json.WriteNumber("timeout", lifecycle.StopTimeout ?? 30);
        json.WriteEndObject();
        json.WriteStartObject("health");
        json.WriteNumber("interval", health?.Interval ?? 10);
        json.WriteNumber("timeout", health?.Timeout ?? 5);
        json.WriteNumber("retries", health?.Retries ?? 3);
        if (health?.Http is { } http)
        {
            json.WriteString("http", http);
        }

        json.WriteEndObject();
        json.WriteBoolean("overlap", lifecycle.Overlap ?? false);
        WriteVolumes(json, plan);
        json.WriteStartArray("secrets");
        foreach (var secret in lifecycle.Secrets)
        {
            json.WriteStartObject();
            json.WriteString("name", secret.Name);
            if (secret.Generate is not null)
            {
                json.WriteString("generate", secret.Generate);
            }

            json.WriteString("scope", secret.Scope);
            json.WriteBoolean("rotatable", secret.Rotatable);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("needs");
        foreach (var need in lifecycle.Needs)
        {
            json.WriteStartObject();
            json.WriteString("binding", need.Binding);
            json.WriteString("type", need.Type);
            if (need.Versions is not null)
            {
                json.WriteString("versions", need.Versions);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRuntime(Utf8JsonWriter json, BuildPlan plan)
    {
        var lifecycle = plan.Config.Lifecycle;
        var health = plan.Config.Healthcheck;
        json.WriteStartObject("runtime");
        json.WriteString("app_id", plan.App.Id);
        json.WriteString("version", plan.App.Version);
        if (plan.IsWrap)
        {
            json.WriteBoolean("wrapped", true);
        }

        if (WebPort(plan) is { } web)
        {
            json.WriteNumber("port", web);
        }
        else
        {
            json.WriteNull("port");
        }

        json.WriteStartArray("ports");
        foreach (var planned in plan.Ports)
        {
            json.WriteStartObject();
            json.WriteString("name", planned.Name);
            json.WriteNumber("port", planned.Port);
            json.WriteString("protocol", planned.Protocol);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStart(json, plan.Start);
        json.WriteStartObject("health");
        json.WriteString("http", health?.Http);
        if (plan.Wrap is { HealthCommand: { Count: > 0 } own })
        {
            WriteStrings(json, "command", own);
        }
        else
        {
            json.WriteString("command", health?.Command);
        }

        json.WriteNumber("interval", health?.Interval ?? 10);
        json.WriteNumber("timeout", health?.Timeout ?? 5);
        json.WriteNumber("retries", health?.Retries ?? 3);
        json.WriteNumber("start_period", health?.StartPeriod ?? 0);
        json.WriteEndObject();
        json.WriteStartObject("stop");
        json.WriteString("signal", lifecycle.StopSignal ?? "SIGTERM");
        json.WriteNumber("timeout", lifecycle.StopTimeout ?? 30);
        json.WriteString("command", lifecycle.Stop);
        json.WriteEndObject();
        WriteCommand(json, "restart", lifecycle.Restart);
        WriteCommand(json, "upgrade", lifecycle.Upgrade);
        json.WriteStartObject("rollback");
        json.WriteString("command", lifecycle.Rollback);
        if (lifecycle.RollbackTo is { } to)
        {
            json.WriteNumber("to", to);
        }
        else
        {
            json.WriteNull("to");
        }

        json.WriteEndObject();
        json.WriteStartObject("backup");
        json.WriteString("command", lifecycle.Backup);
        json.WriteString("mode", lifecycle.BackupMode ?? "cold");
        json.WriteEndObject();
        WriteCommand(json, "restore", lifecycle.Restore);
        json.WriteNumber("data_version", lifecycle.DataVersion ?? 0);
        json.WriteNumber("upgrade_from", lifecycle.UpgradeFrom ?? 0);
        json.WriteStartArray("required_settings");
        foreach (var entry in plan.Config.Env.Where(e => e.Dynamic is not null))
        {
            json.WriteStringValue(entry.Name);
        }

        json.WriteEndArray();
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
        WriteVolumes(json, plan);
        json.WriteEndObject();
    }

    public static string RollbackMode(BuildPlan plan, IReadOnlySet<string> ownScripts) =>
        plan.Config.Lifecycle.Rollback is null && !ownScripts.Contains("rollback") ? "snapshot" : "script";

    /// <summary>Who the application is, also where the configuration leaves it to the plan.</summary>
    private static AppConfig WithIdentity(BuildPlan plan) => plan.Config with
    {
        Metadata = plan.Config.Metadata with
        {
            Id = plan.App.Id,
            Version = plan.App.Version,
            Release = plan.App.Release,
            Title = plan.App.Title,
        },
    };

    /// <summary>The port of <c>PORT</c>; null for a worker, and for a wrapped image that exposes none.</summary>
    public static int? WebPort(BuildPlan plan) =>
        (plan.Ports.FirstOrDefault(p => p.Name == PortPlan.Web) ?? plan.Ports.FirstOrDefault(p => plan.IsWrap && p.Protocol == "tcp"))?.Port;

    private static void WriteStart(Utf8JsonWriter json, StartSpec start)
    {
        json.WriteStartObject("start");
        WriteStrings(json, "argv", start.Argv);
        WriteStrings(json, "shell", start.Shell);
        json.WriteString("static_root", start.StaticRoot);
        json.WriteBoolean("spa", start.SpaFallback);
        json.WriteString("workdir", start.WorkDir);
        json.WriteEndObject();
    }

    private static void WriteVolumes(Utf8JsonWriter json, BuildPlan plan)
    {
        json.WriteStartArray("volumes");
        WriteVolume(json, "data", NuaTree.Data, "data");
        WriteVolume(json, "cache", NuaTree.Cache, "cache");
        foreach (var volume in plan.Config.Volumes.Where(v => v.Type != "tmpfs" && !v.Target.StartsWith(NuaTree.Data, StringComparison.Ordinal)))
        {
            WriteVolume(json, volume.Name ?? volume.Target.Trim('/').Replace('/', '-'), volume.Target, volume.IsCache ? "cache" : "data");
        }

        json.WriteEndArray();
    }

    private static void WriteVolume(Utf8JsonWriter json, string name, string path, string kind)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("path", path);
        json.WriteString("class", kind);
        json.WriteEndObject();
    }

    private static void WriteCommand(Utf8JsonWriter json, string verb, string? command)
    {
        json.WriteStartObject(verb);
        json.WriteString("command", command);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
