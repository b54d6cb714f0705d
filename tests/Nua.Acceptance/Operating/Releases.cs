using Nua.Acceptance.Running;

namespace Nua.Acceptance.Operating;

/// <summary>Releases of notes that go wrong in their own way: each is notes 2.0 but for a few lines of its configuration.</summary>
public static class Releases
{
    /// <summary>What goes wrong, and the lines of the configuration that make it so.</summary>
    public static IReadOnlyDictionary<string, string[]> Broken { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["upgrade-fails"] = ["lifecycle.upgrade=exit 1"],
        ["upgrade-fails-half-way"] = ["lifecycle.upgrade=echo broken >/nua/data/notes.sqlite; exit 1"],
        ["upgrade-hangs"] = ["lifecycle.upgrade=trap '' TERM; sleep 600", "lifecycle.upgrade-timeout=2"],
        ["upgrade-is-killed"] = ["lifecycle.upgrade=rm /nua/data/notes.sqlite; kill -9 $$"],
        ["upgrade-finds-the-disk-full"] = ["lifecycle.upgrade=python3 /nua/app/app.py migrate; exit 73"],
        ["start-ends"] = ["run.start=exit 1"],
        ["start-is-killed"] = ["run.start=kill -9 $$"],
        ["never-ready"] = ["run.start=sleep 600", "lifecycle.ready-timeout=3"],
        ["ends-while-watched"] = ["run.start=timeout 3 python3 /nua/app/app.py"],
    };

    /// <summary>Builds one of them; the name of its image.</summary>
    public static async Task<string> BuildAsync(NuaProgram nua, string what)
    {
        var version = $"3.0-{what}";
        var lines = Broken[what].Prepend($"metadata.version={version}").SelectMany(line => (string[])["--set", line]);
        (await nua.RunAsync(["build", Repository.Example("notes-2"), .. lines])).Expect(0);
        return $"nua-notes:{version}";
    }
}
