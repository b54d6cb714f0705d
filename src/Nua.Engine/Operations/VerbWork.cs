using System.Text;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Runs a verb as the contract's table of exit codes wants it.</summary>
internal static class VerbWork
{
    private const int Unavailable = 69, Temporary = 75, Tries = 4, TailLength = 2000, PlanLimit = 60;

    /// <summary>Asks an image what it would do, on the present data, which it cannot write. Optional in the contract: whoever does not answer is not asked further.</summary>
    public static Task<VerbResult> PlanAsync(Workplace place, SwitchVerb verb, InstanceRecord record, InstanceSettings settings, CancellationToken cancel) =>
        place.Engine.RunAsync(
            place.Containers.Verb(verb with { Reads = record.Release, TimeLimit = PlanLimit }, record.Generation, settings, isEmpty: false), (_, _) => { }, cancel);

    /// <exception cref="ProblemException">NUA5207: it did not end with 0.</exception>
    public static async Task RunAsync(
        Workplace place, SwitchVerb verb, int generation, InstanceSettings settings, bool isEmpty, CancellationToken cancel)
    {
        var tail = new StringBuilder();
        var (result, tries) = await TryAsync(place, verb, place.Containers.Verb(verb, generation, settings, isEmpty), tail, cancel);
        if (result.Status != 0)
        {
            throw new ProblemException(new Problem("NUA5207", $"'{verb}' of {Readiness.Name(verb.Release)} {Meaning(result.Status, verb)}")
            {
                Why = tail.Length > 0 ? $"it printed at last:\n{Last(tail)}" : "it printed nothing",
                Remedy = tries > 1 ? $"it was tried {tries} times" : null,
            })
            { ExitCode = result.Status is >= 64 and <= 78 or 3 ? result.Status : 1 };
        }
    }

    private static async Task<(VerbResult Result, int Tries)> TryAsync(
        Workplace place, SwitchVerb verb, VerbRun run, StringBuilder tail, CancellationToken cancel)
    {
        var begun = place.Time.GetTimestamp();
        var pause = place.Times.Retry;
        for (var tries = 1; ; tries++)
        {
            tail.Clear();
            var result = await place.Engine.RunAsync(run, (stream, bytes) => Note(place, tail, stream, bytes), cancel);
            var isOver = place.Time.GetElapsedTime(begun) + pause > TimeSpan.FromSeconds(verb.TimeLimit);
            if (isOver || !(result.Status == Unavailable || (result.Status == Temporary && tries < Tries)))
            {
                return (result, tries);
            }

            await Task.Delay(pause, place.Time, cancel);
            pause *= 2;
        }
    }

    private static void Note(Workplace place, StringBuilder tail, int stream, ReadOnlyMemory<byte> bytes)
    {
        place.Output(stream, bytes);
        lock (tail)
        {
            tail.Append(Encoding.UTF8.GetString(bytes.Span));
            if (tail.Length > TailLength)
            {
                tail.Remove(0, tail.Length - TailLength);
            }
        }
    }

    private static string Last(StringBuilder tail)
    {
        lock (tail)
        {
            return string.Join('\n', tail.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(5).Select(line => Printable.Escape(line, 200)));
        }
    }

    private static string Meaning(int status, SwitchVerb verb) => status switch
    {
        3 => "is not supported",
        65 => "refused the data (65)",
        Unavailable => "found a service it needs away (69)",
        73 => "could not write, the disk may be full (73)",
        Temporary => "was busy (75)",
        77 => "lacks a permission (77)",
        78 => "misses a setting or secret (78)",
        124 => $"was not done within {verb.TimeLimit} s",
        > 128 => $"was ended by signal {status - 128}",
        _ => $"failed with {status}",
    };
}
