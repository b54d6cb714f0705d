namespace Nua.Build.Planning.Stacks.Python;

/// <summary>A program that serves WSGI or ASGI applications.</summary>
internal sealed record PythonServer(string Package, string Command, Func<PythonEntry, IReadOnlyList<string>> Options)
{
    private static readonly PythonServer _gunicorn = new(
        "gunicorn", "gunicorn", entry => ["--bind", "0.0.0.0:$PORT", "--access-logfile", "-", entry.Target
            + (entry.IsFactory ? "()" : "")]) { Debian = "gunicorn" };

    private static readonly PythonServer _waitress = new(
        "waitress", "waitress-serve", entry => ["--listen=0.0.0.0:$PORT", .. entry.IsFactory ? (string[])["--call"]
            : [], entry.Target]);

    private static readonly PythonServer _uwsgi = new(
        "uwsgi", "uwsgi",
        entry => ["--http-socket", "0.0.0.0:$PORT", "--master", "--die-on-term", "--need-app", "--module", entry.Target
            + (entry.IsFactory ? "()" : "")]);

    private static readonly PythonServer _uvicorn = new(
        "uvicorn", "uvicorn", entry => ["--host", "0.0.0.0", "--port", "$PORT", .. entry.IsFactory
            ? (string[])["--factory"] : [], entry.Target]) { Debian = "uvicorn" };

    private static readonly PythonServer _hypercorn = new(
        "hypercorn", "hypercorn", entry => ["--bind", "0.0.0.0:$PORT", entry.Target + (entry.IsFactory ? "()" : "")]);

    private static readonly PythonServer _daphne = new("daphne", "daphne", entry =>
        ["-b", "0.0.0.0", "-p", "$PORT", entry.Target]);

    private static readonly PythonServer _granian = new(
        "granian", "granian",
        entry =>
        [
            "--interface", entry.Protocol == EntryProtocol.Asgi ? "asgi" : "wsgi", "--host", "0.0.0.0", "--port",
            "$PORT",
            .. entry.IsFactory ? (string[])["--factory"] : [], entry.Target,
        ]);

    private static readonly PythonServer[] _wsgi = [_gunicorn, _waitress, _granian, _uwsgi, _hypercorn];
    private static readonly PythonServer[] _asgi = [_uvicorn, _hypercorn, _granian, _daphne];

    /// <summary>Packages that bring a server with them.</summary>
    private static readonly Dictionary<string, string> _bringers = new(StringComparer.Ordinal)
    {
        ["python-fasthtml"] = "uvicorn", ["quart"] = "hypercorn", ["uvicorn-worker"] = "uvicorn",
        ["fastapi-cli"] = "uvicorn",
    };

    /// <summary>Debian's package of it, whose command is in <c>/usr/bin</c>; null when it has none.</summary>
    public string? Debian { get; init; }

    public IReadOnlyList<string> ArgvOfDebian(PythonEntry entry) => [$"/usr/bin/{Command}", .. Options(entry)];

    /// <summary>Debian's, run by the virtual environment's Python: the command in <c>/usr/bin</c> would not see what is installed there.</summary>
    public IReadOnlyList<string> ArgvOfModule(PythonEntry entry) => [$"{NuaPaths.Venv}/bin/python3", "-m", Package, .. Options(entry)];

    public IReadOnlyList<string> Argv(PythonEntry entry) => [$"{NuaPaths.Venv}/bin/{Command}", .. Options(entry)];

    /// <summary>The first server that is declared, else the usual one, to be added.</summary>
    public static (PythonServer Server, bool IsAdded) Choose(EntryProtocol protocol, IReadOnlySet<string> declared)
    {
        var fitting = protocol == EntryProtocol.Wsgi ? _wsgi : _asgi;
        var found = Array.Find(fitting, server => declared.Contains(server.Package))
            ?? Array
                .Find(fitting, server => _bringers.Any(pair => declared.Contains(pair.Key)
                && pair.Value == server.Package));
        return found is null ? (fitting[0], true) : (found, false);
    }

    /// <summary>The server of Debian's packages: the one that is named, else the usual one, to be added.</summary>
    public static PythonServer OfDebian(EntryProtocol protocol, IReadOnlyCollection<string> packages) =>
        NamedOfDebian(protocol, packages) ?? (protocol == EntryProtocol.Wsgi ? _wsgi : _asgi)[0];

    /// <summary>The server that is among Debian's packages; null when none is.</summary>
    public static PythonServer? NamedOfDebian(EntryProtocol protocol, IReadOnlyCollection<string> packages) => Array.Find(
        protocol == EntryProtocol.Wsgi ? _wsgi : _asgi,
        server => server.Debian is { } name && (packages.Contains(name) || packages.Contains("python3-" + name)));

    /// <summary>The server that a command belongs to.</summary>
    public static PythonServer? Of(string command) =>
        _wsgi.Concat(_asgi).FirstOrDefault(server => server.Command == command
            || $"{NuaPaths.Venv}/bin/{server.Command}" == command);
}
