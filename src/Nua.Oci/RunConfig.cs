using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>The <c>config</c> object of an image config: the defaults a container of the image starts with.</summary>
public sealed record RunConfig
{
    internal static readonly string[] Keys =
    [
        "User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "Volumes", "WorkingDir", "Labels", "StopSignal", "Healthcheck",
        "ArgsEscaped", "Memory", "MemorySwap", "CpuShares",
    ];

    private static readonly string[] _healthKeys =
        ["Test", "Interval", "Timeout", "StartPeriod", "StartInterval", "Retries"];

    /// <summary>As written: <c>user</c>, <c>uid</c>, <c>user:group</c>, <c>uid:gid</c>.</summary>
    public string? User { get; init; }

    /// <summary><c>8080/tcp</c>, sorted.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init; } = [];

    /// <summary><c>NAME=VALUE</c>, in the order of the document.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    public IReadOnlyList<string>? Entrypoint { get; init; }

    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Sorted.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    public string? WorkingDir { get; init; }

    public IReadOnlyDictionary<string, string> Labels { get; init; } = StringMap.Empty;

    /// <summary>Others made the image; Nua only added its layers on top (image specification, wrap).</summary>
    public bool IsWrapped => Labels.GetValueOrDefault(AnnotationKeys.Method) == AnnotationKeys.Wrap;

    public string? StopSignal { get; init; }

    /// <summary>Docker's addition; other engines ignore it in an OCI image or honour it as Docker does.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>Other fields, as raw JSON.</summary>
    public IReadOnlyDictionary<string, string> Unknown { get; init; } = StringMap.Empty;

    /// <summary>The value of a variable, or null. Where a name occurs twice the last one counts, as in a
    /// process.</summary>
    public string? Variable(string name) =>
        Env.LastOrDefault(item => item.StartsWith(name + "=", StringComparison.Ordinal)) is { } found
            ? found[(name.Length + 1)..]
            : null;

    internal static RunConfig Read(JsonObjectReader json) => new()
    {
        User = json.OptionalString("User"),
        ExposedPorts = json.NameSet("ExposedPorts"),
        Env = json.OptionalStrings("Env") ?? [],
        Entrypoint = json.OptionalStrings("Entrypoint"),
        Cmd = json.OptionalStrings("Cmd"),
        Volumes = json.NameSet("Volumes"),
        WorkingDir = json.OptionalString("WorkingDir"),
        Labels = json.StringMap("Labels"),
        StopSignal = json.OptionalString("StopSignal"),
        HealthCheck = json.OptionalObject("Healthcheck", _healthKeys) is { } health ? ReadHealth(health) : null,
        Unknown = json.Unknown(),
    };

    internal void Write(CanonicalJson json)
    {
        json.Start();
        json.OptionalString("User", User);
        json.NameSet("ExposedPorts", ExposedPorts);
        json.Strings("Env", Env.Count == 0 ? null : Env);
        json.Strings("Entrypoint", Entrypoint);
        json.Strings("Cmd", Cmd);
        json.NameSet("Volumes", Volumes);
        json.OptionalString("WorkingDir", WorkingDir);
        json.StringMap("Labels", Labels);
        json.OptionalString("StopSignal", StopSignal);
        WriteHealth(json);
        json.Raw(Unknown);
        json.End();
    }

    private static HealthCheck ReadHealth(JsonObjectReader json) => new(json.OptionalStrings("Test") ?? [])
    {
        Interval = Duration(json, "Interval"),
        Timeout = Duration(json, "Timeout"),
        StartPeriod = Duration(json, "StartPeriod"),
        StartInterval = Duration(json, "StartInterval"),
        Retries = json.OptionalInt64("Retries"),
    };

    /// <summary>Docker counts in nanoseconds.</summary>
    private static TimeSpan? Duration(JsonObjectReader json, string name) =>
        json.OptionalInt64(name) is { } nanoseconds
            ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick)
            : null;

    private void WriteHealth(CanonicalJson json)
    {
        if (HealthCheck is null)
        {
            return;
        }

        json.Start("Healthcheck");
        json.Strings("Test", HealthCheck.Test);
        Duration(json, "Interval", HealthCheck.Interval);
        Duration(json, "Timeout", HealthCheck.Timeout);
        Duration(json, "StartPeriod", HealthCheck.StartPeriod);
        Duration(json, "StartInterval", HealthCheck.StartInterval);
        if (HealthCheck.Retries is { } retries)
        {
            json.Number("Retries", retries);
        }

        json.End();
    }

    private static void Duration(CanonicalJson json, string name, TimeSpan? value)
    {
        if (value is { } time)
        {
            json.Number(name, time.Ticks * TimeSpan.NanosecondsPerTick);
        }
    }
}

/// <summary>How an engine asks a container whether it is well.</summary>
/// <param name="Test"><c>CMD</c> and an argv, <c>CMD-SHELL</c> and a line, or <c>NONE</c>.</param>
public sealed record HealthCheck(IReadOnlyList<string> Test)
{
    public TimeSpan? Interval { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TimeSpan? StartPeriod { get; init; }

    public TimeSpan? StartInterval { get; init; }

    public long? Retries { get; init; }
}
