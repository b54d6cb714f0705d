namespace Nua.Build.Planning.Stacks.Node;

/// <summary>What is known of the programs that start scripts call.</summary>
internal static class NodeCommands
{
    /// <summary>Commands that a package offers under another name than its own.</summary>
    private static readonly Dictionary<string, string[]> _providers = new(StringComparer.Ordinal)
    {
        ["nest"] = ["@nestjs/cli"], ["remix-serve"] = ["@remix-run/serve"],
        ["react-router-serve"] = ["@react-router/serve"],
        ["strapi"] = ["@strapi/strapi", "strapi"], ["fastify"] = ["fastify-cli"], ["moleculer-runner"] = ["moleculer"],
        ["pm2-runtime"] = ["pm2"], ["medusa"] = ["@medusajs/cli", "@medusajs/medusa"],
        ["keystone"] = ["@keystone-6/core"],
        ["nuxi"] = ["nuxt", "nuxi"], ["ng"] = ["@angular/cli"], ["vue-cli-service"] = ["@vue/cli-service"],
        ["tsc"] = ["typescript"], ["babel-node"] = ["@babel/node"], ["babel"] = ["@babel/cli"], ["swc"] = ["@swc/cli"],
        ["docusaurus"] = ["@docusaurus/core"], ["eleventy"] = ["@11ty/eleventy"],
        ["react-router"] = ["@react-router/dev"], ["remix"] = ["@remix-run/dev"], ["tailwindcss"] = ["@tailwindcss/cli", "tailwindcss"],
        ["dotenv"] = ["dotenv-cli"], ["run-s"] = ["npm-run-all", "npm-run-all2"], ["run-p"] = ["npm-run-all", "npm-run-all2"],
        ["webpack"] = ["webpack", "webpack-cli"], ["sequelize"] = ["sequelize-cli"], ["tsnd"] = ["ts-node-dev"],
        ["ts-node-esm"] = ["ts-node"], ["sucrase-node"] = ["sucrase"], ["coffee"] = ["coffeescript", "coffee-script"],
    };

    private static readonly string[] _developmentServers =
    [
        "react-scripts start", "ng serve", "ng dev", "vue-cli-service serve", "astro dev", "astro preview",
        "astro start", "gatsby develop",
        "gatsby serve", "webpack serve", "webpack-dev-server", "docusaurus start", "docusaurus serve", "vuepress dev",
        "vitepress dev",
        "vitepress preview", "eleventy --serve", "nuxt dev", "nuxt preview", "nuxi dev", "nuxi preview", "snowpack dev",
        "next dev", "expo start", "react-router dev", "remix dev", "remix vite:dev", "vinxi dev",
        "preact watch", "hexo server", "live-server", "http-server", "browser-sync", "parcel index.html",
        "parcel serve", "serve", "vite",
    ];

    private static readonly string[] _watchers = ["nodemon", "ts-node-dev", "tsnd", "supervisor", "node-dev"];

    private static readonly string[] _compilers = ["ts-node", "tsx", "babel-node", "ts-node-esm", "sucrase-node",
        "coffee"];

    /// <summary>Programs of the base and of Node itself: no package has to bring them.</summary>
    private static readonly string[] _ofBase =
        ["node", "npm", "npx", "yarn", "pnpm", "bun", "bunx", "deno", "env", "sh", "echo", "sleep", "cp", "mkdir", "true", "test", "cat"];

    public static bool IsWatcher(string command) => Array.IndexOf(_watchers, command) >= 0;

    public static bool IsCompiler(string command) => Array.IndexOf(_compilers, command) >= 0;

    /// <summary>Packages that may bring a command.</summary>
    public static IReadOnlyList<string> Providers(string command) => _providers.GetValueOrDefault(command, [command]);

    /// <summary>The command that <c>npx</c> runs for a name: that of a package, without its version.</summary>
    public static string OfPackage(string name)
    {
        var version = name.IndexOf('@', Math.Min(1, name.Length));
        var package = version < 0 ? name : name[..version];
        return _providers.FirstOrDefault(pair => pair.Value.Contains(package)).Key ?? package[(package.LastIndexOf('/') + 1)..];
    }

    /// <summary>The command is a program that some package must bring.</summary>
    public static bool IsOfPackage(string command) => command.Length > 0 && char.IsAsciiLetter(command[0])
        && !command.Contains('/', StringComparison.Ordinal) && Array.IndexOf(_ofBase, command) < 0
        && CommandTools.PackagesOf(command).Count == 0;

    /// <summary>A server meant for development, or one that only serves built files.</summary>
    public static bool IsDevelopmentServer(IReadOnlyList<string> argv)
    {
        var words = argv.SkipWhile(word => word is "npx" or "cross-env" or "env" or "bunx"
            || word.Contains('=', StringComparison.Ordinal)).ToList();
        if (words.Count == 0)
        {
            return false;
        }

        var command = string.Join(' ', [OfPackage(words[0]), .. words.Skip(1)]);
        return Array.Exists(_developmentServers, server => command == server
            || command.StartsWith(server + " ", StringComparison.Ordinal));
    }
}
