using System.Text.Json;

namespace Nua.Config;

/// <summary>Writes one section each. What is not set, empty or the default leaves no trace, and a section without keys
/// is left out.</summary>
internal sealed partial class SectionWriter(Utf8JsonWriter writer)
{
    public void Metadata(Metadata metadata) => Section("metadata", () =>
    {
        Text("id", metadata.Id);
        Text("version", metadata.Version);
        Number("release", metadata.Release);
        Text("title", metadata.Title);
        Text("author", metadata.Author);
        Text("description", metadata.Description);
        Text("tagline", metadata.Tagline);
        Text("website", metadata.Website);
        Texts("tags", metadata.Tags);
        Texts("profile", metadata.Profile);
    });

    public void Build(BuildConfig build) => Section("build", () =>
    {
        Flag("templates", HasBraces(build) ? false : null);
        Text("license", build.License);
        Text("src-url", build.SrcUrl);
        Text("src-checksum", build.SrcChecksum);
        Text("git-url", build.GitUrl);
        Text("git-branch", build.GitBranch);
        Text("project", build.Project);
        Text("base-image", build.BaseImage);
        Text("method", build.Method);
        if (build.Builder is { } builder)
        {
            Section("builder", () =>
            {
                Text("name", builder.Name);
                Text("version", builder.Version);
            });
        }

        Texts("packages", build.Packages);
        Texts("meta-packages", build.MetaPackages);
        Texts("build", build.Commands);
        Texts("before-build", build.BeforeBuild);
        Texts("pip-install", build.PipInstall);
        Texts("test", build.Test);
        Text("document-root", build.DocumentRoot);
        Text("stack", build.Stack);
        Flag("network", build.Network);
        Texts("keep", build.Keep);
        Texts("secrets", build.Secrets);
        Flag("spa-fallback", build.SpaFallback);
        Text("compression", build.Compression);
        Number("memory", build.Memory);
        Number("timeout", build.Timeout);
    });

    public void Run(RunConfig run) => Section("run", () =>
    {
        Texts("packages", run.Packages);
        Texts("start", run.Start);
        Texts("before-run", run.BeforeRun);
        Flag("listens", run.Listens);
        Texts("post-run", run.PostRun);
        Text("post-run-status", run.PostRunStatus);
    });

    public void Env(IReadOnlyList<EnvEntry> env) => Section("env", () =>
    {
        foreach (var entry in env)
        {
            Begin();
            writer.WritePropertyName(entry.Name);
            if (entry.Dynamic is { } dynamic)
            {
                Dynamic(dynamic);
            }
            else
            {
                writer.WriteStringValue(entry.Value);
            }
        }
    });

    public void Ports(IReadOnlyList<PortConfig> ports) => Section("port", () =>
    {
        foreach (var port in ports)
        {
            Section(port.Name, () =>
            {
                NumberOr("container", port.Container, port.ContainerFrom);
                NumberOr("host", port.Host, port.HostFrom);
                NumberOr("proxy", port.Proxy, port.ProxyFrom);
                Text("protocol", port.Protocol);
                Flag("ssl", port.Ssl);
            });
        }
    });

    public void Volumes(IReadOnlyList<VolumeConfig> volumes) => List("volume", volumes, volume =>
    {
        Text("target", volume.Target);
        Text("name", volume.Name);
        Text("type", volume.Type);
        Text("driver", volume.Driver);
        Text("class", volume.IsCache ? "cache" : null);
        Map("options", volume.Options);
        Backup(volume.Backup);
    });

    public void Providers(IReadOnlyList<ProviderConfig> providers) => List("provider", providers, provider =>
    {
        Text("name", provider.Name);
        Text("module-name", provider.ModuleName);
        Text("module-version", provider.ModuleVersion);
        Text("type", provider.Type);
        Flag("network", provider.Network);
        Texts("connector", provider.Connector);
        Build(provider.Build);
        Run(provider.Run);
        Env(provider.Env);
        Ports(provider.Ports);
        Volumes(provider.Volumes);
        Backup(provider.Backup);
        Raw("docker", provider.DockerJson);
    });

