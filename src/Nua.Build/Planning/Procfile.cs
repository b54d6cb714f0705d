namespace Nua.Build.Planning;

/// <summary>The processes of a <c>Procfile</c>: lines <c>NAME: COMMAND</c>. Lines of another form are no processes.</summary>
internal sealed record Procfile(IReadOnlyList<(string Name, string Command)> Processes)
{
    public const string FileName = "Procfile";
    private const int Largest = 65536;
    private const string Web = "web";
    private const string ReleaseName = "release";

    /// <summary>What is done once for a new version, before it starts: migrations.</summary>
    public string? Release => Find(ReleaseName);

    public static Procfile Read(AppFolder? folder)
    {
        var processes = new List<(string, string)>();
        foreach (var line in (folder?.ReadText(FileName, Largest) ?? "").Split('\n'))
        {
            var colon = line.IndexOf(':');
            if (colon > 0 && line[..colon].All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && line[(colon + 1)..].Trim() is { Length: > 0 } command)
            {
                processes.Add((line[..colon], command));
            }
        }

        return new Procfile(processes);
    }

    /// <summary>The process that an image runs: <c>web</c>, else <c>worker</c>, else the only one. An image runs one.</summary>
    /// <exception cref="Nua.Foundation.ProblemException">NUA2016: several, and none of them is named so.</exception>
    public (string Name, string Command)? Main(PlanNotes notes)
    {
        var others = Processes.Where(process => process.Name != ReleaseName).ToList();
        if (others.Count == 0)
        {
            return null;
        }

        var name = ((string[])[Web, "worker"]).FirstOrDefault(known => others.Exists(process => process.Name == known))
            ?? (others.Count == 1 ? others[0].Name : throw new Nua.Foundation.ProblemException(
                StackProblems.SeveralChoices($"processes in {FileName}", others.Select(process => process.Name), "`run.start = \"…\"`")));
        foreach (var left in others.Where(process => process.Name != name))
        {
            notes.Decide($"process {left.Name}", "not started", $"an image runs one process, here {name}", $"run.start = {Nua.Config.TomlText.Quote(left.Command)}");
        }

        return others.Find(process => process.Name == name);
    }

    public static bool IsServer(string name) => name == Web;

    private string? Find(string name) => Processes.FirstOrDefault(process => process.Name == name).Command;
}
