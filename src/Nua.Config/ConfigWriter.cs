using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nua.Config;

/// <summary>
/// Writes the normalised configuration: modern kebab-case keys, keys that are not set left out, dynamic values as the
/// tables they are, so no secret is in it. Reading it again gives an equal <see cref="AppConfig"/>.
/// </summary>
public static class ConfigWriter
{
    /// <summary>How to make the writer: indented, and characters as themselves.</summary>
    public static JsonWriterOptions Options { get; } = new()
    {
        Indented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NewLine = "\n",
    };

    /// <summary>One object with every section.</summary>
    public static void ToJson(AppConfig config, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteSections(config, writer);
        WriteLifecycle(config, writer);
        writer.WriteEndObject();
    }

    /// <summary>The sections but <c>lifecycle</c>, inside an object that the caller has begun: in an image
    /// <c>lifecycle</c> has the shape of the contract.</summary>
    public static void WriteSections(AppConfig config, Utf8JsonWriter writer)
    {
        var json = new SectionWriter(writer);
        json.Metadata(config.Metadata);
        json.Build(config.Build);
        json.Run(config.Run);
        json.Env(config.Env);
        json.Ports(config.Ports);
        json.Volumes(config.Volumes);
        json.Providers(config.Providers);
        json.Healthcheck(config.Healthcheck);
        json.Backup(config.Backup);
        json.Raw("docker", config.DockerJson);
        json.Verify(config.Verify);
    }

    /// <summary>The section <c>lifecycle</c> as configuration files have it, inside an object that the caller has
    /// begun.</summary>
    public static void WriteLifecycle(AppConfig config, Utf8JsonWriter writer) =>
        new SectionWriter(writer).Lifecycle(config.Lifecycle);
}
