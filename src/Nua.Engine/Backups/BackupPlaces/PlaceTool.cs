using System.ComponentModel;
using Nua.Foundation;
using Nua.Sandbox;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>The program that reaches a place: restic or rclone, as the operator has installed and set it up.</summary>
/// <param name="Place">For messages.</param>
internal sealed record PlaceTool(string Name, string Program, string Place)
{
    /// <summary>For the question whether it reaches the place.</summary>
    public static readonly TimeSpan Question = TimeSpan.FromMinutes(2);

    /// <summary>For an answer that takes longer the more is kept there, most of all without a cache.</summary>
    public static readonly TimeSpan Listing = TimeSpan.FromMinutes(30);

    /// <summary>For what takes as long as the backup is large.</summary>
    public static readonly TimeSpan Work = TimeSpan.FromHours(6);

    /// <summary>How long it may take or give nothing while a backup goes through it. It tries again for some minutes by itself.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Variables on top of ours; null removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>How an operator sees what is wrong.</summary>
    public required string Remedy { get; init; }

    /// <exception cref="ProblemException">NUA5143.</exception>
    public static string Locate(string program, string package) => HostTools.Locate(program) ?? throw new ProblemException(
        new Problem("NUA5143", $"the program '{program}' is not installed on this machine")
        {
            Why = "it carries backups to their place and back",
            Remedy = $"{(HostTools.IsRoot ? "" : "sudo ")}apt-get install {package}",
        });

    /// <summary>Runs it to its end with an empty input.</summary>
    /// <exception cref="ProblemException">NUA5144, with <paramref name="exitCode"/>: it failed or did not end in time.</exception>
    public HostResult Run(TimeSpan limit, int exitCode, CancellationToken cancel, params IReadOnlyList<string> arguments)
    {
        var result = Try(limit, exitCode, cancel, arguments);
        return result.Status == 0 ? result : throw Failed(result.ErrorTail(), result.Status, exitCode);
    }

    /// <summary>The same, whatever it ends with.</summary>
    public HostResult Try(TimeSpan limit, int exitCode, CancellationToken cancel, params IReadOnlyList<string> arguments)
    {
        try
        {
            var command = new HostCommand(Program, arguments) { Environment = Environment, TimeLimit = limit };
            return command.RunAsync(cancel).GetAwaiter().GetResult();
        }
        catch (TimeoutException)
        {
            throw Failed($"it did not end within {limit.TotalMinutes:0} minutes", null, exitCode);
        }
        catch (Win32Exception failure)
        {
            throw Failed(Printable.Escape(failure.Message, 200), null, exitCode);
        }
    }

    /// <summary>Sends a backup through the program's input.</summary>
    /// <exception cref="ProblemException">NUA5144 the program failed, NUA5134 the temporary folder is full (exit code 73).</exception>
    public WrittenBackup Send(BackupWriter writer, string temporary, CancellationToken cancel, params IReadOnlyList<string> arguments)
    {
        using var transfer = PlaceTransfer.Sending(this, arguments, cancel);
        try
        {
            var written = writer.Write(transfer.Input, temporary, cancel);
            transfer.CompleteWriting();
            return written;
        }
        catch (IOException failure)
        {
            cancel.ThrowIfCancellationRequested();
            throw transfer.WhyItTakesNoMore() ?? BackupWriter.CannotWrite(temporary, failure);
        }
    }

    /// <summary>Fetches a backup from the program's output.</summary>
    public PlaceContent Fetch(CancellationToken cancel, params IReadOnlyList<string> arguments)
    {
        var transfer = PlaceTransfer.Fetching(this, arguments, cancel);
        return new PlaceContent(transfer.Output, transfer);
    }

    public ProblemException Failed(string said, int? status, int exitCode) => new(
        new Problem("NUA5144", $"the program '{Name}' failed")
        {
            Where = Printable.Escape(Place, 300),
            Why = said.Length > 0 ? said : $"it ended with {status}",
            Remedy = Remedy,
        })
    { ExitCode = exitCode };
}
