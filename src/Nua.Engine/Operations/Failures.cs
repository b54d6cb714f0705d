using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Engine.Operations;

/// <summary>What stopped an operation, as a problem for the report.</summary>
internal static class Failures
{
    public static Problem ProblemOf(Exception failure) => failure switch
    {
        ProblemException known => known.Problems[0],
        OperationCanceledException => new Problem("NUA5204", "it was interrupted"),
        IOException full when Posix.IsDiskFull(full) => new Problem("NUA5205", "the disk is full")
        {
            Why = Printable.Escape(full.Message, 300),
            Remedy = "free space on the file system of NUA_HOME; 'nua prune' empties caches",
        },
        _ => new Problem("NUA5206", "an unexpected error stopped it")
        {
            Why = Printable.Escape($"{failure.GetType().Name}: {failure.Message}", 300),
        },
    };
}
