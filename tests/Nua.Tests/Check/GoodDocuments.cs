using System.Text.Json.Nodes;

namespace Nua.Tests.Check;

/// <summary>The documents of <see cref="GoodImage"/>, in the form that the specification gives them.</summary>
internal static class GoodDocuments
{
    public const string BaseDigest = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

    public static JsonObject Config() => Parse("""
        {
          "created": "1970-01-01T00:00:00Z", "architecture": "amd64", "os": "linux",
          "config": {
            "User": "10001:0", "ExposedPorts": {"8080/tcp": {}, "9090/udp": {}},
            "Env": ["PATH=/nua/bin:/nua/venv/bin:/usr/bin:/bin", "PORT=8080", "SECRET_KEY_FILE=/run/secrets/SECRET_KEY"],
            "Entrypoint": ["/nua/bin/nua-agent", "init"], "WorkingDir": "/nua/app", "StopSignal": "SIGTERM",
            "Healthcheck": {"Test": ["CMD", "/nua/scripts/healthcheck", "live"],
              "Interval": 10000000000, "Timeout": 5000000000, "Retries": 3},
            "Labels": {
              "io.nua.app-id": "notes", "io.nua.contract": "1", "io.nua.data-version": "2", "io.nua.image-spec": "1",
              "io.nua.rollback-mode": "snapshot", "io.nua.upgrade-from": "1",
              "org.opencontainers.image.title": "Notes", "org.opencontainers.image.version": "1.0",
              "org.opencontainers.image.base.name": "debian:trixie", "org.opencontainers.image.base.digest": "BASE-DIGEST"
            }
          },
          "rootfs": {"type": "layers"},
          "history": [
            {"created": "1970-01-01T00:00:00Z", "created_by": "nua: base"}, {"created_by": "nua: runtime"},
            {"created_by": "nua: dependencies"}, {"created_by": "nua: application"}, {"created_by": "nua: metadata"}
          ]
        }
        """);

    public static JsonObject NuaConfig() => Parse("""
        {
          "schema": 1,
          "metadata": {"id": "notes", "version": "1.0", "title": "Notes"},
          "build": {}, "run": {"start": "python3 app.py"}, "env": {"GREETING": "hello"}, "port": {}, "volume": [],
          "lifecycle": {
            "contract": 1, "data_version": 2, "upgrade_from": 1, "waypoints": [], "rollback": {"mode": "snapshot", "to": null},
            "backup": {"mode": "cold", "timeout": 3600, "stale_is_dangerous": []}, "start": {"ready_timeout": 120},
            "stop": {"signal": "SIGTERM", "timeout": 30},
            "health": {"interval": 10, "timeout": 5, "retries": 3, "http": "/health"}, "overlap": false,
            "volumes": [{"name": "data", "path": "/nua/data"}, {"name": "cache", "path": "/nua/cache", "class": "cache"}],
            "secrets": [{"name": "SECRET_KEY", "generate": "hex:64", "scope": "data", "rotatable": false}], "needs": []
          },
          "runtime": {
            "app_id": "notes", "version": "1.0", "port": 8080,
            "ports": [{"name": "web", "port": 8080, "protocol": "tcp"}, {"name": "stats", "port": 9090, "protocol": "udp"}],
            "start": {"argv": ["python3", "/nua/app/app.py"], "shell": [], "static_root": null, "spa": false, "workdir": "/nua/app"},
            "health": {"http": null, "command": null, "interval": 10, "timeout": 5, "retries": 3, "start_period": 0},
            "stop": {"signal": "SIGTERM", "timeout": 30, "command": null},
            "restart": {"command": null}, "upgrade": {"command": null}, "rollback": {"command": null, "to": null},
            "backup": {"command": null, "mode": "cold"}, "restore": {"command": null},
            "data_version": 2, "upgrade_from": 1, "required_settings": [],
            "secrets": [{"name": "SECRET_KEY", "as_variable": false}],
            "volumes": [{"name": "data", "path": "/nua/data", "class": "data"}]
          }
        }
        """);

    public static JsonObject Sbom() => Parse("""
        {
          "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
          "metadata": {"component": {"type": "application", "bom-ref": "app", "name": "notes", "version": "1.0"}},
          "components": [
            {"type": "library", "bom-ref": "deb", "name": "dash", "version": "0.5.12-12", "purl": "pkg:deb/debian/dash@0.5.12-12?arch=amd64"},
            {"type": "library", "bom-ref": "npm", "name": "left-pad", "version": "1.3.0", "purl": "pkg:npm/left-pad@1.3.0",
              "hashes": [{"alg": "SHA-1", "content": "da39a3ee5e6b4b0d3255bfef95601890afd80709"}]},
            {"type": "library", "bom-ref": "pypi", "name": "bottle", "version": "0.13", "purl": "pkg:pypi/bottle@0.13"},
            {"type": "library", "bom-ref": "nuget", "name": "Nito", "version": "5.1", "purl": "pkg:nuget/Nito@5.1"}
          ],
          "dependencies": [{"ref": "app", "dependsOn": ["npm", "pypi"]}]
        }
        """);

    public static JsonObject Build() => Parse("""
        {
          "schema": 1, "tool": {"name": "nua", "version": "0.1.0"}, "compat": 1,
          "source": {"digest": "BASE-DIGEST", "kind": "folder", "address": null, "commit": null},
          "base": {"name": "debian:trixie", "digest": "BASE-DIGEST"},
          "packages": [
            {"name": "dash", "version": "0.5.12-12", "architecture": "amd64", "sha256": null, "scope": "run"},
            {"name": "gcc", "version": "14.2", "architecture": "amd64", "sha256": null, "scope": "build"}
          ],
          "toolchains": [], "plan": {}, "epoch": 0, "stray": []
        }
        """);

    private static JsonObject Parse(string json) =>
        JsonNode.Parse(json.Replace("BASE-DIGEST", BaseDigest, StringComparison.Ordinal))!.AsObject();
}
