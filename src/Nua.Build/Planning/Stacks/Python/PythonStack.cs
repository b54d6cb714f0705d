using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Python applications: with packages in <c>/nua/venv</c>, or plain scripts that need nothing but
/// Python.</summary>
internal sealed class PythonStack : IStack
{
    private static readonly string[] _scripts =
        ["main.py", "app.py", "server.py", "start.py", "run.py", "web.py", "bot.py", "hello.py", "index.py",
            "__main__.py"];

    /// <summary>Files that a server imports: they count when there is an application in the code.</summary>
    private static readonly string[] _served = ["wsgi.py", "asgi.py", "application.py", "api.py"];

    private static readonly string[] _wheelFolders = ["", "dist", "wheels", "wheelhouse"];

    public string Name => "python";

    public string LooksFor =>
        "python: requirements.txt, pyproject.toml, setup.py, setup.cfg, Pipfile, *.whl, manage.py, main.py, app.py, server.py, wsgi.py, asgi.py";

    public Candidate? Detect(StackContext context)
    {
        var folder = context.Folder;
        var project = PythonProject.Read(folder, context.Notes.Problems);
        var asks = context.Build.PipInstall.Count > 0;
        var wheels = project.Files.Count > 0 || asks ? [] : Wheels(folder);
        var script = Array.Find(_scripts, folder.IsFile);
        var isNamed = project.Files.Count > 0 || wheels.Count > 0 || script is not null || asks || folder.IsFile("manage.py");
        if (!isNamed && !Array.Exists(_served, folder.IsFile))
        {
            return null;
        }

        var entry = PythonEntry.Find(folder);
        if (!isNamed && entry is null)
        {
            return null;
        }

        var evidence = new List<string>(project.Files.Take(3));
        evidence.AddRange(wheels.Take(1));
        evidence.AddRange(asks ? ["build.pip-install"] : (string[])[]);
        evidence.AddRange(folder.IsFile("manage.py") ? ["manage.py"] : (string[])[]);
        evidence.AddRange(entry is not null ? [$"{entry.Framework} in {entry.File}"] : script is not null ? [script]
            : (string[])[]);
        var hasManifest = project.Files.Count > 0 || wheels.Count > 0 || asks;
        var runs = entry is not null || script is not null || project.Scripts.Count > 0 || wheels.Count > 0;
        var confidence = (hasManifest, runs) switch { (true, true) => 80, (true, false) => 40,
            (_, _) when entry is not null => 70, _ => 60 };
        return new Candidate(Name, confidence, evidence, () => new PythonDraft(context, project, entry, script, wheels)
            .Make());
    }

    /// <summary>Wheels that the folder brings: each is installed.</summary>
    private static List<string> Wheels(AppFolder folder) =>
        [.. _wheelFolders.SelectMany(name => folder.List(name)).Where(entry => entry.Kind == EntryKind.File
            && entry.Name.EndsWith(".whl", StringComparison.Ordinal)).Select(entry => entry.Path)];
}
