using System.Runtime.InteropServices;
using Nua.Build.Planning;
using Nua.Build.Sources;
using Nua.Foundation;

namespace Nua.Build.Toolchains;

/// <summary>
/// Turns the plan's toolchains into exact versions that are on this machine: from the npm registry the machine is
/// configured for, checked against their published hashes, and kept. What was used once needs no network again.
/// </summary>
public sealed class ToolchainResolver
{
    /// <summary>Where tools are bound in the build root.</summary>
    public const string BuildRootFolder = "/nua/build/agent/toolchains";

    private readonly NpmRegistry _registry;
    private readonly ToolchainStore _store;
    private readonly Architecture _architecture;
    private readonly TimeSpan _freshness;

    /// <param name="cachesFolder"><c>$NUA_HOME/caches</c>.</param>
    /// <param name="freshness">How old a registry's answer may be when a range is resolved without asking again; default 1 hour.</param>
    public ToolchainResolver(
        NpmConfiguration configuration, IReadOnlyDictionary<string, string> environment, Downloader downloader, string cachesFolder,
        Architecture architecture, TimeSpan? freshness = null, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        _registry = new NpmRegistry(configuration, environment, downloader, Path.Combine(cachesFolder, "npm-metadata"), time);
        _store = new ToolchainStore(Path.Combine(cachesFolder, "toolchains"), _registry, environment, architecture, time);
        _architecture = architecture;
        _freshness = freshness ?? TimeSpan.FromHours(1);
    }

    /// <summary>Resolves and fetches all; <c>dotnet-sdk</c> is <see cref="DotnetSdkFinder"/>'s. Node first: it decides which npm, pnpm and yarn run.
    /// In the order given.</summary>
    /// <exception cref="ProblemException">NUA2120–NUA2131.</exception>
    public async Task<IReadOnlyList<ResolvedToolchain>> ResolveAsync(
        IReadOnlyList<Toolchain> toolchains, CancellationToken cancellationToken)
    {
        var result = new ResolvedToolchain?[toolchains.Count];
        SemVer? node = null;
        foreach (var index in Enumerable.Range(0, toolchains.Count).OrderBy(i => toolchains[i].Name == "node" ? 0 : 1))
        {
            var resolved = await ResolveAsync(toolchains[index], node, cancellationToken).ConfigureAwait(false);
            node = resolved.Name == "node" ? SemVer.Parse(resolved.Version) : node;
            result[index] = resolved;
        }

        return result!;
    }

    private async Task<ResolvedToolchain> ResolveAsync(Toolchain wanted, SemVer? node, CancellationToken cancellationToken)
    {
        var choice = await ChooseAsync(wanted, node, cancellationToken).ConfigureAwait(false);
        var facts = choice.Package.Versions[choice.Version];
        var folder = await _store.EnsureAsync(choice.Tool, choice.Package.Name, choice.Version, facts, cancellationToken)
            .ConfigureAwait(false);
        var target = $"{BuildRootFolder}/{wanted.Name}";
        return new ResolvedToolchain
        {
            Name = wanted.Name,
            Version = choice.Version.ToString(),
            Package = choice.Package.Name,
            Integrity = facts.Integrity,
            License = facts.License,
            Folder = folder,
            Build = new(folder, target),
            BuildPath = target + "/bin",
            BuildHome = HeadersOf(wanted.Name, choice.Version, folder),
            Image = wanted.InImage ? [ImagePlace(choice.Tool, wanted.Name, folder)] : [],
            ImageLinks = wanted.InImage ? ImageLinks(choice.Tool, wanted.Name, folder) : [],
            Notes = choice.Notes,
        };
    }

