using System.Text.Json;

namespace Nua.Build.Planning;

/// <summary>
/// A plan as one JSON object: what <c>nua plan --json</c> prints, a part of the cache key, and <c>plan</c> in
/// <c>build.json</c>. Canonical: every field is written, in one order; maps are sorted by key (ordinal); nothing depends on
/// culture or machine. The configuration is not in it, since the image holds it as <c>nua-config.json</c>.
/// </summary>
/// <example>
/// <code>
/// {"schema":1,"app":{…},"stack":{"name":"python","evidence":["app.py"]},"source":{"kind":"folder","subfolder":null},
/// "source_ignore":[],"base":null,"run_packages":[],"build_packages":[],"toolchains":[],"phases":[],"collects":[],"start":{…},
///  "ports":[],"stack_env":{},"test":[],"keep":[],"compression":"gzip","packager_files":[],"decisions":[]}
/// </code>
/// </example>
public static class PlanJson
{
    /// <summary>Version of the shape. Fields are added without a change; it goes up when one changes its
    /// meaning.</summary>
    public const int Schema = 1;

    /// <summary>Writes the object where the writer stands.</summary>
    public static void Write(BuildPlan plan, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schema", Schema);
        WriteApp(plan.App, json);
        json.WriteStartObject("stack");
        json.WriteString("name", plan.Stack.Name);
        WriteTexts("evidence", plan.Stack.Evidence, json);
        json.WriteEndObject();
        WriteSource(plan.Source, json);
        WriteTexts("source_ignore", plan.SourceIgnore, json);
        json.WriteString("base", plan.BaseReference);
        WriteTexts("run_packages", plan.RunPackages, json);
        WriteTexts("build_packages", plan.BuildPackages, json);
        WriteAll("toolchains", plan.Toolchains, WriteToolchain, json);
        WriteAll("phases", plan.Phases, WritePhase, json);
        WriteAll("collects", plan.Collects, WriteCollect, json);
        WriteStart(plan.Start, json);
        WriteAll("ports", plan.Ports, WritePort, json);
        WriteMap("stack_env", plan.StackEnv, json);
        WriteTexts("test", plan.Test, json);
        WriteTexts("keep", plan.Keep, json);
        json.WriteString("compression", plan.Compression);
        WriteAll("packager_files", plan.PackagerFiles, WritePackagerFile, json);
        WriteAll("decisions", plan.Decisions, WriteDecision, json);
        json.WriteEndObject();
    }

    /// <summary>The same as bytes, without white space.</summary>
    public static byte[] ToBytes(BuildPlan plan)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(plan, json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>How a layer's purpose is written.</summary>
    public static string NameOf(LayerKind layer) => layer.ToString().ToLowerInvariant();

    private static void WriteApp(AppIdentity app, Utf8JsonWriter json)
    {
        json.WriteStartObject("app");
        json.WriteString("id", app.Id);
        json.WriteString("version", app.Version);
        if (app.Release is { } release)
        {
            json.WriteNumber("release", release);
        }
        else
        {
            json.WriteNull("release");
        }

        json.WriteString("title", app.Title);
        json.WriteString("image_name", app.ImageName);
        json.WriteString("image_tag", app.ImageTag);
        json.WriteEndObject();
    }

    private static void WriteSource(SourceSpec source, Utf8JsonWriter json)
    {
        json.WriteStartObject("source");
        switch (source)
        {
            case SourceSpec.Folder folder:
                json.WriteString("kind", "folder");
                json.WriteString("subfolder", folder.Subfolder);
                break;
            case SourceSpec.Archive archive:
                json.WriteString("kind", "archive");
                json.WriteString("address", archive.Address);
                json.WriteString("sha256", archive.Sha256);
                json.WriteString("subfolder", archive.Subfolder);
                break;
            case SourceSpec.Git git:
                json.WriteString("kind", "git");
                json.WriteString("address", git.Address);
                json.WriteString("branch", git.Branch);
                json.WriteString("subfolder", git.Subfolder);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteToolchain(Toolchain tool, Utf8JsonWriter json)
    {
        json.WriteString("name", tool.Name);
        json.WriteString("version", tool.Version);
        json.WriteBoolean("in_image", tool.InImage);
        json.WriteString("because", tool.Because);
    }

    private static void WritePhase(BuildPhase phase, Utf8JsonWriter json)
    {
        json.WriteString("name", phase.Name);
        WriteAll("steps", phase.Steps, WriteStep, json);
        json.WriteBoolean("network", phase.Network);
        if (phase.Inputs is { } inputs)
        {
            WriteTexts("inputs", inputs, json);
        }
        else
        {
            json.WriteNull("inputs");
        }

        WriteTexts("caches", phase.Caches, json);
        WriteTexts("secrets", phase.Secrets, json);
        json.WriteNumber("timeout", phase.TimeoutSeconds);
    }

    private static void WriteStep(BuildStep step, Utf8JsonWriter json)
    {
        json.WriteString("title", step.Title);
        WriteTexts("argv", step.Argv, json);
        json.WriteString("workdir", step.WorkDir);
        WriteMap("env", step.Env, json);
    }

    private static void WriteCollect(Collect collect, Utf8JsonWriter json)
    {
        json.WriteString("from", collect.From);
        json.WriteString("to", collect.To);
        json.WriteString("layer", NameOf(collect.Layer));
        WriteTexts("exclude", collect.Exclude, json);
        WriteTexts("dependencies", collect.Dependencies, json);
        json.WriteBoolean("optional", collect.Optional);
    }

    private static void WriteStart(StartSpec start, Utf8JsonWriter json)
    {
        json.WriteStartObject("start");
        WriteTexts("argv", start.Argv, json);
        WriteTexts("shell", start.Shell, json);
        json.WriteString("static_root", start.StaticRoot);
        json.WriteBoolean("spa", start.SpaFallback);
        json.WriteString("workdir", start.WorkDir);
        json.WriteString("because", start.Because);
        json.WriteEndObject();
    }

    private static void WritePort(PlannedPort port, Utf8JsonWriter json)
    {
        json.WriteString("name", port.Name);
        json.WriteNumber("port", port.Port);
        json.WriteString("protocol", port.Protocol);
        json.WriteString("because", port.Because);
    }

    private static void WritePackagerFile(PackagerFile file, Utf8JsonWriter json)
    {
        json.WriteString("source", file.Source);
        json.WriteString("target", file.Target);
    }

    private static void WriteDecision(Decision decision, Utf8JsonWriter json)
    {
        json.WriteString("subject", decision.Subject);
        json.WriteString("value", decision.Value);
        json.WriteString("because", decision.Because);
        json.WriteString("override", decision.Override);
    }

    private static void WriteAll<T>(string name, IReadOnlyList<T> items, Action<T, Utf8JsonWriter> write,
        Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStartObject();
            write(item, json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTexts(string name, IReadOnlyList<string> items, Utf8JsonWriter json)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }

    private static void WriteMap(string name, IReadOnlyDictionary<string, string> map, Utf8JsonWriter json)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
