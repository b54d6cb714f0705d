using Nua.Build.Planning;
using Nua.Config;

namespace Nua.Build.Metadata;

/// <summary>The variables that an image starts its containers with.</summary>
public static class ImageEnvironment
{
    /// <summary><c>PATH</c> once, with those of its folders under <c>/nua</c> that the image has; the port; then the stack's variables and the author's.</summary>
    public static IReadOnlyList<string> Of(BuildPlan plan, ISet<string> folders)
    {
        string[] own = [NuaTree.Bin, NuaTree.Venv + "/bin"];
        var path = (plan.StackEnv.GetValueOrDefault("PATH") ?? NuaPaths.Path).Split(':').Where(folder => !own.Contains(folder) || folders.Contains(folder));
        var env = new List<string> { "PATH=" + string.Join(':', path) };
        if (RuntimeDocument.WebPort(plan) is { } port)
        {
            env.Add($"PORT={port}");
        }

        var given = plan.Config.Env.Where(e => e.Value is not null).ToDictionary(e => e.Name, e => e.Value!, StringComparer.Ordinal);
        env.AddRange(plan.StackEnv.Where(e => e.Key != "PATH" && !given.ContainsKey(e.Key)).Select(e => $"{e.Key}={e.Value}"));
        env.AddRange(given.Where(e => e.Key is not ("PATH" or "PORT")).Select(e => $"{e.Key}={e.Value}"));
        return env;
    }
}
