namespace Nua.Build.Toolchains;

/// <summary>
/// Finds the host's .NET SDK without starting it: <c>DOTNET_ROOT</c>, <c>dotnet</c> on <c>PATH</c> with its links followed, then the
/// places distributions use. The first root with an SDK in it is taken and bound read-only into the build root.
/// </summary>
public static class DotnetSdkFinder
{
    private static readonly string[] _usual = ["/usr/share/dotnet", "/usr/lib/dotnet", "/usr/local/share/dotnet", "/opt/dotnet"];

    /// <summary>The SDK to build with.</summary>
    /// <param name="environment">Variables of the calling process.</param>
    /// <param name="projectFolder">Folder whose <c>global.json</c> counts; null: none.</param>
    /// <param name="root">Where the host's <c>/</c> is; for tests.</param>
    /// <exception cref="ProblemException">NUA2132 no SDK; NUA2133 none that <c>global.json</c> allows; NUA2134 it cannot be read.</exception>
    public static ResolvedToolchain Find(IReadOnlyDictionary<string, string> environment, string? projectFolder, string root = "/")
    {
        var places = Places(environment, root).Distinct(StringComparer.Ordinal).ToList();
        var found = places.FirstOrDefault(p => Installed(p).Count > 0) ?? throw ToolchainProblems.NoDotnetSdk(places);
        var installed = Installed(found);
        var pin = projectFolder is null ? null : DotnetSdkPin.Read(Path.Combine(projectFolder, "global.json"));
        var version = pin is null
            ? installed.Where(v => !v.IsPrerelease).Max() ?? installed.Max()!
            : pin.Choose(installed) ?? throw ToolchainProblems.SdkPinUnmet(pin.Version?.ToString() ?? "any", pin.RollForward, installed);
        const string target = ToolchainResolver.BuildRootFolder + "/dotnet-sdk";
        return new ResolvedToolchain
        {
            Name = "dotnet-sdk",
            Version = version.ToString(),
            License = "MIT",
            Folder = found,
            Build = new(found, target),
            BuildPath = target,
            BuildEnv = new SortedDictionary<string, string>(StringComparer.Ordinal)
            {
                ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
                ["DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE"] = "1",
                ["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false",
                ["DOTNET_MULTILEVEL_LOOKUP"] = "0",
                ["DOTNET_NOLOGO"] = "1",
                ["DOTNET_ROOT"] = target,
            },
        };
    }

    /// <summary>SDK versions in a .NET root, lowest first.</summary>
    public static IReadOnlyList<SemVer> Installed(string dotnetRoot)
    {
        var sdks = Path.Combine(dotnetRoot, "sdk");
        if (!Directory.Exists(sdks) || !File.Exists(Path.Combine(dotnetRoot, "dotnet")))
        {
            return [];
        }

        var result = new List<SemVer>();
        foreach (var folder in Directory.EnumerateDirectories(sdks))
        {
            if (SemVer.TryParse(Path.GetFileName(folder), out var version) && File.Exists(Path.Combine(folder, "dotnet.dll")))
            {
                result.Add(version);
            }
        }

        result.Sort();
        return result;
    }

    private static IEnumerable<string> Places(IReadOnlyDictionary<string, string> environment, string root)
    {
        if (environment.TryGetValue("DOTNET_ROOT", out var named) && named.StartsWith('/'))
        {
            yield return named.Length > 1 ? named.TrimEnd('/') : named;
        }

        foreach (var folder in (environment.GetValueOrDefault("PATH") ?? "").Split(':').Where(f => f.StartsWith('/')))
        {
            var program = new FileInfo(Path.Combine(folder, "dotnet"));
            if (program.Exists)
            {
                yield return Path.GetDirectoryName((program.ResolveLinkTarget(returnFinalTarget: true) ?? program).FullName)!;
            }
        }

        foreach (var place in _usual)
        {
            yield return Path.Combine(root, place[1..]);
        }
    }
}
