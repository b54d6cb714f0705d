using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Makes the model of a file from its tree and reports everything that is wrong on the way.</summary>
internal static class ConfigBinder
{
    /// <summary>The result means something only when <paramref name="log"/> has no errors.</summary>
    /// <param name="hasFile">There is a file, which should say who the application is.</param>
    public static AppConfig Bind(ConfigNode root, ProblemLog log, bool hasFile)
    {
        var draft = new Draft(root, log);
        OldSpellings.Apply(draft);
        var metadata = SectionBinder.Metadata(draft.Metadata);
        CheckMetadata(metadata, draft.Metadata.Position, hasFile, log);
        var lifecycle = draft.Root.Table("lifecycle") is { } fields ? new LifecycleBinder(fields, log) : null;
        var config = new AppConfig
        {
            Metadata = metadata,
            Lifecycle = lifecycle?.Bind() ?? new LifecycleConfig(),
            Build = new BuildBinder(draft.Build, log).Bind(metadata),
            Run = SectionBinder.Run(draft.Run),
            Env = EnvBinder.Bind(draft.Env, log),
            Ports = PortBinder.Bind(draft.Ports, mustBePublic: true, log),
            Healthcheck = Healthcheck(draft.Root.Table("healthcheck"), lifecycle?.Health),
            Volumes = VolumeBinder.Bind(draft.Root.Tables("volume"), lifecycle?.Volumes ?? [], log),
            Providers = ProviderBinder.Bind(draft.Providers, metadata, log),
            Backup = VolumeBinder.Backup(draft.Root.Table("backup")),
            DockerJson = DockerJson(draft.Docker, log),
            Verify = VerifyBinder.Bind(draft.Root.Table("verify")),
        };
        draft.Root.Close();
        CheckReferences(config, draft, log);
        return config;
    }

    private static void CheckMetadata(Metadata metadata, Position at, bool hasFile, ProblemLog log)
    {
        (string Key, string? Value)[] wanted =
        [
            ("id", metadata.Id), ("version", metadata.Version), ("title", metadata.Title), ("author", metadata.Author),
        ];
        var missing = wanted.Where(key => key.Value is null).Select(key => key.Key).ToList();
        if (hasFile && missing.Count > 0)
        {
            log.Add(ConfigProblems.MissingMetadata(missing), at.Line == 0 ? new Position(1, 1) : at);
        }

        var image = $"{ImageNaming.Name(metadata.Id)}:{ImageNaming.Tag(metadata.Version, metadata.Release)}";
        if (metadata.Id is { } id && !ImageNaming.KeepsId(id))
        {
            log.Add(ConfigProblems.NameMapped("metadata.id", id, image), at);
        }

        if (metadata.Version is { } version && !ImageNaming.KeepsVersion(version))
        {
            log.Add(ConfigProblems.NameMapped("metadata.version", version, image), at);
        }
    }

    /// <summary>One healthcheck from its two places: the section wins, the whole of it.</summary>
    private static HealthcheckConfig? Healthcheck(Fields? section, Fields? inLifecycle)
    {
        var other = SectionBinder.Healthcheck(inLifecycle);
        if (section is null)
        {
            return other;
        }

        if (inLifecycle is not null)
        {
            section.Log.Add(ConfigProblems.TwoSpellings(inLifecycle.Path, section.Path), inLifecycle.Position);
        }

        return SectionBinder.Healthcheck(section);
    }

    private static string? DockerJson(NamedValues docker, ProblemLog log)
    {
        if (docker.Values.FirstOrDefault(value => value.Name == "env") is { } env)
        {
            log.Add(ConfigProblems.EnvInDocker(env.Path), env.At);
        }

        return docker.IsGiven ? FreeTable.ToJson(docker.ToTable(value => value.Name != "env")) : null;
    }

    private static void CheckReferences(AppConfig config, Draft draft, ProblemLog log)
    {
        var secrets = config.Lifecycle.Secrets.Select(secret => secret.Name);
        var references = new References(
            new Owner(
                [.. config.Env.Select(entry => entry.Name), .. secrets],
                [.. config.Volumes.Select(volume => volume.Name).OfType<string>()],
                config.Providers),
            log);
        references.CheckEnv(config.Env, draft.Env);
        references.CheckPorts(config.Ports, draft.Ports);
    }
}
