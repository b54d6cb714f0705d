using System.Diagnostics;

namespace Nua.Tests.Agent;

/// <summary>
/// The agent as it ships: NUA_AGENT, else artifacts/nua-agent when it is newer than its sources, else published once
/// here.
/// </summary>
internal static class AgentBinary
{
    private static readonly Lazy<string> _path = new(Find);

    public static string Path => _path.Value;

    private static string Find()
    {
        if (Environment.GetEnvironmentVariable("NUA_AGENT") is { Length: > 0 } given)
        {
            return given;
        }

        var root = RepositoryRoot();
        var built = System.IO.Path.Combine(root, "artifacts", "nua-agent");
        var sources = Directory.GetFiles(System.IO.Path.Combine(root, "src", "Nua.Agent"), "*.cs",
            SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));
        if (File.Exists(built)
            && sources.All(file => File.GetLastWriteTimeUtc(file) <= File.GetLastWriteTimeUtc(built)))
        {
            return built;
        }

        return Publish(root);
    }

    private static string Publish(string root)
    {
        var output = System.IO.Path.Combine(root, "artifacts", "agent-for-tests");
        string[] arguments =
        [
            "publish", System.IO.Path.Combine(root, "src", "Nua.Agent"), "-c", "Release", "-r",
            System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier,
            "-o", output, "-v", "q", "-nologo", "-p:RunAnalyzers=false",
        ];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var text = publish.StandardOutput.ReadToEnd();
        publish.WaitForExit();
        return publish.ExitCode == 0
            ? System.IO.Path.Combine(output, "nua-agent") : throw new InvalidOperationException(text);
    }

    private static string RepositoryRoot()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = System.IO.Path.GetDirectoryName(directory))
        {
            if (File.Exists(System.IO.Path.Combine(directory, "Nua.slnx")))
            {
                return directory;
            }
        }

        throw new InvalidOperationException("the tests run outside of the repository");
    }
}
