using System.Diagnostics;

namespace Nua.Foundation;

/// <summary>A program of the host to run to its end, its output kept. Immutable; each <c>With</c> returns a copy.</summary>
/// <param name="Program">Name on PATH or full path; never a shell line.</param>
public sealed record HostCommand(string Program, params IReadOnlyList<string> Arguments)
{
    /// <summary>Variables on top of the caller's environment; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkDir { get; init; }

    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Runs it; standard input is empty.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">the program does not exist.</exception>
    /// <exception cref="TimeoutException">it took longer than <see cref="TimeLimit"/> and was ended.</exception>
    public async Task<HostResult> RunAsync(CancellationToken cancel = default)
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = WorkDir ?? "",
        };
        foreach (var (name, value) in Environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeLimit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new HostResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancel.ThrowIfCancellationRequested();
            throw new TimeoutException($"'{Program}' did not end within {TimeLimit.TotalSeconds:0} seconds");
        }
    }
}

/// <param name="Status">Exit status; .NET gives 128+n for a signal.</param>
public sealed record HostResult(int Status, string Output, string Error)
{
    /// <summary>The last non-empty lines of standard error, for a message.</summary>
    public string ErrorTail(int lines = 5) =>
        Printable.Escape(string.Join(
            "; ", Error.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines)));
}
