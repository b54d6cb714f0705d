using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning;

/// <summary>The packager's own folder <c>nua/</c>: what becomes of each file, and the scripts that stand for
/// configuration.</summary>
internal sealed record PackagerFolder(IReadOnlyList<PackagerFile> Files)
{
    private const string Folder = "nua";
    private const int MostFiles = 10_000;
    private const int Deepest = 16;

    /// <summary>Folders whose content the build or the operator makes.</summary>
    private static readonly HashSet<string> _reserved = new(["build", "data", "cache", "backup", "metadata"],
        StringComparer.Ordinal);

    /// <summary>Script that builds, as a path in the sandbox; null when there is none.</summary>
    public string? BuildScript => Find(NuaPaths.BuildMetadata, "build.py") ?? Find(NuaPaths.BuildMetadata, "build.sh");

    /// <summary>Script that starts: its path in the folder and in the image.</summary>
    public PackagerFile? StartScript => Files.FirstOrDefault(file => file.Target is NuaPaths.Scripts + "/start.py")
        ?? Files.FirstOrDefault(file => file.Target is NuaPaths.Scripts + "/start.sh");

    public static PackagerFolder Read(AppFolder folder, PlanNotes notes)
    {
        var files = new List<PackagerFile>();
        foreach (var path in folder.Walk(Folder, Deepest, MostFiles))
        {
            if (Target(path, notes) is { } target)
            {
                files.Add(new PackagerFile(path, target));
            }
        }

        var text = folder.ReadHead($"{Folder}/build.py") ?? "";
        if (PythonSource.Read(text).TopModules().Contains("nua"))
        {
            notes.Add(PlanProblems.OriginalLibrary($"{Folder}/build.py"));
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Source, b.Source));
        return new PackagerFolder(files);
    }

    private static string? Target(string path, PlanNotes notes)
    {
        var below = path[(Folder.Length + 1)..];
        var slash = below.IndexOf('/');
        if (slash < 0)
        {
            return TopTarget(path, below, notes);
        }

        var top = below[..slash];
        var rest = below[(slash + 1)..];
        if (top == "metadata" && rest.StartsWith("nua-config.", StringComparison.Ordinal))
        {
            return null;
        }

        if (_reserved.Contains(top))
        {
            notes.Add(SourceProblems.PackagerFileIgnored(path, $"/nua/{top} is not the packager's to fill"));
            return null;
        }

        return top == "templates" ? $"{NuaPaths.Scripts}/templates/{rest}" : $"/nua/{top}/{rest}";
    }

    private static string? TopTarget(string path, string name, PlanNotes notes)
    {
        if (name.StartsWith("nua-config.", StringComparison.Ordinal))
        {
            return null;
        }

        if (name == "Dockerfile")
        {
            notes.Add(SourceProblems.DockerfileIgnored(path));
            return null;
        }

        return name is "start.py" or "start.sh" ? $"{NuaPaths.Scripts}/{name}" : $"{NuaPaths.BuildMetadata}/{name}";
    }

    private string? Find(string folder, string name) => Files
        .FirstOrDefault(file => file.Target == $"{folder}/{name}")?.Target;
}
