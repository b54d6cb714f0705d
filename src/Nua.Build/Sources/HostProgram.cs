using System.Diagnostics;
using System.Text;
using Nua.Foundation;

namespace Nua.Build.Sources;

/// <summary>Runs a program of the host (git, npm, bzip2…) with nothing inherited that is not named.</summary>
internal sealed record HostProgram(string File, IReadOnlyDictionary<string, string> Environment)
{
    private const int MaxOutput = 4 * 1024 * 1024;

    /// <summary>Looks along <c>PATH</c>; relative folders in it are passed over. Null when there is no such program.</summary>
    public static HostProgram? Find(
        string name, IReadOnlyDictionary<string, string> hostEnvironment, IReadOnlyDictionary<string, string> environment)
    {
        var path = hostEnvironment.GetValueOrDefault("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        foreach (var folder in path.Split(':').Where(f => f.StartsWith('/')))
        {
            var file = Path.Combine(folder, name);
            if (System.IO.File.Exists(file))
            {
                return new HostProgram(file, environment);
            }
        }

        return null;
    }

    /// <summary>What a program found through <c>PATH</c> needs to work at all.</summary>
    public static SortedDictionary<string, string> Pick(IReadOnlyDictionary<string, string> host, params ReadOnlySpan<string> names)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["LC_ALL"] = "C" };
        foreach (var name in names)
        {
            if (host.TryGetValue(name, out var value))
            {
                result[name] = value;
            }
        }

        return result;
    }

    /// <summary>Runs to the end with empty standard input. Past 4 MiB, output is read but not kept.</summary>
    /// <exception cref="ProblemException">NUA2116: it took longer than <paramref name="limit"/>; it was ended with its children.</exception>
    public async Task<Result> RunAsync(
        IEnumerable<string> arguments, string workDir, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        using var process = Start(arguments, workDir);
        process.StandardInput.Close();
        try
        {
            var output = ReadAsync(process.StandardOutput, deadline.Token);
            var error = ReadAsync(process.StandardError, deadline.Token);
            await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
            return new Result(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            throw SourceProblems.TooSlow(Path.GetFileName(File), limit);
        }
    }

    /// <summary>Starts it with all three streams as pipes; the caller ends it.</summary>
    public Process Start(IEnumerable<string> arguments, string workDir)
    {
        var start = new ProcessStartInfo(File, arguments)
        {
            WorkingDirectory = workDir,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.Environment.Clear();
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var result = new StringBuilder();
        var buffer = new char[16 * 1024];
        int read;
        while ((read = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            result.Append(buffer, 0, Math.Min(read, Math.Max(0, MaxOutput - result.Length)));
        }

        return result.ToString();
    }

    internal sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>The last lines a person needs, without credentials and control characters.</summary>
        public string Summary
        {
            get
            {
                var lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                var text = string.Join("; ", lines.TakeLast(4));
                return Printable.Escape(SourceAddress.WithoutCredentialsInText(text.Length > 0 ? text : $"exit status {ExitCode}"), 600);
            }
        }
    }
}
