using System.Text;

namespace Nua.Acceptance.Running;

/// <summary>
/// A page of the documentation. The commands in its <c>console</c> blocks are run as they are printed, one after the other, and must say what
/// the page says. <c>NUA_UPDATE_DOCS=1</c> makes the page say what they say.
/// </summary>
/// <param name="File">From the repository's root.</param>
public sealed record ConsolePage(string File)
{
    /// <summary>What is called otherwise here: a port that is free, a registry of the test's. By the page's name for it.</summary>
    public IReadOnlyDictionary<string, string> Here { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<ConsoleCall> Calls => [.. Parts(System.IO.File.ReadAllLines(FullPath)).Select(part => part.Call).OfType<ConsoleCall>()];

    private static bool IsUpdating => Environment.GetEnvironmentVariable("NUA_UPDATE_DOCS") == "1";

    private string FullPath => Path.Combine(Repository.Root, File);

    /// <summary>The content of the first block of a language.</summary>
    public string Block(string language)
    {
        var blocks = System.IO.File.ReadAllText(FullPath).Split($"```{language}\n", 2);
        return blocks[1][..blocks[1].IndexOf("```", StringComparison.Ordinal)];
    }

    /// <summary>Every call, run by <c>bash</c>. One that serves goes on until all others have ended.</summary>
    /// <param name="bash">With the environment and the folder of the page.</param>
    public async Task HoldsAsync(Shell bash)
    {
        var page = new StringBuilder();
        var servers = new List<RunningProcess>();
        var status = 0;
        try
        {
            foreach (var part in Parts(await System.IO.File.ReadAllLinesAsync(FullPath)))
            {
                page.Append(part.Text);
                if (part.Call is not { } call)
                {
                    continue;
                }

                // What a command ended with is for the next one to ask; a page that does not ask expects success.
                Assert.True(status == 0 || call.Command == "echo $?", $"status {status} before $ {call.Command}");
                var script = bash.With("-c", $"exec 2>&1; (exit {status}); {(call.IsServing ? "exec " : "")}{Replaced(call.Command, back: false)}");
                string printed;
                if (call.IsServing)
                {
                    servers.Add(script.Start());
                    printed = await PrintedAsync(servers[^1], call);
                }
                else
                {
                    var outcome = await RunAsync(script, isPatient: call.Command.StartsWith("curl", StringComparison.Ordinal));
                    (status, printed) = (outcome.Status, Replaced(outcome.Out, back: true));
                }

                Assert.True(
                    IsUpdating || call.IsAnsweredBy(printed), $"{File}: $ {call.Command}\n--- the page says\n{call.Expected}\n--- it said\n{printed}");
                page.Append(IsUpdating ? call.Documented(printed) : call.Expected);
            }

            Assert.True(status == 0, $"status {status} at the end");
            if (IsUpdating)
            {
                await System.IO.File.WriteAllTextAsync(FullPath, page.ToString());
            }
        }
        finally
        {
            foreach (var server in servers)
            {
                server.Signal(System.Runtime.InteropServices.PosixSignal.SIGINT);
                await server.EndAsync(TimeSpan.FromMinutes(1));
                server.Dispose();
            }
        }
    }

    /// <param name="isPatient">Asks a server that may not listen yet: who goes to another window is slower than a test.</param>
    private static async Task<Outcome> RunAsync(Shell script, bool isPatient)
    {
        var outcome = await script.RunAsync();
        for (var tries = 0; isPatient && outcome.Status != 0 && tries < 100; tries++)
        {
            await Task.Delay(100);
            outcome = await script.RunAsync();
        }

        return outcome;
    }

    private async Task<string> PrintedAsync(RunningProcess server, ConsoleCall call)
    {
        // It is ready when it has said all; while the page is written anew, what that is shows only in time.
        for (var tries = 0; tries < (IsUpdating ? 50 : 600) && !server.HasEnded; tries++)
        {
            if (!IsUpdating && call.IsAnsweredBy(Replaced(server.Printed, back: true)))
            {
                break;
            }

            await Task.Delay(100);
        }

        return Replaced(server.Printed, back: true);
    }

    private string Replaced(string text, bool back) => Here.Aggregate(
        text, (said, pair) => back ? said.Replace(pair.Value, pair.Key, StringComparison.Ordinal) : said.Replace(pair.Key, pair.Value, StringComparison.Ordinal));

    /// <summary>The text up to and with each command, and the command; what it prints is left out.</summary>
    private static IEnumerable<(string Text, ConsoleCall? Call)> Parts(string[] lines)
    {
        var text = new StringBuilder();
        var isConsole = false;
        for (var at = 0; at < lines.Length; at++)
        {
            text.Append(lines[at]).Append('\n');
            isConsole = isConsole ? lines[at] != "```" : lines[at] == "```console";
            if (!isConsole || !lines[at].StartsWith("$ ", StringComparison.Ordinal))
            {
                continue;
            }

            var command = new StringBuilder(lines[at][2..]);
            while (lines[at].EndsWith('\\'))
            {
                text.Append(lines[++at]).Append('\n');
                command.Append('\n').Append(lines[at]);
            }

            var expected = new StringBuilder();
            while (lines[at + 1] != "```" && !lines[at + 1].StartsWith("$ ", StringComparison.Ordinal))
            {
                expected.Append(lines[++at]).Append('\n');
            }

            yield return (text.ToString(), new ConsoleCall(command.ToString(), expected.ToString()));
            text.Clear();
        }

        yield return (text.ToString(), null);
    }
}
