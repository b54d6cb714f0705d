using Nua.Foundation.Durable;
using Nua.Sandbox;

namespace Nua.Build.Steps;

/// <summary>
/// Folders where package managers keep what they downloaded, between builds. Not every tool can share its folder with another of its kind,
/// so two builds at once never get the same: each takes the first free of a row.
/// </summary>
internal sealed class PackageCaches : IDisposable
{
    private const string Folder = "/nua/build/cache/";
    private const int Most = 64;

    /// <summary>Which variables tell a tool where its cache is.</summary>
    private static readonly Dictionary<string, string[]> _variables = new(StringComparer.Ordinal)
    {
        ["npm"] = ["npm_config_cache"],
        ["pip"] = ["PIP_CACHE_DIR"],
        ["yarn"] = ["YARN_CACHE_FOLDER", "YARN_GLOBAL_FOLDER"],
        ["pnpm"] = ["npm_config_store_dir", "PNPM_STORE_DIR"],
        ["nuget"] = ["NUGET_PACKAGES"],
        ["bun"] = ["BUN_INSTALL_CACHE_DIR"],
        ["deno"] = ["DENO_DIR"],
        ["go"] = ["GOMODCACHE", "GOCACHE"],
        ["cargo"] = ["CARGO_HOME"],
        ["composer"] = ["COMPOSER_CACHE_DIR"],
    };

    private readonly List<FileLock> _locks = [];

    private PackageCaches()
    {
    }

    public List<ContainerMount> Mounts { get; } = [];

    public SortedDictionary<string, string> Env { get; } = new(StringComparer.Ordinal);

    /// <param name="home">The store's folder, where the locks are.</param>
    public static PackageCaches Take(string home, IEnumerable<string> names)
    {
        var taken = new PackageCaches();
        foreach (var name in names.Where(_variables.ContainsKey).Distinct())
        {
            var slot = taken.FirstFree(home, name);
            taken.Mounts.Add(new ContainerMount("bind", $"home:caches/{name}-{slot}", Folder + name));
            foreach (var variable in _variables[name])
            {
                taken.Env[variable] = Folder + name;
            }
        }

        return taken;
    }

    public void Dispose() => _locks.ForEach(held => held.Dispose());

    private int FirstFree(string home, string name)
    {
        var folder = Path.Combine(home, "caches", "locks");
        DurableFile.CreateDirectory(folder);
        for (var slot = 0; slot < Most; slot++)
        {
            if (FileLock.TryExclusive(Path.Combine(folder, $"{name}-{slot}"), out var held))
            {
                _locks.Add(held);
                return slot;
            }
        }

        throw new InvalidOperationException($"more than {Most} builds use the {name} cache at once");
    }
}
