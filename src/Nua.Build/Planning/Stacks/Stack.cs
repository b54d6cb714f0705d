using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning.Stacks;

/// <summary>A kind of application. Detects from evidence in the folder and says how to build and start what it
/// found.</summary>
internal interface IStack
{
    /// <summary>As in <c>build.stack</c>.</summary>
    string Name { get; }

    /// <summary>What the stack looks for, for the message when nothing was found.</summary>
    string LooksFor { get; }

    /// <summary>Null when the folder shows no sign of this stack.</summary>
    Candidate? Detect(StackContext context);
}

/// <summary>A stack that fits.</summary>
/// <param name="Confidence">0–100. Candidates less than <see cref="CloseCall"/> apart are equally likely. 90 and more:
/// a file made for this stack alone; 80: a manifest with something to run; 60: source files of known names; 50: pages
/// to serve; 40: a manifest without anything to run; 30: a script.</param>
/// <param name="Evidence">Files and facts, most telling first.</param>
/// <param name="Draft">Makes the plan's part; called for the winner only.</param>
internal sealed record Candidate(string Stack, int Confidence, IReadOnlyList<string> Evidence, Func<StackDraft> Draft)
{
    public const int CloseCall = 10;
}

/// <summary>What the stack adds to a plan before the configuration has its say.</summary>
internal sealed record StackDraft
{
    /// <summary>Name and version that a manifest gives the application; null when it gives none.</summary>
    public string? AppName { get; init; }

    public string? AppVersion { get; init; }

    public IReadOnlyList<string> RunPackages { get; init; } = [];
    public IReadOnlyList<string> BuildPackages { get; init; } = [];
    public IReadOnlyList<Toolchain> Toolchains { get; init; } = [];
    public IReadOnlyList<BuildPhase> Phases { get; init; } = [];
    public IReadOnlyList<Collect> Collects { get; init; } = [];
    public IReadOnlyList<string> SourceIgnore { get; init; } = [];
    public IReadOnlyDictionary<string, string> Env { get; init; } =
        new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Null when the stack found nothing to start; <see cref="NoStart"/> says where it looked.</summary>
    public StartSpec? Start { get; init; }

    public string NoStart { get; init; } = "";

    /// <summary>What the author can do about it; null: say how it is started.</summary>
    public string? NoStartRemedy { get; init; }

    /// <summary>Whether the code accepts connections; null when it cannot be told.</summary>
    public Listening? Listening { get; init; }

    /// <summary><c>/nua/venv</c> is made by <see cref="Phases"/>.</summary>
    public bool HasVenv { get; init; }

    /// <summary>A start command of the author (<c>run.start</c>, Procfile) in the stack's own terms: <c>npm start</c>
    /// is resolved to what it runs. Null leaves it as it is.</summary>
    public Func<string, StartSpec?> Resolve { get; init; } = _ => null;
}

/// <summary>What the detectors see: the source, the author's wishes, and where to put decisions and warnings.</summary>
internal sealed record StackContext(AppFolder Folder, AppConfig Config, PlanNotes Notes)
{
    public BuildConfig Build => Config.Build;

    /// <summary>The project file that <c>build.project</c> names, when it names a file.</summary>
    public string? ProjectFile { get; init; }

    /// <summary>The base is Debian stable, so the versions of its packages are known.</summary>
    public bool IsDebian { get; init; } = true;

    /// <summary>Commands of the author replace what the stack would run to build.</summary>
    public bool HasCommands { get; init; }

    /// <summary>The author says how to start (<c>run.start</c>, Procfile, <c>nua/start.*</c>), so the stack need not
    /// find out and must keep everything that the command may want.</summary>
    public bool HasStart => StartCommands.Count > 0;

    /// <summary>What the author says, in the order it is looked at; empty when the stack is to find out.</summary>
    public IReadOnlyList<string> StartCommands { get; init; } = [];
}
