using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>
/// Kills, with SIGKILL and at random moments, the command, the supervisor, the agent or the application, in every operation, while users write.
/// Afterwards the instance must be the old one or the new one, whole, every acknowledged note there, and the next command needs no help.
/// </summary>
/// <remarks><c>NUA_FAULTS=500 ./test acceptance -k Whoever_is_killed</c> kills 500 times; without it there are as many as fit into 40 seconds.
/// <c>NUA_FAULT_SEED</c> repeats a run as far as timing allows.</remarks>
public sealed class FaultTests(ExampleImages images) : IDisposable
{
    /// <summary>Rounds however busy the machine is.</summary>
    private const int Fewest = 5;

    private static readonly string[] _victims = ["command", "command", "supervisor", "agent", "application"];
    private readonly Operated _operated = new(images.Nua);
    private readonly SortedDictionary<string, int> _seen = new(StringComparer.Ordinal);

    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => images.Nua;

    private string Backup => _folder["backup.tar.zst"];

    public void Dispose()
    {
        _operated.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Whoever_is_killed_at_whatever_moment_the_instance_is_the_old_one_or_the_new_one()
    {
        var rounds = Number("NUA_FAULTS") ?? int.MaxValue;
        var time = rounds == int.MaxValue ? TimeSpan.FromSeconds(40) : TimeSpan.MaxValue;
        var seed = Number("NUA_FAULT_SEED") ?? Environment.TickCount;
        var random = new Random(seed);
        var (name, port) = await UpAsync();
        using var writer = new NoteWriter(port);
        var clock = Stopwatch.StartNew();
        var kills = 0;
        for (var round = 0; kills < rounds && (kills < Fewest || clock.Elapsed < time); round++)
        {
            kills += await RoundAsync(name, port, writer, random, $"seed {seed}, round {round}") ? 1 : 0;
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, seed {seed}, {writer.Total} notes acknowledged, none lost");
        foreach (var (what, count) in _seen)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{count,4} {what}");
        }
    }

    /// <returns>False when there was nobody left to kill.</returns>
    private async Task<bool> RoundAsync(string name, int port, NoteWriter writer, Random random, string which)
    {
        var before = Record(name);
        var operation = Choose(before, random);
        var victim = _victims[random.Next(_victims.Length)];
        var delay = TimeSpan.FromMilliseconds(random.Next(operation == "destroy" ? 400 : 2500));
        which = $"{which}: {operation}, {victim} killed after {delay.TotalMilliseconds:0} ms";
        // What is destroyed is meant to be gone, written notes included; so is what is written after the backup that is restored.
        var quiet = operation is "destroy" or "restore" ? await writer.PauseAsync() : null;
        if (operation == "restore")
        {
            File.Delete(Backup);
            (await Nua.RunAsync("backup", name, "-o", Backup)).Expect(0);
        }

        using var command = Nua.Shell.With(Words(operation, name, port)).Start();
        await Task.Delay(delay);
        var isKilled = await KillAsync(victim, name, command);
        var outcome = await command.EndAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        if (isKilled)
        {
            Count($"{operation}, {victim}: {(outcome.Status > 128 ? "killed" : $"exit {outcome.Status}")}");
        }

        if (Record(name) is null && !File.Exists(_operated.Folder(name) + "/operation.json"))
        {
            Assert.True(operation is "destroy" or "install", $"{which}: the instance is gone\n{outcome}");
        }
        else
        {
            var next = await Nua.RunAsync("start", name);
            Assert.True(next.Status == 0 || Record(name) is null, $"{which}: the next command failed\n{next}\nfirst:\n{outcome}");
        }

        quiet?.Dispose();
        using var pause = await writer.PauseAsync();
        if (Record(name) is { } after)
        {
            Assert.True(after.Image == before?.Image || after.Version == Target(operation, before), $"{which}: neither old nor new but {after}");
            Assert.False(File.Exists(_operated.Folder(name) + "/operation.json"), which);
            Assert.Equal(after.Generations, Directory.GetDirectories(_operated.Folder(name) + "/generations").Select(path => Path.GetFileName(path)).Order());
            var (missing, why) = await MissingAsync(writer);
            Assert.True(missing is { Count: 0 }, why is null
                ? $"{which}: acknowledged notes are missing\n{outcome}"
                : $"{which}: {why}\n{await Nua.RunAsync("status", name)}\n{await Nua.RunAsync("logs", name, "--tail", "60")}\nthe command that was interrupted:\n{outcome}");
        }
        else
        {
            writer.Forget();
        }

        return isKilled;
    }

    private static async Task<(IReadOnlyList<string>? Missing, string? Why)> MissingAsync(NoteWriter writer)
    {
        try
        {
            return (await writer.MissingAsync(), null);
        }
        catch (HttpRequestException silent)
        {
            return (null, silent.Message);
        }
    }

    private static string Choose(Instance? before, Random random)
    {
        string[] possible = before switch
        {
            null => ["install"],
            { Version: "1.0" } => ["upgrade to 2.0", "upgrade to 2.0", "upgrade to 1.1", "backup", "restore", "restart", "destroy"],
            { CanRollBack: true } => ["rollback", "rollback", "backup", "restore", "restart"],
            { Version: "1.1" } => ["upgrade to 2.0", "backup", "restart"],
            _ => ["destroy"],
        };
        return possible[random.Next(possible.Length)];
    }

    private string[] Words(string operation, string name, int port) => operation switch
    {
        "install" => ["up", "nua-notes:1.0", name, "-p", $"{port}"],
        "upgrade to 2.0" => ["upgrade", name, "nua-notes:2.0", "--steady", "0.3"],
        "upgrade to 1.1" => ["upgrade", name, "nua-notes:1.1", "--steady", "0.3"],
        "rollback" => ["rollback", name, "--steady", "0.3"],
        "backup" => ["backup", name],
        "restore" => ["restore", name, Backup, "--steady", "0.3"],
        "destroy" => ["destroy", name, "--yes", "--no-backup"],
        _ => ["restart", name],
    };

    private static string? Target(string operation, Instance? before) => operation switch
    {
        "install" => "1.0",
        "upgrade to 2.0" => "2.0",
        "upgrade to 1.1" => "1.1",
        "rollback" => before!.Earlier,
        _ => before?.Version,
    };

    /// <returns>Whether there was somebody.</returns>
    private async Task<bool> KillAsync(string victim, string name, RunningProcess command)
    {
        if (victim == "command")
        {
            var isThere = !command.HasEnded;
            if (isThere)
            {
                command.KillOnlyItself();
            }

            return isThere;
        }

        if (!File.Exists(_operated.Folder(name) + "/run/pid"))
        {
            return false;
        }

        var pattern = victim switch { "supervisor" => "__supervise", "agent" => "nua-agent init", _ => "app.py" };
        var killed = false;
        foreach (var pid in await _operated.ProcessesAsync(name, pattern))
        {
            killed |= (await Shell.ScriptAsync($"kill -9 {pid}")).Status == 0;
        }

        return killed;
    }

    private async Task<(string Name, int Port)> UpAsync()
    {
        await images.BuildAsync("notes");
        (await Nua.RunAsync("build", Repository.Example("notes"), "--set", "metadata.version=1.1")).Expect(0);
        (await Nua.RunAsync("build", Repository.Example("notes-2"))).Expect(0);
        var (name, port) = (_operated.Name(), Web.FreePort());
        (await Nua.RunAsync("up", "nua-notes:1.0", name, "-p", $"{port}")).Expect(0);
        return (name, port);
    }

    private Instance? Record(string name)
    {
        var path = _operated.Folder(name) + "/instance.json";
        if (!File.Exists(path))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        var root = document.RootElement;
        var release = root.GetProperty("release");
        var kept = root.TryGetProperty("kept", out var list) ? list.EnumerateArray().ToList() : [];
        var earlier = kept.Where(item => item.GetProperty("why").GetString() == "upgrade"
            && item.GetProperty("release").GetProperty("image").GetString() != release.GetProperty("image").GetString()).ToList();
        return new Instance(
            release.GetProperty("image").GetString()!,
            release.GetProperty("version").GetString()!,
            earlier.Count > 0 ? earlier[0].GetProperty("release").GetProperty("version").GetString() : null,
            [.. kept.Select(item => item.GetProperty("generation").GetInt32()).Append(root.GetProperty("generation").GetInt32())
                .Select(number => number.ToString(CultureInfo.InvariantCulture)).Order()]);
    }

    private void Count(string what) => _seen[what] = _seen.GetValueOrDefault(what) + 1;

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <param name="Earlier">Version that a rollback leads to.</param>
    private sealed record Instance(string Image, string Version, string? Earlier, IReadOnlyList<string> Generations)
    {
        public bool CanRollBack => Earlier is not null;
    }
}
