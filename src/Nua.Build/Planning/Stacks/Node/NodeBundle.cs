namespace Nua.Build.Planning.Stacks.Node;

/// <summary>Whether the image has only what a framework's build gathered for its server (Next.js with <c>output: "standalone"</c>, Nuxt): a
/// fraction of the source with its packages, and what the frameworks themselves say to deploy.</summary>
internal static class NodeBundle
{
    /// <summary>Null when something of the author's may need the source: a start or a verb of his own, tests of the finished image.</summary>
    /// <param name="last">The words of the start script; none when it is more than one command, null when there is no such script.</param>
    public static Framework? Of(StackContext context, Framework? framework, PackageManager manager, IReadOnlyList<string>? last)
    {
        if (framework?.Bundled is not { Server: { } server } bundled || manager.IsPlugAndPlay || context.HasStart || context.HasCommands)
        {
            return null;
        }

        var lifecycle = context.Config.Lifecycle;
        string?[] verbs = [lifecycle.Stop, lifecycle.Restart, lifecycle.Upgrade, lifecycle.Rollback, lifecycle.Backup, lifecycle.Restore];
        var needsSource = verbs.Any(verb => verb is not null) || context.Config.Run.BeforeRun.Count > 0 || context.Build.Test.Count > 0
            || context.Build.DocumentRoot is not null || context.Folder.IsFolder("nua") || context.Folder.IsFile(Procfile.FileName);
        return !needsSource && (last is null || last.SequenceEqual(server) || IsFrameworks(last)) ? bundled : null;
    }

    /// <summary>As templates and the documentation of the frameworks write it; with options it is the author's.</summary>
    private static bool IsFrameworks(IReadOnlyList<string> last) =>
        last is ["next", "start"] or ["node", ".next/standalone/server.js"] || NodeCommands.IsDevelopmentServer(last);
}
