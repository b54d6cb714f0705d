using System.Text.Json;
using Nua.Build.Planning.Reading;
using Nua.Foundation;

namespace Nua.Build.Planning.Stacks.Dotnet;

/// <summary>.NET programs: project, solution, or one <c>.cs</c> file; published self-contained with the host's
/// SDK.</summary>
internal sealed class DotnetStack : IStack
{
    private const int MostProjects = 500;

    private static readonly string[] _projectFiles = [".csproj", ".fsproj", ".vbproj"];
    private static readonly string[] _solutionFiles = [".slnx", ".sln"];

    public string Name => "dotnet";

    public string LooksFor =>
        "dotnet: *.sln, *.slnx, *.csproj (also in src and one folder down), one *.cs file with #: lines";

    public Candidate? Detect(StackContext context)
    {
        var folder = context.Folder;
        if (context.ProjectFile is { } asked
            && (IsProject(asked) || IsSolution(asked) || asked.EndsWith(".cs", StringComparison.Ordinal)))
        {
            return new Candidate(Name, 95, [$"build.project = \"{asked}\""], () => Draft(context, asked));
        }

        var top = folder.List().Where(entry => entry.Kind == EntryKind.File).Select(entry => entry.Path).ToList();
        var found = top.Find(IsSolution) ?? top.Find(IsProject);
        if (found is not null)
        {
            return new Candidate(Name, 80, [found], () => Draft(context, found));
        }

        var deeper = Deeper(folder);
        if (deeper.Count > 0)
        {
            return new Candidate(Name, 70, deeper, () => Draft(context, null));
        }

        var sources = top.FindAll(path => path.EndsWith(".cs", StringComparison.Ordinal));
        var program = sources.Find(path => (folder.ReadHead(path) ?? "").Split('\n')
            .Any(line => line.StartsWith("#:", StringComparison.Ordinal)))
            ?? (sources.Count == 1 ? sources[0] : null);
        return program is null ? null : new Candidate(Name, 75, [program], () => Draft(context, program));
    }

    private static bool IsProject(string path) => Array
        .Exists(_projectFiles, end => path.EndsWith(end, StringComparison.Ordinal));

    private static bool IsSolution(string path) => Array
        .Exists(_solutionFiles, end => path.EndsWith(end, StringComparison.Ordinal));

    private static List<string> Deeper(AppFolder folder) =>
        [.. folder.Walk("", 2, 3000).Where(IsProject).Take(MostProjects)];

    private static StackDraft Draft(StackContext context, string? named)
    {
        if (named is not null && named.EndsWith(".cs", StringComparison.Ordinal))
        {
            return new DotnetDraft(context, DotnetProject.ReadFile(context.Folder, named)).Make();
        }

        var paths = named is null ? Deeper(context.Folder)
            : IsSolution(named) ? Solution(context.Folder, named)
            : context.ProjectFile is not null ? [named]
                : [.. context.Folder.List().Where(entry => IsProject(entry.Path)).Select(entry => entry.Path)];
        return new DotnetDraft(context, Choose(context, named, paths)).Make();
    }

    /// <summary>The one web project, else the one program.</summary>
    private static DotnetProject Choose(StackContext context, string? named, IReadOnlyList<string> paths)
    {
        var all = paths.Where(context.Folder.IsFile).Take(MostProjects)
            .Select(path => DotnetProject.Read(context.Folder, path)).ToList();
        var programs = all.FindAll(project => project.IsExecutable && !project.IsTest);
        var web = programs.FindAll(project => project.IsWeb);
        var fitting = web.Count > 0 ? web : programs;
        if (fitting.Count > 1)
        {
            throw new ProblemException(StackProblems.SeveralChoices(
                web.Count > 0 ? "web projects" : "programs", fitting.Select(project => project.Path),
                    $"`build.project = \"{fitting[0].Path}\"`"));
        }

        if (fitting.Count == 0)
        {
            var looked = all.Count == 0 ? $"{named ?? "the folder"} names no project that is there"
                : "only libraries and tests: " + string.Join(", ", paths.Take(5));
            throw new ProblemException(StackProblems.NoProject(looked));
        }

        if (all.Count > 1)
        {
            context.Notes.Decide(
                "project", fitting[0].Path, web.Count > 0 ? "the only web project" : "the only program",
                "build.project = \"PATH.csproj\"");
        }

        return fitting[0];
    }

    private static List<string> Solution(AppFolder folder, string path)
    {
        var base_ = path.Contains('/', StringComparison.Ordinal) ? path[..(path.LastIndexOf('/') + 1)] : "";
        IEnumerable<string?> listed = path.EndsWith(".slnx", StringComparison.Ordinal)
            ? XmlManifest.Read(folder, path)!.Descendants("Project").Select(item => (string?)item.Attribute("Path"))
            : (folder.ReadText(path) ?? "").Split('\n')
                .Where(line => line.StartsWith("Project(", StringComparison.Ordinal))
                .Select(line => line.Split('"') is { Length: > 5 } parts ? parts[5] : null);
        return [.. listed.OfType<string>().Select(item => AppFolder.Clean(base_ + item.Replace('\\', '/')))
            .OfType<string>().Where(IsProject)];
    }

    /// <summary>The SDK that <c>global.json</c> pins, as a range with its roll-forward rule; null without
    /// one.</summary>
    public static string? PinnedSdk(StackContext context)
    {
        var sdk = JsonManifest.Read(context.Folder, "global.json", context.Notes.Problems)?.Member("sdk");
        if (sdk?.Text("version") is not { } version || !Version.TryParse(version.Split('-')[0], out var number)
            || number.Build < 0)
        {
            return null;
        }

        return sdk.Value.Text("rollForward") switch
        {
            "disable" => version,
            "feature" or "latestFeature" => $">={version} <{number.Major}.{number.Minor + 1}.0",
            "minor" or "latestMinor" => $">={version} <{number.Major + 1}.0.0",
            "major" or "latestMajor" => $">={version}",
            _ => $">={version} <{number.Major}.{number.Minor}.{(number.Build / 100 + 1) * 100}",
        };
    }
}
