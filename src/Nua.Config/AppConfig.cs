namespace Nua.Config;

/// <summary>
/// What the author wrote in <c>nua-config</c>, typed. The same record comes from TOML, YAML and JSON. Null means "not
/// set"; what then happens is the plan's business. Immutable. Old spellings have already been moved to their modern
/// place.
/// </summary>
public sealed record AppConfig
{
    public Metadata Metadata { get; init; } = new();
    public BuildConfig Build { get; init; } = new();
    public RunConfig Run { get; init; } = new();

    /// <summary>Variables given to every verb, in file order, names byte for byte.</summary>
    public IReadOnlyList<EnvEntry> Env { get; init; } = [];

    public IReadOnlyList<PortConfig> Ports { get; init; } = [];
    public HealthcheckConfig? Healthcheck { get; init; }
    public IReadOnlyList<VolumeConfig> Volumes { get; init; } = [];
    public IReadOnlyList<ProviderConfig> Providers { get; init; } = [];
    public BackupConfig? Backup { get; init; }

    /// <summary>The contract of the eight verbs (section <c>[lifecycle]</c>, ours).</summary>
    public LifecycleConfig Lifecycle { get; init; } = new();

    /// <summary>Free table for the engine, kept as written (canonical JSON object text); null when absent.</summary>
    public string? DockerJson { get; init; }

    public VerifyConfig? Verify { get; init; }
}

/// <summary>Section <c>[metadata]</c>: who the application is.</summary>
public sealed record Metadata
{
    public string? Id { get; init; }
    public string? Version { get; init; }
    public int? Release { get; init; }
    public string? Title { get; init; }
    public string? Author { get; init; }
    public string? Description { get; init; }
    public string? Tagline { get; init; }
    public string? Website { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public IReadOnlyList<string> Profile { get; init; } = [];
}

/// <summary>Section <c>[build]</c>. Templates such as <c>{version}</c> are already filled in.</summary>
public sealed record BuildConfig
{
    public string? License { get; init; }
    public string? SrcUrl { get; init; }

    /// <summary>64 lower-case hex digits, without prefix; null when absent or empty.</summary>
    public string? SrcChecksum { get; init; }

    public string? GitUrl { get; init; }
    public string? GitBranch { get; init; }
    public string? Project { get; init; }
    public string? BaseImage { get; init; }

    /// <summary><c>build</c> or <c>wrap</c>; null means by rule.</summary>
    public string? Method { get; init; }

    /// <summary><c>node-16</c>, <c>ruby-31</c>…: asks for a language and version.</summary>
    public BuilderConfig? Builder { get; init; }

    public IReadOnlyList<string> Packages { get; init; } = [];
    public IReadOnlyList<string> MetaPackages { get; init; } = [];

    /// <summary>Shell commands, each run with the build root's <c>/bin/sh -e</c> in the source. Null means detect; an
    /// empty list or the single command <c>true</c> means "do nothing, detect nothing".</summary>
    public IReadOnlyList<string>? Commands { get; init; }

    public IReadOnlyList<string> BeforeBuild { get; init; } = [];
    public IReadOnlyList<string> PipInstall { get; init; } = [];

    /// <summary>Shell commands run at the end in the finished image; a failure fails the build.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>Folder (relative to the source) that is served or copied as the web root.</summary>
    public string? DocumentRoot { get; init; }

    // Ours, beyond the original format.

    /// <summary>Forces a stack: <c>static</c>, <c>node</c>, <c>python</c>, <c>dotnet</c>, <c>shell</c>.</summary>
    public string? Stack { get; init; }

    /// <summary>Whether explicit build commands get the network; null means by what they call.</summary>
    public bool? Network { get; init; }

    /// <summary>Paths outside <c>/nua</c> that build commands write and the image keeps.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Identifiers of the <c>--secret</c> files that the build steps may read under
    /// <c>/run/secrets</c>.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>Static sites: unknown paths are answered with <c>index.html</c>.</summary>
    public bool? SpaFallback { get; init; }

    /// <summary>Layer compression: <c>gzip</c> (default) or <c>zstd</c>.</summary>
    public string? Compression { get; init; }

    /// <summary>MiB that build steps may use together; null: four fifths of the machine's.</summary>
    public int? Memory { get; init; }

    /// <summary>Seconds a build phase may take; default 3600.</summary>
    public int? Timeout { get; init; }
}

public sealed record BuilderConfig(string Name, string? Version);

/// <summary>Section <c>[run]</c>.</summary>
public sealed record RunConfig
{
    public IReadOnlyList<string> Packages { get; init; } = [];

    /// <summary>Shell commands at start, the last one is the application. Null means detect.</summary>
    public IReadOnlyList<string>? Start { get; init; }

    public IReadOnlyList<string> BeforeRun { get; init; } = [];

    /// <summary>Whether the application accepts connections on <c>PORT</c>. Null means detect.</summary>
    public bool? Listens { get; init; }

