using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Whether a Python application accepts connections.</summary>
internal static class PythonListening
{
    /// <summary>Packages of applications that do. Not those that clients use as well, such as <c>aiohttp</c>.</summary>
    private static readonly string[] _packages =
    [
        "django", "flask", "fastapi", "starlette", "tornado", "sanic", "bottle", "falcon", "cherrypy", "pyramid", "quart",
        "litestar", "hypercorn", "uvicorn", "gunicorn", "waitress", "granian", "daphne", "uwsgi", "streamlit", "gradio", "dash",
        "nicegui", "panel", "bokeh", "voila", "jupyterlab", "notebook", "mkdocs", "web-py", "werkzeug", "robyn", "reflex", "flet",
        "chainlit", "datasette", "fastmcp",
    ];

    /// <summary>Words that only code which accepts connections has.</summary>
    private static readonly string[] _words =
    [
        "\"PORT\"", "'PORT'", "http.server", "serve_forever", ".listen(", ".bind((", "start_server(", "create_server(",
        "make_server(", "run_app(", "socketserver", "xmlrpc.server", "app.run(", "grpc.server(",
    ];

    /// <param name="isElsewhere">What starts may be in a package that is not there to be read.</param>
    /// <returns>Null when nothing tells.</returns>
    public static Listening? Find(AppFolder folder, PythonEntry? entry, IEnumerable<string> packages, bool isElsewhere) =>
        entry is not null ? new Listening(true, $"{entry.Framework} in {entry.File}")
        : Array.Find(_packages, packages.ToHashSet(StringComparer.Ordinal).Contains) is { } found
            ? new Listening(true, $"it uses {found}")
        : CodeFiles.Mentioning(folder, _words, ".py") is { } file ? new Listening(true, $"{file} opens a port")
        : isElsewhere ? null
        : new Listening(false, "no web framework is used and no code opens a port");
}
