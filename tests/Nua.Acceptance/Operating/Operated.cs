using System.Diagnostics;
using System.Text.Json;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Instances in one store, each with a name of its own, gone at the end.</summary>
public sealed class Operated(NuaProgram nua) : IDisposable
{
    private readonly List<string> _names = [];

    public NuaProgram Nua => nua;

    /// <summary>A name that no other test uses.</summary>
    public string Name()
    {
        var name = $"t{Guid.NewGuid():n}"[..12];
        _names.Add(name);
        return name;
    }

    public string Folder(string name) => Path.Combine(Nua.Home, "instances", name);

    public async Task<string> StateAsync(string name) => (await StatusAsync(name)).GetProperty("state").GetString()!;

    /// <summary>Whatever the exit status says about it.</summary>
    public async Task<JsonElement> StatusAsync(string name)
    {
        var outcome = await Nua.RunAsync("status", name, "--json");
        using var document = JsonDocument.Parse(outcome.Out);
        return document.RootElement.Clone();
    }

    /// <summary>Waits until the instance is as wanted.</summary>
    public async Task AwaitAsync(string name, Func<JsonElement, bool> isSo)
    {
        var clock = Stopwatch.StartNew();
        JsonElement last;
        while (!isSo(last = await StatusAsync(name)))
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"still after 30 s:\n{last}");
            await Task.Delay(50);
        }
    }

    /// <summary>The processes of the instance as this machine sees them: <c>unshare</c>, the supervisor, and all in the containers.</summary>
    public async Task<int[]> ProcessesAsync(string name, string pattern)
    {
        var found = await Shell.ScriptAsync(
            $"p=$(cat '{Folder(name)}/run/pid'); all() {{ for c in $(pgrep -P $1); do echo $c; all $c; done; }}; for p in $(all $p); do tr '\\0' ' ' </proc/$p/cmdline | grep -q -- '{pattern}' && echo $p; done; true");
        return [.. found.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
    }

    public void Dispose()
    {
        foreach (var name in _names.Where(name => Directory.Exists(Folder(name))))
        {
            Nua.RunAsync("destroy", name, "--yes", "--no-backup").GetAwaiter().GetResult();
        }
    }
}