    private async Task<Choice> ChooseAsync(Toolchain wanted, SemVer? node, CancellationToken cancellationToken)
    {
        var tool = ToolchainCatalog.Get(wanted.Name);
        if (wanted.Name == "yarn" && IsBerry(wanted.Version))
        {
            tool = ToolchainCatalog.Get("yarn-berry");
        }

        var package = tool.PackageFor(_architecture);
        var cached = _registry.Cached(package);
        var range = cached is null ? null : RangeOf(wanted, cached);
        if (range?.Exact is { } exact && cached!.Versions.ContainsKey(exact))
        {
            return new Choice(tool, cached, exact, []); // a published version never changes
        }

        var notes = new List<Problem>();
        if (cached is null || !_registry.IsFresh(cached, _freshness))
        {
            try
            {
                cached = await _registry.AskAsync(package, cancellationToken).ConfigureAwait(false);
            }
            catch (ProblemException e) when (cached is not null && ToolchainVersions.Choose(cached, range!, node) is not null)
            {
                notes.Add(e.Problems[0] with { Severity = Severity.Warning, Remedy = "what the registry said last time is used" });
            }
        }

        range = RangeOf(wanted, cached);
        var version = ToolchainVersions.Choose(cached, range, node)
            ?? throw ToolchainProblems.NoVersion(wanted.Name, wanted.Version, ToolchainVersions.Nearest(cached, range));
        return new Choice(tool, cached, version, notes);
    }

    /// <summary>A range, or one of the registry's tags such as <c>latest</c>.</summary>
    private static SemVerRange RangeOf(Toolchain wanted, NpmPackage package)
    {
        if (package.Tags.TryGetValue(wanted.Version.Trim(), out var tagged))
        {
            return SemVerRange.Parse(tagged.ToString());
        }

        return SemVerRange.TryParse(wanted.Version, out var range)
            ? range
            : throw ToolchainProblems.BadRange(wanted.Name, wanted.Version, wanted.Because);
    }

    /// <summary>Yarn 2 and later, and the tag <c>berry</c>, are another package than Yarn 1.</summary>
    private static bool IsBerry(string version) =>
        version is "berry" or "stable" || (SemVerRange.TryParse(version, out var range) && range.Anchor is { Major: >= 2 });

    /// <summary>A program of its own is one file in <c>/nua/bin</c>; a script needs its whole package.</summary>
    private static ToolchainPlacement ImagePlace(ToolchainCatalog tool, string name, string folder) =>
        tool.IsNative
            ? new(Path.Combine(folder, "package", tool.Commands[tool.Main]), $"/nua/bin/{tool.Main}")
            : new(Path.Combine(folder, "package"), $"/nua/bin/toolchains/{name}");

    /// <summary>The commands beside the program itself, with links that work wherever <c>/nua</c> is.</summary>
    private static List<ToolchainLink> ImageLinks(ToolchainCatalog tool, string name, string folder)
    {
        var result = new List<ToolchainLink>();
        foreach (var link in Directory.EnumerateFiles(Path.Combine(folder, "bin")).Order(StringComparer.Ordinal))
        {
            var command = Path.GetFileName(link);
            var file = new FileInfo(link).LinkTarget!["../package/".Length..];
            if (!tool.IsNative)
            {
                result.Add(new($"/nua/bin/{command}", $"toolchains/{name}/{file}"));
            }
            else if (command != tool.Main)
            {
                result.Add(new($"/nua/bin/{command}", tool.Main));
            }
        }

        return result;
    }

    /// <summary>
    /// node-gyp would download the headers of this version; the package has them. They are put where every node-gyp keeps what it downloaded:
    /// a variable that names them (<c>npm_config_nodedir</c>) makes npm 11 warn, and its successor is unknown to the node-gyp of most packages.
    /// </summary>
    private static HomeContent HeadersOf(string name, SemVer version, string folder)
    {
        var include = Path.Combine(folder, "package", "include");
        if (name != "node" || !Directory.Exists(include))
        {
            return HomeContent.None;
        }

        var cache = $".cache/node-gyp/{version}";
        return new HomeContent([new(include, cache + "/include")], [new(cache + "/installVersion", "11\n")]);
    }

    private sealed record Choice(ToolchainCatalog Tool, NpmPackage Package, SemVer Version, IReadOnlyList<Problem> Notes);
}
