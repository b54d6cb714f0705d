using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

internal enum EntryProtocol
{
    Wsgi,
    Asgi,
}

/// <summary>The object that a web server loads, found by reading the code.</summary>
/// <param name="File">Where it is.</param>
/// <param name="Module">As imported from <paramref name="Folder"/>.</param>
/// <param name="Folder">Relative to the source; what must be on the import path. Empty is the top.</param>
/// <param name="IsFactory">A function that makes the object.</param>
internal sealed record PythonEntry(
    string File, string Folder, string Module, string Variable, EntryProtocol Protocol, bool IsFactory,
        string Framework)
{
    private static readonly string[] _files =
        ["wsgi.py", "asgi.py", "app.py", "main.py", "server.py", "application.py", "api.py", "web.py", "run.py",
            "index.py", "start.py", "__init__.py"];

    private static readonly string[] _variables = ["application", "app", "server", "api", "asgi_app", "wsgi_app"];
    private static readonly string[] _factories = ["create_app", "make_app", "create_application", "get_app",
        "app_factory", "build_app"];

    /// <summary>Full name of what makes the object, its protocol, and the name to show.</summary>
    private static readonly Dictionary<string, (EntryProtocol Protocol, string Framework)> _makers =
        new(StringComparer.Ordinal)
    {
        ["flask.Flask"] = (EntryProtocol.Wsgi, "Flask"), ["flask.app.Flask"] = (EntryProtocol.Wsgi, "Flask"),
        ["apiflask.APIFlask"] = (EntryProtocol.Wsgi, "APIFlask"),
        ["flask_openapi3.OpenAPI"] = (EntryProtocol.Wsgi, "Flask"),
        ["eve.Eve"] = (EntryProtocol.Wsgi, "Eve"), ["connexion.FlaskApp"] = (EntryProtocol.Wsgi, "Connexion"),
        ["bottle.Bottle"] = (EntryProtocol.Wsgi, "Bottle"), ["bottle.default_app"] = (EntryProtocol.Wsgi, "Bottle"),
        ["bottle.app"] = (EntryProtocol.Wsgi, "Bottle"), ["falcon.App"] = (EntryProtocol.Wsgi, "Falcon"),
        ["falcon.API"] = (EntryProtocol.Wsgi, "Falcon"), ["cherrypy.Application"] = (EntryProtocol.Wsgi, "CherryPy"),
        ["django.core.wsgi.get_wsgi_application"] = (EntryProtocol.Wsgi, "Django"),
        ["django.core.asgi.get_asgi_application"] = (EntryProtocol.Asgi, "Django"),
        ["channels.routing.ProtocolTypeRouter"] = (EntryProtocol.Asgi, "Django Channels"),
        ["fastapi.FastAPI"] = (EntryProtocol.Asgi, "FastAPI"),
        ["fastapi.applications.FastAPI"] = (EntryProtocol.Asgi, "FastAPI"),
        ["starlette.applications.Starlette"] = (EntryProtocol.Asgi, "Starlette"),
        ["quart.Quart"] = (EntryProtocol.Asgi, "Quart"),
        ["litestar.Litestar"] = (EntryProtocol.Asgi, "Litestar"),
        ["starlite.Starlite"] = (EntryProtocol.Asgi, "Starlite"),
        ["falcon.asgi.App"] = (EntryProtocol.Asgi, "Falcon"), ["sanic.Sanic"] = (EntryProtocol.Asgi, "Sanic"),
        ["blacksheep.Application"] = (EntryProtocol.Asgi, "BlackSheep"),
        ["blacksheep.server.Application"] = (EntryProtocol.Asgi, "BlackSheep"),
        ["fasthtml.common.FastHTML"] = (EntryProtocol.Asgi, "FastHTML"),
        ["fasthtml.common.fast_app"] = (EntryProtocol.Asgi, "FastHTML"),
        ["socketio.ASGIApp"] = (EntryProtocol.Asgi, "Socket.IO"),
        ["connexion.AsyncApp"] = (EntryProtocol.Asgi, "Connexion"),
        ["responder.API"] = (EntryProtocol.Asgi, "Responder"),
    };

    /// <summary>As servers name it: <c>package.module:variable</c>.</summary>
    public string Target => $"{Module}:{Variable}";

    /// <summary>The best of all that are found; null when the code holds none.</summary>
    public static PythonEntry? Find(AppFolder folder)
    {
        foreach (var file in CodeFiles.Find(folder, ".py").OrderBy(Rank))
        {
            // Most modules make no application: the words that one needs are looked for before the text is taken apart.
            if (folder.ReadHead(file) is { } text && MayHold(text) && In(folder, file, PythonSource.Read(text))
                is { } entry)
            {
                return entry;
            }
        }

        return null;
    }

    /// <summary>Lower is better: a file made for servers wherever it is, then the usual names, then depth.</summary>
    private static int Rank(string file)
    {
        var name = file[(file.LastIndexOf('/') + 1)..];
        var depth = file.Count(c => c == '/');
        var index = Array.IndexOf(_files, name);
        return name is "wsgi.py" or "asgi.py" ? index * 8 + depth : 1000 + depth * 100 + (index < 0 ? 50 : index);
    }

    private static bool MayHold(string text) =>
        text.Contains("import", StringComparison.Ordinal) || text.Contains("start_response", StringComparison.Ordinal)
        || text.Contains("receive", StringComparison.Ordinal);

    private static PythonEntry? In(AppFolder folder, string file, PythonSource source)
    {
        var found = source.Assignments()
            .Select(item => (item.Name, Maker: Maker(folder, file, source, item.Callee, item.IsCall)))
            .Where(item => item.Maker is not null)
            .OrderBy(item => Array.IndexOf(_variables, item.Name) is >= 0 and var index ? index : _variables.Length)
            .ToList();
        if (found.Count > 0)
        {
            return Make(folder, file, source, found[0].Name, found[0].Maker!.Value, isFactory: false);
        }

        return Reexported(folder, file, source) ?? Function(folder, file, source);
    }

    private static (EntryProtocol Protocol, string Framework)? Maker(
        AppFolder folder, string file, PythonSource source, string callee, bool isCall)
    {
        var full = source.FullName(callee);
        if (!isCall)
        {
            // Dash: "server = app.server" is the Flask application inside.
            return callee.EndsWith(".server", StringComparison.Ordinal) && source.Imports.Values
                .Any(name => name is "dash" or "dash.Dash")
                ? (EntryProtocol.Wsgi, "Dash") : null;
        }

        if (_makers.TryGetValue(full, out var known))
        {
            return known;
        }

        if (!callee.Contains('.', StringComparison.Ordinal)
            && source.Imports.Values.Where(name => name.StartsWith('*')).Select(name => $"{name[1..]}.{callee}")
                .FirstOrDefault(_makers.ContainsKey) is { } star)
        {
            return _makers[star];
        }

        if (callee.EndsWith(".make_wsgi_app", StringComparison.Ordinal))
        {
            return (EntryProtocol.Wsgi, "Pyramid");
        }

        return Array.IndexOf(_factories, callee[(callee.LastIndexOf('.') + 1)..]) >= 0
            ? MadeBy(folder, file, source, full) : null;
    }

    /// <summary>What a factory makes: told by what its file, or the file it is imported from, uses.</summary>
    private static (EntryProtocol, string)? MadeBy(AppFolder folder, string file, PythonSource source, string full)
    {
        if (Used(source) is { } here)
        {
            return here;
        }

        var module = full.Contains('.', StringComparison.Ordinal) ? full[..full.LastIndexOf('.')].Trim('.') : "";
        var path = module.Replace('.', '/');
        var beside = file.Contains('/', StringComparison.Ordinal) ? file[..(file.LastIndexOf('/') + 1)] : "";
        foreach (var candidate in (string[])[path + ".py", path + "/__init__.py", beside + path + ".py", beside + path
            + "/__init__.py", $"src/{path}/__init__.py"])
        {
            if (path.Length > 0 && folder.ReadHead(candidate) is { } text && Used(PythonSource.Read(text)) is { } there)
            {
                return there;
            }
        }

        return file.EndsWith("asgi.py", StringComparison.Ordinal) ? (EntryProtocol.Asgi, "ASGI")
            : file.EndsWith("wsgi.py", StringComparison.Ordinal) ? (EntryProtocol.Wsgi, "WSGI") : null;
    }

    private static (EntryProtocol, string)? Used(PythonSource source)
    {
        foreach (var full in source.Imports.Values)
        {
            if (_makers.TryGetValue(full, out var known))
            {
                return known;
            }

            if (_makers.FirstOrDefault(pair => pair.Key.StartsWith(full + ".", StringComparison.Ordinal)
                && !full.Contains('.', StringComparison.Ordinal))
                is { Key: not null } pair)
            {
                return pair.Value;
            }
        }

        return null;
    }

    /// <summary><c>wsgi.py</c> that only imports the object from elsewhere.</summary>
    private static PythonEntry? Reexported(AppFolder folder, string file, PythonSource source)
    {
        var name = file[(file.LastIndexOf('/') + 1)..];
        if (name is not ("wsgi.py" or "asgi.py") || Array.Find(_variables, source.Imports.ContainsKey)
            is not { } variable)
        {
            return null;
        }

        var maker = MadeBy(folder, file, source, source.Imports[variable])
            ?? (name == "asgi.py" ? (EntryProtocol.Asgi, "ASGI") : (EntryProtocol.Wsgi, "WSGI"));
        return Make(folder, file, source, variable, maker, isFactory: false);
    }

    private static PythonEntry? Function(AppFolder folder, string file, PythonSource source)
    {
        foreach (var (name, parameters, isAsync) in source.Functions())
        {
            var names = parameters.Split(',').Select(part => part.Split(':', '=')[0].Trim()).ToList();
            if (names is ["environ" or "env", "start_response"] && !isAsync)
            {
                return Make(folder, file, source, name, (EntryProtocol.Wsgi, "WSGI"), isFactory: false);
            }

            if (names is ["scope", "receive", "send"] && isAsync)
            {
                return Make(folder, file, source, name, (EntryProtocol.Asgi, "ASGI"), isFactory: false);
            }

            var needsNothing = names.TrueForAll(item => item.Length == 0 || item.StartsWith('*'))
                || parameters.Split(',').All(part => part.Contains('=', StringComparison.Ordinal));
            if (Array.IndexOf(_factories, name) >= 0 && needsNothing && MadeBy(folder, file, source, name) is { } maker)
            {
                return Make(folder, file, source, name, maker, isFactory: true);
            }
        }

        return null;
    }

    private static PythonEntry Make(
        AppFolder folder, string file, PythonSource source, string variable,
            (EntryProtocol Protocol, string Framework) maker, bool isFactory)
    {
        var top = ImportFolder(folder, file, source);
        var relative = (top.Length == 0 ? file : file[(top.Length + 1)..])[..^3];
        var module = relative.Replace('/', '.');
        module = module.EndsWith(".__init__", StringComparison.Ordinal) ? module[..^9] : module;
        return new PythonEntry(file, top, module, variable, maker.Protocol, isFactory, maker.Framework);
    }

    /// <summary>The folder that imports start from: above the outermost package, or beside the file when it imports its
    /// neighbours by their bare names.</summary>
    private static string ImportFolder(AppFolder folder, string file, PythonSource source)
    {
        var own = file.Contains('/', StringComparison.Ordinal) ? file[..file.LastIndexOf('/')] : "";
        if (own.Length == 0)
        {
            return "";
        }

        var outermost = own;
        while (folder.IsFile(outermost + "/__init__.py"))
        {
            var slash = outermost.LastIndexOf('/');
            if (slash < 0)
            {
                return "";
            }

            outermost = outermost[..slash];
        }

        if (outermost != own)
        {
            return outermost == "src" || !source.TopModules().Any(module => folder.Exists(module)
                || folder.IsFile(module + ".py")) ? outermost : "";
        }

        var importsNeighbour = source.TopModules().Any(module => folder.IsFile($"{own}/{module}.py")
            || folder.IsFile($"{own}/{module}/__init__.py"));
        var importsFromTop = source.TopModules().Any(module => folder.IsFile(module + ".py")
            || folder.IsFolder(module));
        return own == "src" || (importsNeighbour && !importsFromTop) ? own : "";
    }
}
