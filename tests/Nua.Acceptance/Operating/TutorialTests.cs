using System.Text;
using System.Text.RegularExpressions;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>The tutorial does what it says: every command of the page is run as it is printed, and says what is printed.</summary>
[Collection(Alone.Name)]
public sealed partial class TutorialTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly int[] _ports = [Web.FreePort(), Web.FreePort()];

    public void Dispose()
    {
        foreach (var home in (string[])[images.Nua.Home, _folder["elsewhere"]])
        {
            new NuaProgram(home).RunAsync("destroy", "notes", "--yes").GetAwaiter().GetResult();
        }

        _folder.Dispose();
    }

    [Theory]
    [InlineData("local")]
    [InlineData("docker")]
    public async Task Page_about_operating_is_true(string kind)
    {
        await using var engine = kind == "docker" ? await ForeignEngine.StartAsync(kind) : null;
        // The examples are built once for all tests; then building here is quick.
        await images.BuildAsync("notes");
        foreach (var (command, expected) in Commands(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/tutorial-operating.md"))))
        {
            var outcome = await RunAsync(command, shell => shell.Set("NUA_ENGINE", kind).Set("DOCKER_HOST", engine?.Host));
            Assert.True(Matches(expected, outcome), $"$ {command}\n--- the page says\n{expected}\n--- it said\n{outcome}");
        }
    }

    private async Task<string> RunAsync(string command, Func<Shell, Shell> with)
    {
        var script = Ported(command);
        var outcome = await with(new Shell("/bin/bash") { Folder = Repository.Root, Limit = TimeSpan.FromMinutes(3) }
            .Set("NUA_HOME", images.Nua.Home).Set("HOME", _folder.Path).Set("NO_COLOR", "1")
            .Set("PATH", $"{Path.GetDirectoryName(Repository.Nua)}:{Environment.GetEnvironmentVariable("PATH")}"))
            .With("-c", $"exec 2>&1; {script}").RunAsync();
        Assert.True(outcome.Status == 0, outcome.ToString());
        return outcome.Out;
    }

    /// <summary>Ports of the page may be taken here; a file it makes must not stay in the repository.</summary>
    private string Ported(string text) => text
        .Replace("18990", $"{_ports[0]}", StringComparison.Ordinal)
        .Replace("18991", $"{_ports[1]}", StringComparison.Ordinal)
        .Replace("notes.backup", _folder["notes.backup"], StringComparison.Ordinal);

    /// <summary><c>…</c> stands for anything in a line, alone for any lines.</summary>
    private bool Matches(string expected, string outcome)
    {
        var pattern = new StringBuilder("^");
        foreach (var line in Ported(expected).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            pattern.Append(line == "…" ? "(?:.*\n)*?" : Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal) + "\n");
        }

        // Columns widen with longer ports.
        return Regex.IsMatch(Spaces().Replace(outcome, " "), Spaces().Replace(pattern.Append('$').ToString().Replace("\\ ", " ", StringComparison.Ordinal), " "));
    }

    private static IEnumerable<(string Command, string Expected)> Commands(string page)
    {
        foreach (Match block in Console().Matches(page))
        {
            foreach (var part in block.Groups[1].Value.Split("\n$ ").Select(text => text.TrimStart('$', ' ')))
            {
                var lines = part.Split('\n', 2);
                yield return (lines[0], lines.ElementAtOrDefault(1) ?? "");
            }
        }
    }

    [GeneratedRegex("```console\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Console();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();
}
