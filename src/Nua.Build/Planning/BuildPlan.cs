using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>
/// Everything a build will do, decided. It is the only input of the build besides the bytes of the source, and it is pure
/// data: made offline, without root, writing nothing. Its canonical JSON is part of the build's cache key, so nothing in it may depend on
/// the clock, the folder's own path, the user or the host.
/// </summary>
public sealed record BuildPlan
{
    public required AppIdentity App { get; init; }
    public required StackChoice Stack { get; init; }
    public required SourceSpec Source { get; init; }

    /// <summary>Patterns (<c>.dockerignore</c> syntax) left out of the source on top of the folder's own ignore files:
    /// what the stack makes again itself, such as a <c>node_modules</c> of the author's machine.</summary>
    public IReadOnlyList<string> SourceIgnore { get; init; } = [];

    /// <summary>Null: Debian stable assembled from packages.</summary>
    public string? BaseReference { get; init; }

    /// <summary>Debian packages of the runtime root.</summary>
    public IReadOnlyList<string> RunPackages { get; init; } = [];

    /// <summary>Debian packages of the build root only, on top of <see cref="RunPackages"/>.</summary>
    public IReadOnlyList<string> BuildPackages { get; init; } = [];

    /// <summary>Language runtimes and tools that are not Debian packages.</summary>
    public IReadOnlyList<Toolchain> Toolchains { get; init; } = [];

    /// <summary>In order. Each phase is one container run and one snapshot; an empty list needs no container at all.</summary>
    public IReadOnlyList<BuildPhase> Phases { get; init; } = [];

    /// <summary>What goes from the build root (or, without phases, straight from the source) into the image.</summary>
    public IReadOnlyList<Collect> Collects { get; init; } = [];

    public required StartSpec Start { get; init; }
    public IReadOnlyList<PlannedPort> Ports { get; init; } = [];

    /// <summary>Variables that the stack sets in the image config (PATH, PYTHONUNBUFFERED…), not the user's.</summary>
    public IReadOnlyDictionary<string, string> StackEnv { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Shell commands run in the finished image.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary><c>gzip</c> or <c>zstd</c>.</summary>
    public string Compression { get; init; } = "gzip";

    public required AppConfig Config { get; init; }

    /// <summary>Files of the source's own <c>nua/</c> folder and what becomes of each: target path in the image.</summary>
    public IReadOnlyList<PackagerFile> PackagerFiles { get; init; } = [];

    public IReadOnlyList<Decision> Decisions { get; init; } = [];

    /// <summary>The application is in the base image already: nothing is built or installed, and the image keeps what it is.</summary>
    public bool IsWrap => Stack.Name == "wrap";

    /// <summary>Set while an image is wrapped, once it has been read; null in every other build.</summary>
    public WrapSpec? Wrap { get; init; }
}

public sealed record AppIdentity(string Id, string Version, int? Release, string Title)
{
    /// <summary><c>nua-ID</c>, a valid repository name; illegal characters are mapped as the reference documents.</summary>
    public required string ImageName { get; init; }

    /// <summary><c>VERSION[-RELEASE]</c>, a valid tag.</summary>
    public required string ImageTag { get; init; }
}

/// <summary>Which stack was chosen (<c>static</c>, <c>node</c>, <c>python</c>, <c>dotnet</c>, <c>shell</c>, <c>commands</c>, <c>wrap</c>);
/// <c>pending</c> when the source is remote and has not been fetched: the plan is made again then.</summary>
public sealed record StackChoice(string Name, IReadOnlyList<string> Evidence)
{
    public const string Pending = "pending";
}

/// <summary>Where the source comes from.</summary>
public abstract record SourceSpec
{
    private SourceSpec()
    {
    }

    /// <summary>The folder itself (or <paramref name="Subfolder"/> below it).</summary>
    public sealed record Folder(string? Subfolder) : SourceSpec;

    /// <summary>An archive: an http(s) address or a path in the folder; its first path component is stripped.</summary>
    public sealed record Archive(string Address, string? Sha256, string? Subfolder) : SourceSpec;

