namespace Nua.Agent.Config;

/// <summary>What the image says about its application: the sections <c>runtime</c> and <c>lifecycle</c> of
/// nua-config.json, with the contract's defaults filled in. Times are seconds.</summary>
internal sealed record RuntimeConfig
{
    public string AppId { get; init; } = "app";
    public string Version { get; init; } = "";

    /// <summary>The image was made by others and only got Nua's files: its start is run exactly as it is, and it keeps its home.</summary>
    public bool IsWrapped { get; init; }

    /// <summary>The port of <c>PORT</c>; null: the application listens on none.</summary>
    public int? Port { get; init; }

    public IReadOnlyList<NamedPort> Ports { get; init; } = [];
    public StartSpec Start { get; init; } = new();
    public HealthSpec Health { get; init; } = new();
    public StopSpec Stop { get; init; } = new();
    public PackagerCommand? Restart { get; init; }
    public PackagerCommand? Upgrade { get; init; }
    public PackagerCommand? Rollback { get; init; }

    /// <summary>The lowest data version that the rollback command can go down to.</summary>
    public int? RollbackTo { get; init; }

    public PackagerCommand? Backup { get; init; }

    /// <summary><c>cold</c>, <c>hot</c> or <c>snapshot</c>.</summary>
    public string BackupMode { get; init; } = "cold";

    public PackagerCommand? Restore { get; init; }
    public int DataVersion { get; init; }

    /// <summary>The oldest data version that <c>upgrade</c> accepts.</summary>
    public int UpgradeFrom { get; init; }

    /// <summary>Data versions that an upgrade must not jump over: it stops at an image of that version first.</summary>
    public IReadOnlyList<int> Waypoints { get; init; } = [];

    /// <summary>Two instances may work on the same data at once.</summary>
    public bool Overlap { get; init; }

    public IReadOnlyList<string> RequiredSettings { get; init; } = [];
    public IReadOnlyList<SecretSpec> Secrets { get; init; } = [];
    public IReadOnlyList<VolumeSpec> Volumes { get; init; } = [new("data", "/nua/data", "data")];

    /// <summary>Names of the packager's own static variables (<c>[env]</c>).</summary>
    public IReadOnlyList<string> PackagerVariables { get; init; } = [];

    /// <summary>The keys of <c>metadata</c> and <c>build</c> for templates; values as templates know them.</summary>
    public IReadOnlyDictionary<string, object?> TemplateValues { get; init; } = new Dictionary<string, object?>(
        StringComparer.Ordinal);
}

internal sealed record NamedPort(string Name, int Port);

internal sealed record StartSpec
{
    /// <summary>Executed as it is, with the variables of the environment expanded.</summary>
    public IReadOnlyList<string> Argv { get; init; } = [];

    /// <summary>Lines of one shell script, when an argv is not enough.</summary>
    public IReadOnlyList<string> Shell { get; init; } = [];

    /// <summary>A folder that the agent serves itself.</summary>
    public string? StaticRoot { get; init; }

    public bool Spa { get; init; }
    public string WorkDir { get; init; } = "/nua/app";
}

internal sealed record HealthSpec
{
    /// <summary>Path asked over HTTP on <c>PORT</c>; null: a TCP connection is enough.</summary>
    public string? Http { get; init; }

    public PackagerCommand? Command { get; init; }
    public int Timeout { get; init; } = 5;
}

internal sealed record StopSpec
{
    public int Signal { get; init; } = Linux.Signals.Term;
    public int Timeout { get; init; } = 30;
    public PackagerCommand? Command { get; init; }
}

/// <param name="AsVariable">Also given as the plain variable, for programs that cannot read a file.</param>
/// <param name="ProtectsData">The data is worth nothing with another value.</param>
internal sealed record SecretSpec(string Name, bool AsVariable, bool ProtectsData = false);

/// <param name="Class"><c>data</c> is backed up, <c>cache</c> is not.</param>
internal sealed record VolumeSpec(string Name, string Path, string Class);
