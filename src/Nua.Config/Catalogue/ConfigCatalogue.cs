using static Nua.Config.Catalogue.ValueShape;

namespace Nua.Config.Catalogue;

/// <summary>Every section and key of the configuration, from the top.</summary>
public static class ConfigCatalogue
{
    public static KeyGroup Provider { get; } = new("provider", "A service that an orchestrator starts beside the "
        + "application.",
    [
        new("name", Text, "Name that `from` refers to.") { Example = "\"database\"", IsRequired = true },
        new("module-name", Text, "Built-in definition: `postgres`, `mariadb`, `mongo`, `redis-cache`, `sqlite`.")
        { Example = "\"postgres\"", Old = ["provider.plugin-name"] },
        new("module-version", Text, "Versions that will do, as Python writes them; a bare `15` is read as `==15.*`.")
        { Example = "\">=15\"", Old = ["provider.version", "provider.plugin-version"] },
        new("module-versions", Free, "Computed.") { Example = "[]", IsWritten = true },
        new("type", Text, "Default: the module's.")
        { Example = "\"docker-image\"", Choices = ["docker-image", "volume", "local", "app"] },
        new("network", Flag, "Asks for a private network.") { Example = "true" },
        new("connector", TextOrTexts, "Meta-packages installed in the application's image.")
        { Example = "[\"postgres-client\"]", Old = ["provider.meta-packages"] },
        new("build", Table, "As the section `build`; of use is `base-image`.")
        { Example = "{ base-image = \"registry.example/library/redis:7\" }", Inside = SectionKeys.Build },
        new("run", Table, "As the section `run`.")
        { Example = "{ start = \"redis-server\" }", Inside = SectionKeys.Run },
        new("env", Variables, "As the section `env`.")
        { Example = "{ REDIS_PORT = 6379 }", Old = ["provider.run-env"] },
        new("port", NamedTables, "As the section `port`.")
        { Example = "{ cache = { container = 6379 } }", Inside = SectionKeys.Port, Old = ["provider.ports"] },
        new("volume", Tables, "As the section `volume`.")
        { Example = "[{ name = \"cache\", target = \"/data\" }]", Inside = SectionKeys.Volume },
        new("docker", Free, "As the section `docker`.") { Example = "{ detach = true }" },
        new("backup", Table, "As the section `backup`.")
        { Example = "{ method = \"pg_dump\" }", Inside = SectionKeys.Backup },
    ]);

    /// <summary>The sections.</summary>
    public static KeyGroup Root { get; } = new("", "The sections of the file.",
    [
        new("metadata", Table, SectionKeys.Metadata.About) { Inside = SectionKeys.Metadata },
        new("build", Table, SectionKeys.Build.About) { Inside = SectionKeys.Build },
        new("run", Table, SectionKeys.Run.About) { Inside = SectionKeys.Run },
        new("env", Variables, "Variables given to every verb. Names are kept byte for byte. Numbers are kept as "
            + "written, booleans become `true` and `false`, a list becomes its JSON text, a table is a dynamic value.")
        { Example = "{ LANG = \"C\" }" },
        new("port", NamedTables, "Ports, by name. `web` is the one that `PORT` names; any other port needs `host` "
            + "or `proxy`.")
        { Inside = SectionKeys.Port },
        new("volume", Tables, "Places whose content outlives the container.") { Inside = SectionKeys.Volume },
        new("provider", Tables, "Services that an orchestrator starts beside the application.") { Inside = Provider },
        new("healthcheck", Table, SectionKeys.Healthcheck.About) { Inside = SectionKeys.Healthcheck },
        new("backup", Table, SectionKeys.Backup.About) { Inside = SectionKeys.Backup },
        new("lifecycle", Table, LifecycleKeys.Lifecycle.About) { Inside = LifecycleKeys.Lifecycle, IsOurs = true },
        new("docker", Free, "Options for an engine that understands them, named as in the Docker SDK for Python. "
            + "Keys are data.")
        { Example = "{ mem_limit = \"2G\" }" },
        new("verify", Table, VerifyKeys.Verify.About) { Inside = VerifyKeys.Verify, IsOurs = true },
        new("schema", Integer, "Written by the build.") { Example = "1", IsOurs = true, IsWritten = true },
        new("runtime", Free, "Written by the build.") { Example = "{}", IsOurs = true, IsWritten = true },
        new("$schema", Text, "For editors.")
        { Example = "\"nua-config.schema.json\"", IsOurs = true, IsWritten = true },
    ]);

    /// <summary>Every group of keys, each once, the sections' own first.</summary>
    public static IReadOnlyList<KeyGroup> Groups()
    {
        var found = new List<KeyGroup> { Root };
        for (var i = 0; i < found.Count; i++)
        {
            foreach (var inside in found[i].Keys.Select(key => key.Inside).OfType<KeyGroup>())
            {
                if (!found.Contains(inside))
                {
                    found.Add(inside);
                }
            }
        }

        return found;
    }
}
