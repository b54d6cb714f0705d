using System.Text.Json;
using Nua.Build.Planning;
using Nua.Config;

namespace Nua.Build.Metadata;

/// <summary>
/// <c>/nua/metadata/nua-config.json</c>: the configuration, normalised, without secret values, followed by what it means at run time: the
/// contract (<c>lifecycle</c>) for operators and <c>runtime</c> for the agent. Where the two say the same thing they use the same words.
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
            LifecycleSection.Write(json, plan, ownScripts);
            RuntimeSection.Write(json, plan);
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    public static string RollbackMode(BuildPlan plan, IReadOnlySet<string> ownScripts) =>
        plan.Config.Lifecycle.Rollback is null && !ownScripts.Contains("rollback") ? "snapshot" : "script";

    /// <summary>The port of <c>PORT</c>; null for a worker, and for a wrapped image that exposes none.</summary>
    public static int? WebPort(BuildPlan plan) =>
        (plan.Ports.FirstOrDefault(p => p.Name == PortPlan.Web) ?? plan.Ports.FirstOrDefault(p => plan.IsWrap && p.Protocol == "tcp"))?.Port;

    public static void WriteVolumes(Utf8JsonWriter json, BuildPlan plan)
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

    public static void WriteHealthTimes(Utf8JsonWriter json, HealthcheckConfig? health)
    {
        json.WriteNumber("interval", health?.Interval ?? 10);
        json.WriteNumber("timeout", health?.Timeout ?? 5);
        json.WriteNumber("retries", health?.Retries ?? 3);
    }

    public static void WriteStopTimes(Utf8JsonWriter json, LifecycleConfig lifecycle)
    {
        json.WriteString("signal", lifecycle.StopSignal ?? "SIGTERM");
        json.WriteNumber("timeout", lifecycle.StopTimeout ?? 30);
    }

    public static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

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

    private static void WriteVolume(Utf8JsonWriter json, string name, string path, string kind)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("path", path);
        json.WriteString("class", kind);
        json.WriteEndObject();
    }
}
