using System.Text.Json;
using Nua.Build.Planning;
using Nua.Config;

namespace Nua.Build.Metadata;

/// <summary>
/// <c>lifecycle</c> of <c>nua-config.json</c>: the contract between the image and whoever operates it. Every value is written, with the
/// default that the image specification gives it; times are seconds.
/// </summary>
internal static class LifecycleSection
{
    public static void Write(Utf8JsonWriter json, BuildPlan plan, IReadOnlySet<string> ownScripts)
    {
        var lifecycle = plan.Config.Lifecycle;
        json.WriteStartObject("lifecycle");
        json.WriteNumber("contract", 1);
        WriteDataVersions(json, lifecycle);
        WriteRollback(json, RuntimeDocument.RollbackMode(plan, ownScripts), lifecycle.RollbackTo);
        WriteBackup(json, lifecycle, ownScripts);
        WriteTime(json, "upgrade", "timeout", lifecycle.UpgradeTimeout ?? 1800);
        WriteTime(json, "start", "ready_timeout", lifecycle.ReadyTimeout ?? 120);
        WriteStop(json, lifecycle);
        WriteHealth(json, plan.Config.Healthcheck);
        json.WriteBoolean("overlap", lifecycle.Overlap ?? false);
        RuntimeDocument.WriteVolumes(json, plan);
        WriteSecrets(json, lifecycle);
        WriteNeeds(json, lifecycle);
        json.WriteEndObject();
    }

    private static void WriteDataVersions(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteNumber("data_version", lifecycle.DataVersion ?? 0);
        json.WriteNumber("upgrade_from", lifecycle.UpgradeFrom ?? 0);
        json.WriteStartArray("waypoints");
        foreach (var point in lifecycle.Waypoints)
        {
            json.WriteNumberValue(point);
        }

        json.WriteEndArray();
    }

    private static void WriteRollback(Utf8JsonWriter json, string mode, int? earliest)
    {
        json.WriteStartObject("rollback");
        json.WriteString("mode", mode);
        if (earliest is { } to)
        {
            json.WriteNumber("to", to);
        }

        json.WriteEndObject();
    }

    private static void WriteBackup(Utf8JsonWriter json, LifecycleConfig lifecycle, IReadOnlySet<string> ownScripts)
    {
        json.WriteStartObject("backup");
        json.WriteString("mode", lifecycle.BackupMode ?? "cold");
        json.WriteString("by", lifecycle.Backup is null && !ownScripts.Contains("backup") ? "copy" : "command");
        json.WriteNumber("timeout", lifecycle.BackupTimeout ?? 3600);
        RuntimeDocument.WriteStrings(json, "stale_is_dangerous", lifecycle.StaleIsDangerous);
        json.WriteEndObject();
    }

    private static void WriteStop(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteStartObject("stop");
        RuntimeDocument.WriteStopTimes(json, lifecycle);
        json.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter json, HealthcheckConfig? health)
    {
        json.WriteStartObject("health");
        RuntimeDocument.WriteHealthTimes(json, health);
        if (health?.Http is { } http)
        {
            json.WriteString("http", http);
        }

        json.WriteEndObject();
    }

    private static void WriteSecrets(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
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
    }

    private static void WriteNeeds(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
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
    }

    private static void WriteTime(Utf8JsonWriter json, string verb, string name, int seconds)
    {
        json.WriteStartObject(verb);
        json.WriteNumber(name, seconds);
        json.WriteEndObject();
    }
}