    public sealed record Git(string Address, string Branch, string? Subfolder) : SourceSpec;
}

/// <summary>A runtime or tool outside Debian: <c>node</c>, <c>bun</c>, <c>deno</c>, <c>npm</c>, <c>pnpm</c>, <c>yarn</c> from the
/// npm registry's packages, <c>dotnet-sdk</c> bound from the host.</summary>
/// <param name="Version">An exact version or an npm range (<c>&gt;=18 &lt;21</c>, <c>20.x</c>, <c>lts/*</c> already mapped); resolved once at build.</param>
/// <param name="InImage">Also in the finished image (under <c>/nua/bin</c>); else in the build root only.</param>
public sealed record Toolchain(string Name, string Version, bool InImage, string Because);

/// <summary>One container run: steps that share a root, network and inputs.</summary>
public sealed record BuildPhase(string Name)
{
    public IReadOnlyList<BuildStep> Steps { get; init; } = [];
    public bool Network { get; init; }

    /// <summary>Paths and globs (relative to the source) that this phase may see; null is the whole source. When none of
    /// them changed, its snapshot is reused: a dependency phase names its lock files.</summary>
    public IReadOnlyList<string>? Inputs { get; init; }

    /// <summary>Package-manager caches mounted for the phase: <c>npm</c>, <c>pip</c>, <c>yarn</c>, <c>pnpm</c>, <c>nuget</c>, <c>bun</c>, <c>deno</c>, <c>apt</c>.</summary>
    public IReadOnlyList<string> Caches { get; init; } = [];

    public IReadOnlyList<string> Secrets { get; init; } = [];
    public int TimeoutSeconds { get; init; } = 3600;
}

/// <summary>One command of a phase. <see cref="Argv"/> is executed as is; shell lines are <c>/bin/sh -e -c LINE</c>.</summary>
public sealed record BuildStep(string Title, IReadOnlyList<string> Argv)
{
    /// <summary>Absolute path in the sandbox; null is <c>/nua/build/src</c>.</summary>
    public string? WorkDir { get; init; }

    public IReadOnlyDictionary<string, string> Env { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>The purpose of a layer, steady to changing; the order is the order in the image.</summary>
public enum LayerKind
{
    Base,
    Packages,
    Runtime,
    Dependencies,
    Application,
    Metadata,
}

/// <summary>Copies a tree. <paramref name="From"/> is absolute in the sandbox (<c>/nua/build/src/dist</c>, <c>/nua/venv</c>); a
/// <c>/nua/build/src</c> prefix means the source when no phase ran.</summary>
/// <param name="Exclude">Paths relative to <paramref name="From"/> (or globs as in .dockerignore) left out.</param>
/// <param name="Dependencies">Paths relative to <paramref name="From"/> that belong in the dependencies layer: <c>node_modules</c>.</param>
public sealed record Collect(string From, string To, LayerKind Layer)
{
    public IReadOnlyList<string> Exclude { get; init; } = [];
    public IReadOnlyList<string> Dependencies { get; init; } = [];

    /// <summary>A missing <paramref name="From"/> is an empty tree, not an error: what a build command may or may not write.</summary>
    public bool Optional { get; init; }
}

/// <summary>How the application starts.</summary>
public sealed record StartSpec
{
    /// <summary>Resolved argv, <c>exec</c>'d. <c>$PORT</c> and <c>${PORT}</c> in an element are replaced by the agent. Empty when static.</summary>
    public IReadOnlyList<string> Argv { get; init; } = [];

    /// <summary>Shell lines run (as one <c>sh -e</c> script, last one <c>exec</c>'d) when an argv is not enough.</summary>
    public IReadOnlyList<string> Shell { get; init; } = [];

    /// <summary>The agent's own web server serves this folder.</summary>
    public string? StaticRoot { get; init; }

    public bool SpaFallback { get; init; }
    public string WorkDir { get; init; } = "/nua/app";
    public string Because { get; init; } = "";
}

public sealed record PlannedPort(string Name, int Port, string Protocol, string Because);

/// <summary>A file of the packager. <paramref name="Source"/> is relative to the project root. A <paramref name="Target"/> below
/// <c>/nua/build/</c> is seen by build commands only and never reaches the image.</summary>
public sealed record PackagerFile(string Source, string Target);

/// <summary>One decision, why, and the one configuration line that overrides it.</summary>
public sealed record Decision(string Subject, string Value, string Because, string? Override);