    public IReadOnlyList<string> PostRun { get; init; } = [];
    public string? PostRunStatus { get; init; }
}

/// <summary>One variable: either a plain string or a dynamic value resolved by the operator.</summary>
public sealed record EnvEntry(string Name, string? Value, DynamicValue? Dynamic);

/// <summary>A value made by the operator: <c>{ from, key }</c>, <c>{ random, length, type }</c>, <c>{ external_ip
/// }</c>, <c>{ unique_db }</c>, <c>{ unique_user }</c>, <c>{ nua_internal }</c>. <see cref="Kind"/> is the winning
/// selector.</summary>
public sealed record DynamicValue(string Kind)
{
    /// <summary>Selectors that are switched on with <c>true</c>.</summary>
    internal static IReadOnlyList<string> Selectors { get; } = ["nua_internal", "external_ip", "random", "unique_db", "unique_user"];

    public string? From { get; init; }
    public string? Key { get; init; }
    public int? Length { get; init; }

    /// <summary><c>str</c> or <c>int</c>.</summary>
    public string Type { get; init; } = "str";

    public bool Persist { get; init; } = true;
    public bool Display { get; init; }
}

/// <summary>One named port. A container port of null comes from variable <see cref="ContainerFrom"/>.</summary>
public sealed record PortConfig(string Name)
{
    public int? Container { get; init; }
    public DynamicValue? ContainerFrom { get; init; }
    public int? Host { get; init; }
    public DynamicValue? HostFrom { get; init; }
    public int? Proxy { get; init; }
    public DynamicValue? ProxyFrom { get; init; }
    public string Protocol { get; init; } = "tcp";
    public bool Ssl { get; init; } = true;
}

/// <summary>Section <c>[healthcheck]</c>; seconds; null means the default of the contract.</summary>
public sealed record HealthcheckConfig
{
    public string? Command { get; init; }

    /// <summary>Path asked over HTTP on <c>PORT</c> (ours).</summary>
    public string? Http { get; init; }

    public int? Interval { get; init; }
    public int? StartPeriod { get; init; }
    public int? Timeout { get; init; }
    public int? Retries { get; init; }
}

public sealed record VolumeConfig(string Target)
{
    public string? Name { get; init; }

    /// <summary><c>managed</c>, <c>directory</c> or <c>tmpfs</c>.</summary>
    public string Type { get; init; } = "managed";

    public string? Driver { get; init; }

    /// <summary>It may vanish at any time and is never backed up (ours).</summary>
    public bool IsCache { get; init; }

    /// <summary>Options, keys as written except known ones, values as text.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    public BackupConfig? Backup { get; init; }
}

public sealed record BackupConfig(string Method)
{
    public string? Frequency { get; init; }
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

/// <summary>A service that the application needs beside it.</summary>
public sealed record ProviderConfig(string Name)
{
    public string? ModuleName { get; init; }
    public string? ModuleVersion { get; init; }
    public string? Type { get; init; }
    public bool? Network { get; init; }
    public IReadOnlyList<string> Connector { get; init; } = [];
    public BuildConfig Build { get; init; } = new();
    public RunConfig Run { get; init; } = new();
    public IReadOnlyList<EnvEntry> Env { get; init; } = [];
    public IReadOnlyList<PortConfig> Ports { get; init; } = [];
    public IReadOnlyList<VolumeConfig> Volumes { get; init; } = [];
    public BackupConfig? Backup { get; init; }
    public string? DockerJson { get; init; }
}

/// <summary>Section <c>[lifecycle]</c>: what the packager declares about data and the verbs. Commands are shell
/// lines.</summary>
public sealed record LifecycleConfig
{
    public int? DataVersion { get; init; }
    public int? UpgradeFrom { get; init; }
    public IReadOnlyList<int> Waypoints { get; init; } = [];
    public string? Stop { get; init; }
    public string? Restart { get; init; }
    public string? Upgrade { get; init; }
    public string? Rollback { get; init; }

    /// <summary>Lowest data version the rollback command can go down to.</summary>
    public int? RollbackTo { get; init; }

    public string? Backup { get; init; }
    public string? Restore { get; init; }

    /// <summary><c>hot</c>, <c>cold</c> (default) or <c>snapshot</c>.</summary>
    public string? BackupMode { get; init; }

    /// <summary>Volumes and bindings whose old state beside newer other data would do harm.</summary>
    public IReadOnlyList<string> StaleIsDangerous { get; init; } = [];

    public int? BackupTimeout { get; init; }
    public int? UpgradeTimeout { get; init; }
    public int? ReadyTimeout { get; init; }
    public string? StopSignal { get; init; }
    public int? StopTimeout { get; init; }
    public bool? Overlap { get; init; }
    public IReadOnlyList<SecretConfig> Secrets { get; init; } = [];
    public IReadOnlyList<NeedConfig> Needs { get; init; } = [];
}

public sealed record SecretConfig(string Name)
{
    /// <summary><c>hex:64</c>, <c>alnum:32</c>…; null: the operator asks for it.</summary>
    public string? Generate { get; init; }

    /// <summary><c>data</c> or <c>instance</c>.</summary>
    public string Scope { get; init; } = "data";

    public bool Rotatable { get; init; }

    /// <summary>Also given as the plain variable, not only as <c>NAME_FILE</c>.</summary>
    public bool AsVariable { get; init; }
}

public sealed record NeedConfig(string Binding, string Type, string? Versions);
