namespace Nua.Config;

/// <summary>The fixed paths of a Nua image, each with the sentence of the image specification that it comes
/// from.</summary>
public static class NuaTree
{
    /// <summary>"Everything related to Nua is under <c>/nua</c> in the image."</summary>
    public const string Root = "/nua";

    /// <summary>"<c>/nua/build</c> is the root directory of the build tree." and "At the end of the build,
    /// <c>/nua/build</c> should be removed.": it is in no layer.</summary>
    public const string Build = "/nua/build";

    /// <summary>"<c>/nua/build/src</c>: the source code of the application"</summary>
    public const string BuildSource = "/nua/build/src";

    /// <summary>"<c>/nua/build/metadata</c>: the metadata of the application"</summary>
    public const string BuildMetadata = "/nua/build/metadata";

    /// <summary>"<c>/nua/build/dist</c>: temp directory where the agent wheels are put": the agent's
    /// distribution.</summary>
    public const string BuildDist = "/nua/build/dist";

    /// <summary>"<c>/nua/build/agent</c>: the virtual environment directory of the build agent": the installed
    /// agent.</summary>
    public const string BuildAgent = "/nua/build/agent";

    /// <summary>"<c>/nua/app</c>: the runtime directory of the application"</summary>
    public const string App = "/nua/app";

    /// <summary>"<c>/nua/metadata</c>: the Nua metadata directory"</summary>
    public const string Metadata = "/nua/metadata";

    /// <summary>"<c>/nua/metadata/nua-config.json</c>: the config of the application"</summary>
    public const string ConfigJson = "/nua/metadata/nua-config.json";

    /// <summary>"<c>/nua/metadata/sbom.json</c>: a SBOM"</summary>
    public const string SbomJson = "/nua/metadata/sbom.json";

    /// <summary>Answers "What else?": how the image was built, deterministic facts only.</summary>
    public const string BuildJson = "/nua/metadata/build.json";

    /// <summary>Answers "What else?": every path the build put in the image and the component it came from.</summary>
    public const string FilesJson = "/nua/metadata/files.json";

    /// <summary>"<c>/nua/etc</c>: for application-specific configuration files": read-only defaults.</summary>
    public const string Etc = "/nua/etc";

    /// <summary>"<c>/nua/venv</c>: the virtual environment directory (for Python apps)"</summary>
    public const string Venv = "/nua/venv";

    /// <summary>"<c>/nua/scripts</c>: the scripts that manage the lifecycle of the application"</summary>
    public const string Scripts = "/nua/scripts";

    /// <summary>"e.g. <c>/nua/scripts/templates</c>?": yes.</summary>
    public const string Templates = "/nua/scripts/templates";

    /// <summary>"<c>/nua/bin</c>: the binaries of the application (if needed, for instance <c>deno</c> can go
    /// there)"</summary>
    public const string Bin = "/nua/bin";

    /// <summary>The agent, a binary in <see cref="Bin"/>.</summary>
    public const string Agent = "/nua/bin/nua-agent";

    /// <summary>Answers "Do we need to specify other directories (for instance for app-specific data)?": the one place
    /// whose content is precious.</summary>
    public const string Data = "/nua/data";

    /// <summary>Answers the same question: content that may vanish at any time.</summary>
    public const string Cache = "/nua/cache";

    /// <summary>Rendered configuration, sockets, resolved variables; a tmpfs, never part of the image.</summary>
    public const string RunDirectory = "/run/nua";

    /// <summary>The verbs, each callable as <c>/nua/scripts/VERB</c>: "start … stop … restart … healthcheck … upgrade …
    /// rollback … backup … restore".</summary>
    public static IReadOnlyList<string> Verbs { get; } =
        ["start", "stop", "restart", "healthcheck", "upgrade", "rollback", "backup", "restore"];
}
