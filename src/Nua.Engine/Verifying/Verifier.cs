using System.Globalization;
using Nua.Config;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Verifying;

/// <summary>
/// Puts recognisable data into a live application and looks whether it is there, as its image says (<c>[verify]</c>). It works from inside the container, so neither a
/// published port nor an open gate is needed.
/// </summary>
public sealed class Verifier(IEngine engine, InstanceFolder instance, VerifyConfig plan)
{
    private const int DefaultSeconds = 60;
    private const int LargestAnswer = 4 << 20;
    private const int NoAnswer = 69;

    /// <exception cref="ProblemException">NUA5140: a request was not answered as it must be.</exception>
    public async Task<Seeding> SeedAsync(int number, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        var seeding = new Seeding(number, new SortedDictionary<string, string>(StringComparer.Ordinal));
        for (var i = 0; i < plan.Seed.Count; i++)
        {
            var request = Filled(plan.Seed[i], seeding);
            var reply = await AskAsync(request, isSeeding: true, $"seed {i + 1}", limit.Token);
            var values = new SortedDictionary<string, string>(seeding.Values.ToDictionary(), StringComparer.Ordinal);
            foreach (var (name, source) in request.Capture)
            {
                values[name] = Seeding.Take(reply, source) ?? throw Wrong(isSeeding: true, $"seed {i + 1}", request, $"its answer has no {source}");
            }

            seeding = seeding with { Values = values };
        }

        await CommandAsync(plan.SeedCommand, seeding, "seed-command", limit.Token);
        return seeding;
    }

    /// <exception cref="ProblemException">NUA5141: what was put in is not there as it was.</exception>
    public async Task CheckAsync(Seeding seeding, CancellationToken cancel)
    {
        using var limit = Limit(cancel);
        for (var i = 0; i < plan.Check.Count; i++)
        {
            await AskAsync(Filled(plan.Check[i], seeding), isSeeding: false, $"check {i + 1} of seeding {seeding.Number}", limit.Token);
        }

        await CommandAsync(plan.CheckCommand, seeding, "check-command", limit.Token);
    }

    private static VerifyRequest Filled(VerifyRequest request, Seeding seeding) => request with
    {
        Path = seeding.Fill(request.Path),
        Body = request.Body is { } body ? seeding.Fill(body) : null,
        Headers = request.Headers.ToDictionary(pair => pair.Key, pair => seeding.Fill(pair.Value), StringComparer.Ordinal),
        Contains = [.. request.Contains.Select(seeding.Fill)],
        Lacks = [.. request.Lacks.Select(seeding.Fill)],
    };

    private async Task<HttpReply> AskAsync(VerifyRequest request, bool isSeeding, string what, CancellationToken cancel)
    {
        var answer = new MemoryStream();
        var said = new MemoryStream();
        var status = await engine.ExecAsync(
            instance,
            ["/nua/bin/nua-agent", "request", Convert.ToBase64String(HttpExchange.Request(request))],
            (stream, bytes) => Keep(stream == 1 ? answer : said, bytes),
            cancel);
        if (status is not (0 or NoAnswer))
        {
            throw Wrong(isSeeding, what, request, $"the image's agent cannot ask it (exit status {status}): build the image again");
        }

        var reply = HttpExchange.Reply(answer.ToArray()) ?? throw Wrong(isSeeding, what, request, "it gave no HTTP answer");
        var why = Judge(request, reply);
        return why is null ? reply : throw Wrong(isSeeding, what, request, why);
    }

    private static string? Judge(VerifyRequest request, HttpReply reply)
    {
        var isStatus = request.Status is { } wanted ? reply.Status == wanted : reply.Status is >= 200 and < 400;
        if (!isStatus)
        {
            return $"it was answered {reply.Status}, not {request.Status?.ToString(CultureInfo.InvariantCulture) ?? "200 to 399"}";
        }

        return request.Contains.FirstOrDefault(text => !reply.Body.Contains(text, StringComparison.Ordinal)) is { } missing
            ? $"the answer lacks '{Printable.Escape(missing, 100)}'"
            : request.Lacks.FirstOrDefault(text => reply.Body.Contains(text, StringComparison.Ordinal)) is { } unwanted
                ? $"the answer has '{Printable.Escape(unwanted, 100)}'"
                : null;
    }

    private async Task CommandAsync(string? command, Seeding seeding, string what, CancellationToken cancel)
    {
        if (command is null)
        {
            return;
        }

        var said = new MemoryStream();
        var seed = seeding.Number.ToString(CultureInfo.InvariantCulture);
        var status = await engine.ExecAsync(
            instance, ["/bin/sh", "-e", "-c", $"export NUA_SEED={seed}; cd /nua/app; {command}"], (_, bytes) => Keep(said, bytes), cancel);
        if (status != 0)
        {
            var last = System.Text.Encoding.UTF8.GetString(said.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(3);
            throw new ProblemException(new Problem("NUA5142", $"{what} ended with {status}")
            {
                Where = instance.Name.ToString(),
                Why = Printable.Escape(string.Join("; ", last), 300),
            });
        }
    }

    private static void Keep(MemoryStream into, ReadOnlyMemory<byte> bytes)
    {
        lock (into)
        {
            into.Write(bytes.Span[..(int)Math.Min(bytes.Length, LargestAnswer - into.Length)]);
        }
    }

    private CancellationTokenSource Limit(CancellationToken cancel)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(plan.Timeout ?? DefaultSeconds));
        return limit;
    }

    private ProblemException Wrong(bool isSeeding, string what, VerifyRequest request, string why) => new(
        isSeeding
            ? new Problem("NUA5140", "the application did not take the data it was given") { Where = Where(what, request), Why = why }
            : new Problem("NUA5141", "the application does not have the data it should") { Where = Where(what, request), Why = why });

    private string Where(string what, VerifyRequest request) => Printable.Escape($"{instance.Name}: {what}: {request.Method} {request.Path}", 300);
}
