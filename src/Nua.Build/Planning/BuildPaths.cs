using System.Text.RegularExpressions;
using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>Some published configurations run the application from its build tree, which no image has: their commands
/// are rewritten.</summary>
internal sealed partial class BuildPaths
{
    private readonly HashSet<string> _sourceNames;
    private readonly PlanNotes _notes;

    /// <param name="sourceNames">Names that the original gave the source's folder below <c>/nua/build</c>: they
    /// vanish.</param>
    public BuildPaths(IEnumerable<string> sourceNames, PlanNotes notes)
    {
        _sourceNames = new HashSet<string>(sourceNames, StringComparer.Ordinal) { "src" };
        _notes = notes;
    }

    /// <summary>The command with every <c>/nua/build/…</c> as <c>/nua/app/…</c>; each change is a warning that shows
    /// both.</summary>
    public string Rewrite(string command, string where) => Pattern().Replace(command, match =>
    {
        var now = Rewritten(match.Value);
        _notes.Add(PlanProblems.PathRewritten(where, match.Value, now));
        return now;
    });

    /// <summary>The configuration with such paths rewritten where the finished image would look for them: volumes,
    /// variables, the health check.</summary>
    public AppConfig Rewrite(AppConfig config) => config with
    {
        Volumes = [.. config.Volumes.Select(volume => volume with { Target = Rewrite(volume.Target, "volume") })],
        Env = [.. config.Env.Select(entry => entry with { Value = entry.Value is { } value ? Rewrite(value, $"env.{entry.Name}") : null })],
        Healthcheck = config.Healthcheck is { Command: { } command } check
            ? check with { Command = Rewrite(command, "healthcheck.command") } : config.Healthcheck,
    };

    private string Rewritten(string path)
    {
        var rest = path["/nua/build".Length..].TrimStart('/');
        var first = rest.Split('/')[0];
        var below = first == "nua" ? "/nua/scripts" + rest[first.Length..]
            : _sourceNames.Contains(first) ? NuaPaths.App + rest[first.Length..]
            : NuaPaths.App + (rest.Length == 0 ? "" : "/" + rest);
        return below;
    }

    // Up to what ends a word in a shell; variables and globs in the path stay.
    [GeneratedRegex("""(?<![\w/.-])/nua/build(?:/[^\s"'`;|&<>():=]*)?(?![\w.-])""")]
    private static partial Regex Pattern();
}
