using Nua.Cli.Output;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Cli;

/// <summary>The one place where exceptions end: each becomes coded problems and an exit status.</summary>
public static class Failure
{
    private const int NoPermission = 13;
    private const int ReadOnlyFileSystem = 30;

    /// <param name="full">The status for a full disk.</param>
    public static async Task<int> CatchAsync(Func<Task<int>> run, Messages messages, Interruption interruption, int full = ExitStatus.Failed)
    {
        try
        {
            return await run();
        }
        catch (Exception) when (interruption.Token.IsCancellationRequested)
        {
            messages.Note("interrupted; nothing is left half done");
            return interruption.Status;
        }
        catch (ProblemException exception)
        {
            messages.Report(exception.Problems);
            messages.Stack(exception);
            // NUA4031 comes from the worker, which knows no statuses: the disk of the store is full.
            return exception.ExitCode == ExitStatus.Failed && exception.Problems.Any(problem => problem.Code == "NUA4031") ? full : exception.ExitCode;
        }
#pragma warning disable CA1031 // The last catch of the process: whatever it is, the user gets a coded problem, not a crash dump.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            messages.Report([exception is IOException or UnauthorizedAccessException ? OfFiles(exception) : Unexpected(exception)]);
            messages.Stack(exception);
            return Posix.IsDiskFull(exception) ? full : ExitStatus.Failed;
        }
    }

    private static Problem OfFiles(Exception exception) =>
        new("NUA9003", "reading or writing a file failed")
        {
            Why = Printable.Escape(exception.Message, 600),
            Remedy = exception.HResult switch
            {
                _ when Posix.IsDiskFull(exception) => "free space on that file system ('nua prune' empties the store's caches), then run the command again",
                NoPermission => "run as a user who may use that path, or point NUA_HOME at a folder of your own",
                ReadOnlyFileSystem => "point NUA_HOME (or the destination) at a file system that can be written",
                _ when exception is UnauthorizedAccessException =>
                    "run as a user who may use that path, or point NUA_HOME at a folder of your own",
                _ => null,
            },
        };

    private static Problem Unexpected(Exception exception) =>
        new("NUA9001", $"unexpected error: {exception.GetType().Name}")
        {
            Why = Printable.Escape(exception.Message, 600),
            Remedy = "this is a defect of nua: run the command again with --verbose and report what it prints",
        };
}
