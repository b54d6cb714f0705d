using Nua.Build.Planning.Reading;
using Nua.Foundation;

namespace Nua.Build.Planning.Stacks.Dotnet;

/// <summary>Works out one .NET program: SDK, restore, publish, start.</summary>
internal sealed class DotnetDraft(StackContext context, DotnetProject project)
{
    private const int OldestMajor = 8;
    private const string Runtime = "linux-x64";

    /// <summary>Words that only code which accepts connections has.</summary>
    private static readonly string[] _servers =
        ["WebApplication", "WebHost", "HttpListener", "TcpListener", "Kestrel", "\"PORT\"", ".Listen(", "AddGrpc", "MapGet("];

    private const string Output = $"{NuaPaths.Dist}/publish";

    private bool IsFile => project.Path.EndsWith(".cs", StringComparison.Ordinal);

    public StackDraft Make()
    {
        var framework = CheckedFramework();
        Explain(framework);
        WarnOfData();
        var isBrowser = project.IsBrowser;
        return new StackDraft
        {
            AppName = project.AssemblyName,
            AppVersion = project.Version,
            RunPackages = isBrowser ? [] : RunPackages(),
            BuildPackages = BuildPackages(),
            Toolchains = [Sdk(framework)],
            Phases = context.HasCommands ? [] : Phases(framework),
            Collects = [isBrowser ? Result("/wwwroot") : Result("")],
            SourceIgnore = ["**/bin", "**/obj"],
            Env = isBrowser ? new SortedDictionary<string, string>(StringComparer.Ordinal) : Env(),
            Listening = Listening(),
            Start = isBrowser ? StaticStack.Serve(context, "Blazor WebAssembly runs in the browser", isSpa: true, "it routes in the browser")
                : Start(),
        };
    }

    private Collect Result(string below) => context.HasCommands
        ? SourceTree.Whole(exclude: ["**/bin", "**/obj"])
        : new Collect(Output + below, NuaPaths.App, LayerKind.Application);

    private string CheckedFramework()
    {
        if (project.Framework is { } found && DotnetProject.Major(found) >= OldestMajor)
        {
            return found;
        }

        var asked = string.Join(';', project.Frameworks);
        var why = project.Framework is not null
            ? "that version gets no security updates any more, and its runtime is no longer published"
            : asked.Length == 0 ? "the project names no framework that could be read"
            : "only .NET 8 and later run in an image";
        throw new ProblemException(StackProblems.OtherFramework(project.Path, asked.Length == 0 ? "?" : asked, why));
    }

    private Toolchain Sdk(string framework)
    {
        var pinned = DotnetStack.PinnedSdk(context);
        return new Toolchain(
            "dotnet-sdk", pinned ?? $">={DotnetProject.Major(framework)}.0.100", InImage: false,
            pinned is null ? $"{project.Path} targets {framework}" : "global.json");
    }

    private List<BuildPhase> Phases(string framework) =>
    [
        new BuildPhase("dependencies")
        {
            Steps = [Step("dotnet restore", "restore", [.. RuntimeOptions()])],
            Network = true,
            Inputs = RestoreInputs(),
            Caches = ["nuget"],
        },
        new BuildPhase("build")
        {
            Steps =
            [
                Step("dotnet publish", "publish",
                [
                    "--no-restore", "-c", "Release", "-o", Output, .. project.HasSeveralFrameworks
                        ? (string[])["-f", framework] : [],
                    .. RuntimeOptions(), "-p:ContinuousIntegrationBuild=true",
                ]),
            ],
            Caches = ["nuget"],
        },
    ];

    /// <summary>The same for restore and publish: what is restored depends on it.</summary>
    private IEnumerable<string> RuntimeOptions()
    {
        if (!project.IsBrowser && !project.HasBrowserPart)
        {
            yield return "-r";
            yield return Runtime;
            yield return "-p:SelfContained=true";
        }

        // Programs of one file are compiled to native code by default, which needs a C toolchain.
        if (IsFile && !project.IsNative)
        {
            yield return "-p:PublishAot=false";
        }

        yield return "-p:UseSharedCompilation=false";
    }

