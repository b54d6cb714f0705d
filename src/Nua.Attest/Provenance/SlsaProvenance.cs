using System.Globalization;
using System.Text.Json;
using Nua.Attest.Statements;
using Nua.Oci.Json;

namespace Nua.Attest.Provenance;

/// <summary>
/// SLSA build provenance, version 1 (slsa-framework/slsa, spec/build-provenance.md), made from what the image says about its build. Level 1: it is
/// there and complete. Nobody but the builder vouches for it.
/// </summary>
public static class SlsaProvenance
{
    /// <summary>Explained in docs/reference/provenance.md.</summary>
    public const string BuildType = "urn:nua:build:v1";

    /// <summary>Sections of nua-config.json that the builder derived and no author wrote.</summary>
    private static readonly string[] _derived = ["schema", "lifecycle", "runtime"];

    /// <summary>The predicate, compact, equal bytes for equal input.</summary>
    public static ReadOnlyMemory<byte> Predicate(BuildRecord record, BuilderIdentity builder)
    {
        var build = record.Build;
        using var json = new CanonicalJson();
        json.Start();
        json.Start("buildDefinition");
        json.String("buildType", BuildType);
        json.Start("externalParameters");
        WriteSource(json, build);
        WriteRaw(json, "config", WithoutDerived(record.Config));
        WriteRaw(json, "plan", Raw(build, "plan") ?? "{}");
        WriteRaw(json, "epoch", Raw(build, "epoch") ?? "null");
        json.End();
        json.Start("internalParameters");
        WriteRaw(json, "compat", Raw(build, "compat") ?? "null");
        json.End();
        json.StartArray("resolvedDependencies");
        ResolvedDependencies.Write(json, build);
        json.EndArray();
        json.End();
        WriteRun(json, build, builder);
        json.End();
        return json.ToBytes();
    }

    private static void WriteSource(CanonicalJson json, JsonElement build)
    {
        json.Start("source");
        foreach (var name in (string[])["kind", "address", "commit", "sha256", "digest"])
        {
            json.OptionalString(name, build.Member("source").Text(name));
        }

        json.End();
    }

    private static void WriteRun(CanonicalJson json, JsonElement build, BuilderIdentity builder)
    {
        json.Start("runDetails");
        json.Start("builder");
        json.String("id", builder.Id);
        json.Start("version");
        json.String("nua", build.Member("tool").Text("version") ?? "unknown");
        json.End();
        json.End();
        if (builder.StartedOn is not null || builder.FinishedOn is not null)
        {
            json.Start("metadata");
            json.OptionalString("startedOn", Time(builder.StartedOn));
            json.OptionalString("finishedOn", Time(builder.FinishedOn));
            json.End();
        }

        json.End();
    }

    private static string WithoutDerived(JsonElement config)
    {
        using var json = new CanonicalJson();
        json.Start();
        json.Raw(config.EnumerateObject().Where(property => !_derived.Contains(property.Name))
            .ToDictionary(property => property.Name, property => Text(property.Value), StringComparer.Ordinal));
        json.End();
        return System.Text.Encoding.UTF8.GetString(json.ToBytes());
    }

    private static void WriteRaw(CanonicalJson json, string name, string raw) => json.Raw(Oci.StringMap.Of(name, raw));

    private static string? Raw(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? Text(value) : null;

    private static string Text(JsonElement element) => System.Text.Encoding.UTF8.GetString(Statement.Compact(element).Span);

    /// <summary>RFC 3339 in UTC, whole seconds.</summary>
    private static string? Time(DateTimeOffset? time) =>
        time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
