using Nua.Build.Planning;
using Nua.Foundation;
using Nua.Rootfs;

namespace Nua.Build.Steps;

/// <summary>Why a phase did not end well, with the last lines of the step that was running and what helps against a known cause.</summary>
internal static class StepFailure
{
    private const int LinesOfFailure = 12;

    /// <param name="network">The step had a network.</param>
    /// <returns>NUA2303 the disk is full; NUA2302 it took too long; NUA2311 it needs too much memory; NUA2301 a command failed.</returns>
    public static ProblemException Of(BuildPhase phase, ContainerResult result, StepOutput output, bool network)
    {
        var step = Printable.Escape(output.Title, 200);
        if (result.IsDiskFull)
        {
            return new ProblemException(new Problem("NUA2303", $"the disk of the store became full during '{step}'")
            {
                Where = $"phase {phase.Name}",
                Remedy = "free space, run 'nua prune', or set NUA_HOME to a larger disk",
            });
        }

        if (result.IsTimeout)
        {
            return new ProblemException(new Problem("NUA2302", $"'{step}' did not end within {phase.TimeoutSeconds} seconds")
            {
                Where = $"phase {phase.Name}",
                Why = string.Join(" | ", output.Last(3)),
                Remedy = "make it end, or allow more time: build.timeout = SECONDS",
            });
        }

        if (result.IsOutOfMemory)
        {
            return new ProblemException(new Problem("NUA2311", $"'{step}' needs more memory than a build may use")
            {
                Where = $"phase {phase.Name}",
                Why = string.Join(" | ", output.Last(3)),
                Remedy = "let it do less at once, or allow more: build.memory = MEBIBYTES",
            });
        }

        const string indent = "\n       ";
        var lines = output.Last(LinesOfFailure).ToList();
        var last = string.Join(indent, lines);
        var errors = output.Errors.Except(lines, StringComparer.Ordinal).ToList();
        var first = errors.Count == 0 ? "" : $"the first errors it wrote:{indent}{string.Join(indent, errors)}\n     ";
        return new ProblemException(new Problem("NUA2301", $"'{step}' failed with status {result.Status}")
        {
            Where = $"phase {phase.Name}",
            Why = last.Length > 0 ? $"{first}its last lines were:{indent}{last}" : null,
            Remedy = FailureHint.Find(result.Status, first + last, network),
        });
    }
}
