namespace Nua.Config.Catalogue;

/// <summary>Keys of old files that have no effect any more, with what to tell the author.</summary>
public static class RetiredKeys
{
    /// <summary><c>section.key</c> and the reason.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } =
        new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["metadata.changelog"] = "it never had an effect",
        ["metadata.runtimes"] = "it never had an effect",
        ["metadata.docker"] = "a table here never had an effect; engine options go in [docker]",
        ["build.manifest"] = "use .nuaignore to leave files out",
        ["build.default-files"] = "there is no default Dockerfile",
        ["build.build-as-root"] = "build commands see a root user of their own",
        ["build.start-script"] = "put the script in nua/scripts/start",
        ["build.build-script"] = "put the script in nua/build.py or nua/build.sh",
        ["build.builders"] = "it never had an effect; use build.builder",
        ["build.docker-user"] = "images run as user nua, or any other the operator chooses",
        ["build.nua-dir"] = "it never had an effect",
        ["build.version"] = "use metadata.version",
        ["build.postgres"] = "declare a [[provider]]",
        ["provider.service"] = "services of the host are not used; choose a module-name",
        ["provider.create-user"] = "modules always create their user",
        ["provider.create-db"] = "modules always create their database",
        ["provider.assign"] = "use provider.env",
    };
}
