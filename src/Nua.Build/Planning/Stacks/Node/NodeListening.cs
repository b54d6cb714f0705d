using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Whether a Node application accepts connections.</summary>
internal static class NodeListening
{
    /// <summary>Packages of applications that do. Not those that clients use as well, such as <c>ws</c>.</summary>
    private static readonly string[] _packages =
    [
        "express", "koa", "fastify", "@hapi/hapi", "@nestjs/core", "hono", "@hono/node-server", "restify", "polka", "h3",
        "@feathersjs/feathers", "@adonisjs/core", "socket.io", "apollo-server", "@apollo/server", "next", "nuxt", "sails",
        "@strapi/strapi", "json-server", "http-server", "serve", "moleculer-web", "@marblejs/http",
    ];

    /// <summary>Words that only code which accepts connections has.</summary>
    private static readonly string[] _words =
        ["createServer", ".listen(", "env.PORT", "env['PORT']", "env[\"PORT\"]", "Bun.serve", "Deno.serve", "WebSocketServer"];

    private static readonly string[] _extensions = [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"];

    /// <param name="start">Null when the author says how to start.</param>
    public static Listening Find(StackContext context, PackageJson package, Framework? framework, StartSpec? start)
    {
        var found = Find(context.Folder, package, framework);
        var words = (start?.Argv ?? []).SkipWhile(word => word == "env" || word.Contains('=', StringComparison.Ordinal)).ToList();
        var isProgram = words is ["node" or "bun", ..] || (words.Count > 0 && NodeCommands.IsCompiler(words[0][(words[0].LastIndexOf('/') + 1)..]));
        if (!found.IsServer || framework?.Server is not null || !isProgram)
        {
            return found;
        }

        var place = start!.WorkDir.Length > NuaPaths.App.Length ? start.WorkDir[(NuaPaths.App.Length + 1)..] : "";
        var file = words.Skip(1).FirstOrDefault(word => !word.StartsWith('-'));
        var code = PortInCode.Find(context.Folder.Subfolder(place), file is null ? null : AppFolder.Clean(file), _extensions);
        return found.With(code, context.Notes);
    }

    private static Listening Find(AppFolder folder, PackageJson package, Framework? framework) =>
        framework?.Server is not null ? new Listening(true, $"{framework.Name} is a web server")
        : Array.Find(_packages, package.Dependencies.ContainsKey) is { } found
            ? new Listening(true, $"{PackageJson.FileName} depends on {found}")
        : CodeFiles.Mentioning(folder, _words, _extensions) is { } file
            ? new Listening(true, $"{file} opens a port")
        : new Listening(false, "no web framework is used and no code opens a port");
}