    public void Healthcheck(HealthcheckConfig? health) => Section("healthcheck", () =>
    {
        if (health is null)
        {
            return;
        }

        // Empty it says more than absent: the default check, on.
        Begin();
        Text("command", health.Command);
        Text("http", health.Http);
        Number("interval", health.Interval);
        Number("start-period", health.StartPeriod);
        Number("timeout", health.Timeout);
        Number("retries", health.Retries);
    });

    public void Backup(BackupConfig? backup) => Section("backup", () =>
    {
        Text("method", backup?.Method);
        Text("frequency", backup?.Frequency);
        Map("options", backup?.Options ?? new Dictionary<string, string>());
    });

    public void Lifecycle(LifecycleConfig lifecycle) => Section("lifecycle", () =>
    {
        Number("data-version", lifecycle.DataVersion);
        Number("upgrade-from", lifecycle.UpgradeFrom);
        Numbers("waypoints", lifecycle.Waypoints);
        Text("stop", lifecycle.Stop);
        Text("stop-signal", lifecycle.StopSignal);
        Number("stop-timeout", lifecycle.StopTimeout);
        Text("restart", lifecycle.Restart);
        Text("upgrade", lifecycle.Upgrade);
        Number("upgrade-timeout", lifecycle.UpgradeTimeout);
        Text("rollback", lifecycle.Rollback);
        Number("rollback-to", lifecycle.RollbackTo);
        Text("backup", lifecycle.Backup);
        Text("backup-mode", lifecycle.BackupMode);
        Number("backup-timeout", lifecycle.BackupTimeout);
        Texts("stale-is-dangerous", lifecycle.StaleIsDangerous);
        Text("restore", lifecycle.Restore);
        Number("ready-timeout", lifecycle.ReadyTimeout);
        Flag("overlap", lifecycle.Overlap);
        List("secrets", lifecycle.Secrets, secret =>
        {
            Text("name", secret.Name);
            Text("generate", secret.Generate);
            Text("scope", secret.Scope);
            Flag("rotatable", secret.Rotatable);
            Flag("as-variable", secret.AsVariable);
        });
        List("needs", lifecycle.Needs, need =>
        {
            Text("binding", need.Binding);
            Text("type", need.Type);
            Text("versions", need.Versions);
        });
    });

    public void Verify(VerifyConfig? verify) => Section("verify", () =>
    {
        if (verify is null)
        {
            return;
        }

        // Empty it says more than absent.
        Begin();
        Requests("seed", verify.Seed);
        Requests("check", verify.Check);
        Text("seed-command", verify.SeedCommand);
        Text("check-command", verify.CheckCommand);
        Number("timeout", verify.Timeout);
    });

    private void Requests(string key, IReadOnlyList<VerifyRequest> requests) => List(key, requests, request =>
    {
        Text("method", request.Method);
        Text("path", request.Path);
        Map("headers", request.Headers);
        Text("body", request.Body);
        Number("status", request.Status);
        Texts("contains", request.Contains);
        Texts("lacks", request.Lacks);
        Map("capture", request.Capture);
    });

    /// <summary>Templates are filled already; what braces are left must not be taken for new ones.</summary>
    private static bool HasBraces(BuildConfig build)
    {
        string?[] texts =
        [
            build.SrcUrl, build.GitUrl, build.GitBranch, build.Project, build.BaseImage,
            .. build.Commands ?? [], .. build.BeforeBuild,
        ];
        return texts.Any(text => text is not null && BraceTemplate.Fill(text, _ => "") != text);
    }

    private void Dynamic(DynamicValue value)
    {
        writer.WriteStartObject();
        if (value.Kind == "key")
        {
            Text("from", value.From);
            Text("key", value.Key);
        }
        else
        {
            Flag(value.Kind, true);
        }

        Number("length", value.Length);
        Text("type", value.Type == "str" ? null : value.Type);
        Flag("persist", value.Persist ? null : false);
        Flag("display", value.Display ? true : null);
        writer.WriteEndObject();
    }
}
