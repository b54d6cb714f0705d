namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Environments of Node applications: of their installation, their build and their start.</summary>
internal static class NodeEnv
{
    /// <summary>Servers that listen on localhost alone unless a variable says otherwise.</summary>
    private static readonly (string Package, string Name)[] _addresses = [("fastify-cli", "FASTIFY_ADDRESS")];

    public static SortedDictionary<string, string> Production() =>
        new(StringComparer.Ordinal) { ["NODE_ENV"] = "production" };

    public static SortedDictionary<string, string> OfInstall(PackageJson package, PackageManager manager)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["CI"] = "true" };
        if (package.Uses("puppeteer"))
        {
            env["PUPPETEER_SKIP_DOWNLOAD"] = "true";
        }

        if (package.Uses("playwright"))
        {
            env["PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD"] = "1";
        }

        if (manager.IsBerry)
        {
            env["YARN_ENABLE_TELEMETRY"] = "0";
            // With the global cache the archives would stay outside the application.
            env["YARN_ENABLE_GLOBAL_CACHE"] = manager.IsPlugAndPlay ? "false" : "true";
        }

        return env;
    }

    public static SortedDictionary<string, string> OfBuild(Framework? framework = null)
    {
        var env = Production();
        foreach (var (name, value) in framework?.BuildEnv ?? new Dictionary<string, string>())
        {
            env[name] = value;
        }

        // The sandbox says CI=true, and Create React App then makes every lint warning an error.
        env["CI"] = "false";
        foreach (var quiet in (string[])["NEXT_TELEMETRY_DISABLED", "ASTRO_TELEMETRY_DISABLED",
            "NUXT_TELEMETRY_DISABLED", "DO_NOT_TRACK"])
        {
            env[quiet] = "1";
        }

        env["NG_CLI_ANALYTICS"] = "false";
        env["GATSBY_TELEMETRY_DISABLED"] = "1";
        return env;
    }

    /// <summary>A line that calls the commands of packages by name, as scripts do.</summary>
    public static BuildStep WithCommands(BuildStep step) => step with
    {
        Env = new SortedDictionary<string, string>(OfBuild(), StringComparer.Ordinal)
        {
            ["PATH"] = $"{NuaPaths.Source}/node_modules/.bin:{NuaPaths.Path}",
        },
    };

    /// <param name="commands">Folders whose packages' commands are called by name.</param>
    public static SortedDictionary<string, string> OfStart(PackageJson package, Framework? framework, IReadOnlyList<string> commands)
    {
        var env = Production();
        foreach (var (name, value) in framework?.Env ?? new Dictionary<string, string>())
        {
            env[name] = value;
        }

        if (package.Uses("puppeteer") || package.Uses("playwright"))
        {
            env["PUPPETEER_EXECUTABLE_PATH"] = "/usr/bin/chromium";
        }

        foreach (var (_, name) in _addresses.Where(pair => package.Dependencies.ContainsKey(pair.Package)))
        {
            env[name] = "0.0.0.0";
        }

        if (commands.Count > 0)
        {
            // Node itself comes first, as in every image.
            env["PATH"] = string.Join(
                ':', [NuaPaths.Bin, .. commands.Select(folder => $"{folder}/node_modules/.bin"), NuaPaths.Path[(NuaPaths.Bin.Length + 1)..]]);
        }

        return env;
    }
}
