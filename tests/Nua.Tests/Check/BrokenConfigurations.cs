using System.Text.Json.Nodes;
using static Nua.Tests.Check.BrokenMetadata;

namespace Nua.Tests.Check;

/// <summary>NUA-C.</summary>
internal static class BrokenConfigurations
{
    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("NUA-C01", "another entry point", i => Run(i)["Entrypoint"] = Json("""["/usr/bin/python3"]""")),
        new("NUA-C01", "a command", i => Run(i)["Cmd"] = Json("""["start"]""")),
        new("NUA-C02", "another user", i => Run(i)["User"] = "10001"),
        new("NUA-C03", "no port", i => Run(i)["Env"] = Json("""["PATH=/nua/bin:/nua/venv/bin:/usr/bin"]""")),
        new("NUA-C03", "a worker with a port", i => i.NuaConfig["runtime"]!["port"] = null),
        new("NUA-C03", "another port", i => Run(i)["Env"]![1] = "PORT=80"),
        new("NUA-C03", "not exposed", i => Run(i)["ExposedPorts"] = Json("""{"9090/udp":{}}""")),
        new("NUA-C04", "another path first", i => Run(i)["Env"]![0] = "PATH=/usr/bin:/nua/bin"),
        new("NUA-C04", "a relative path", i => Run(i)["Env"]![0] = "PATH=/nua/bin:/usr/bin:."),
        new("NUA-C05", "another directory", i => Run(i)["WorkingDir"] = "/"),
        new("NUA-C06", "no health check", i => Run(i).Remove("Healthcheck")),
        new("NUA-C06", "another command", i => Run(i)["Healthcheck"]!["Test"] = Json("""["CMD","true"]""")),
        new("NUA-C06", "another interval", i => Run(i)["Healthcheck"]!["Interval"] = 60000000000),
        new("NUA-C06", "too short a limit", i => Run(i)["Healthcheck"]!["Timeout"] = 1000000000),
        new("NUA-C07", "another signal", i => Run(i)["StopSignal"] = "SIGQUIT"),
        new("NUA-C08", "a label is missing", i => Label(i).Remove("io.nua.contract")),
        new("NUA-C08", "a label lies", i => Label(i)["io.nua.data-version"] = "1"),
        new("NUA-C09", "no digest", i => Label(i).Remove("org.opencontainers.image.base.digest")),
        new("NUA-C09", "a short digest", i => Label(i)["org.opencontainers.image.base.digest"] = "sha256:1234"),
        new("NUA-C09", "another base", i => Label(i)["org.opencontainers.image.base.name"] = "alpine:3"),
        new("NUA-C10", "no title", i => Label(i).Remove("org.opencontainers.image.title")),
        new("NUA-C10", "a time", i => Label(i)["org.opencontainers.image.created"] = "2026-01-01T00:00:00Z"),
        new("NUA-C11", "a port that is not exposed", i => Run(i)["ExposedPorts"] = Json("""{"8080/tcp":{}}""")),
        new("NUA-C11", "a port that is not declared", i => Run(i)["ExposedPorts"]!["22/tcp"] = new JsonObject()),
        new("NUA-C12", "no name for the user", i => i.Rewrite("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"),
            "OCI-28"),
    ];

    public static JsonObject Run(GoodImage image) => image.Config["config"]!.AsObject();
}