    private BuildStep Step(string title, string verb, IReadOnlyList<string> options)
    {
        var step = new BuildStep($"{title} {project.Path}", ["dotnet", verb, project.Path, .. options])
        {
            Env = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_NOLOGO"] = "1",
                ["MSBUILDDISABLENODEREUSE"] = "1",
                // Packages are beside the build: the shared cache may be another one, or emptied, when the next phase
                // runs.
                ["NUGET_HTTP_CACHE_PATH"] = $"{NuaPaths.Caches}/nuget",
                ["NUGET_PACKAGES"] = $"{NuaPaths.Dist}/nuget",
                // A program of one file keeps what restoring made in the user's data folder, and the home is empty in
                // every phase.
                ["XDG_DATA_HOME"] = $"{NuaPaths.Dist}/share",
            },
        };
        // An option would hold for the part in the browser as well, and no package has that runtime for Linux (NU1101). What a project says
        // itself, as the browser's SDK does, comes before a variable.
        return !project.HasBrowserPart ? step : step with
        {
            Env = new SortedDictionary<string, string>((SortedDictionary<string, string>)step.Env, StringComparer.Ordinal)
            {
                ["RuntimeIdentifier"] = Runtime,
                ["SelfContained"] = "true",
            },
        };
    }

    private List<string> RestoreInputs()
    {
        string[] files =
        [
            "global.json", "nuget.config", "NuGet.config", "NuGet.Config", "Directory.Build.props",
            "Directory.Build.targets",
            "Directory.Packages.props", "packages.lock.json", ".config/dotnet-tools.json",
        ];
        return IsFile ? [project.Path, .. files.Where(context.Folder.IsFile)]
            :
            [
                "**/*.csproj", "**/*.fsproj", "**/*.vbproj", "**/*.props", "**/*.targets", "**/packages.lock.json",
                "*.sln", "*.slnx",
                // The SDK restores the package with Blazor's scripts only where it sees components; nothing tells when they are not there then.
                .. CodeFiles.Find(context.Folder, ".razor").Any() ? (string[])["**/*.razor"] : [],
                .. files.Where(context.Folder.IsFile),
            ];
    }

    private List<string> RunPackages()
    {
        var packages = new List<string> { "ca-certificates", "libssl3t64", "libstdc++6", "tzdata" };
        if (!project.IsInvariant)
        {
            packages.Add("libicu76");
        }

        return packages;
    }

    private List<string> BuildPackages()
    {
        var packages = new List<string> { "ca-certificates", "libicu76", "libssl3t64", "libstdc++6" };
        if (project.IsNative)
        {
            packages.AddRange(["clang", "zlib1g-dev"]);
        }

        return packages;
    }

    private SortedDictionary<string, string> Env()
    {
        var env =
            new SortedDictionary<string, string>(StringComparer.Ordinal) { ["DOTNET_RUNNING_IN_CONTAINER"] = "true" };
        if (project.IsInvariant)
        {
            env["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1";
        }

        return env;
    }

    private StartSpec Start()
    {
        var program = $"{NuaPaths.App}/{project.AssemblyName}";
        return new StartSpec
        {
            // Without it Kestrel listens on localhost alone; set here and not in the image, since PORT may be another
            // one at run time.
            Argv = project.IsWeb ? ["env", "ASPNETCORE_HTTP_PORTS=$PORT", program] : [program],
            Because = $"{project.Path} makes {project.AssemblyName}" + (project.IsWeb ? ", a web application" : ""),
        };
    }

    private Listening Listening() => project.IsWeb ? WebListening()
        : CodeFiles.Mentioning(context.Folder, _servers, ".cs", ".fs", ".vb") is { } file ? new Listening(true, $"{file} opens a port")
        : new Listening(false, $"{project.Path} is no web application and no code opens a port");

    /// <summary>Addresses in the code and in <c>appsettings.json</c> come before the variable that the start sets.</summary>
    private Listening WebListening()
    {
        var listening = new Listening(true, $"{project.Path} is a web application");
        var place = project.Path.Contains('/', StringComparison.Ordinal) ? project.Path[..project.Path.LastIndexOf('/')] : "";
        var folder = context.Folder.Subfolder(place);
        return listening.With(KestrelAddress.Find(folder), context.Notes);
    }

    /// <summary>Databases that the project file copies beside the program, as that of the template with accounts does.</summary>
    private void WarnOfData()
    {
        var text = context.HasCommands ? "" : context.Folder.ReadText(project.Path) ?? "";
        var files = DataFiles.Find(context.Folder).Where(file => text.Contains(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase)).ToList();
        if (files.Count > 0)
        {
            context.Notes.Add(SourceProblems.DataTaken(files));
        }
    }

    private void Explain(string framework)
    {
        var notes = context.Notes;
        notes.Decide("framework", framework, $"<TargetFramework> in {project.Path}");
        if (project.IsBrowser)
        {
            return;
        }

        notes.Decide("runtime", "published with the program", "a self-contained program needs no .NET in the image",
            "build.build = [\"…\"]");
        notes.Decide(
            "globalization", project.IsInvariant ? "invariant" : "ICU from Debian",
            project.IsInvariant ? $"<InvariantGlobalization> in {project.Path}"
                : "cultures and time zones work as on a desktop; <InvariantGlobalization>true makes the image smaller");
    }
}
