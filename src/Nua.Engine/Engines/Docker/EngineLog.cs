using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Foundation.Durable;

namespace Nua.Engine.Engines.Docker;

/// <summary>
/// What the containers of an instance print. While the application's container lives, its lines are the engine's; before it is removed they go to the
/// instance's own log, where those of verbs are already. So a log is as long as on any other engine.
/// </summary>
/// <remarks>The operator notes each start before the container is made. What follows that note in our files is of this container, so the number of
/// its lines there says which of the engine's are missing; times would not, for Podman gives whole seconds.</remarks>
internal sealed class EngineLog(DockerClient client, InstanceFolder instance, TimeProvider time)
{
    private const string Starting = "starting ";

    private readonly ContainerNames _names = new(instance);

    public static bool IsStart(LogLine line) => line.Tag == LogFiles.Operator && line.Text.StartsWith(Starting, StringComparison.Ordinal);

    public static bool IsOfApplication(LogLine line) => line.Tag is "out" or "err";

    /// <summary>The instance's own log, to be written with its lock held.</summary>
    public ServiceLog Open()
    {
        DurableFile.CreateDirectory(instance.Log, 0x1C0);
        return new ServiceLog(instance.Log, time);
    }

    /// <summary>To be called before the container is made.</summary>
    public void NoteStart(string what) => Note(Starting + what);

    /// <summary>A line of the operator's own.</summary>
    public void Note(string text)
    {
        using var log = Open();
        log.Say(text);
    }

    /// <summary>Takes over what the engine has; to be called before the application's container goes. A repeated call takes nothing twice.</summary>
    public async Task KeepAsync(CancellationToken cancel)
    {
        var kept = ReadFiles(null)[^1].Count(IsOfApplication);
        ServiceLog? log = null;
        try
        {
            await ReadContainerAsync(null, kept, line => (log ??= Open()).Write(line), cancel);
        }
        finally
        {
            log?.Dispose();
        }
    }

    /// <summary>Takes over what was printed by a container that was started beside the one whose log this is, and has ended.</summary>
    public async Task KeepBesideAsync(EngineContainer beside, CancellationToken cancel)
    {
        using var log = Open();
        await ReadContainerAsync(beside, null, 0, line => log.Write(line with { Tag = LogFiles.Beside }), cancel);
    }

    /// <summary>What is there now, oldest line first.</summary>
    public async Task<EngineLogPicture> ReadAsync(CancellationToken cancel)
    {
        while (true)
        {
            // The engine's part first: what moves into our files meanwhile is found there.
            var live = new List<LogLine>();
            var container = await ReadContainerAsync(null, 0, live.Add, cancel);
            var tail = new LogTail(instance.Log);
            var runs = ReadFiles(tail);
            if ((await FindAsync(cancel))?.Id is var now && (now ?? "") != container)
            {
                // Another container by now: what was read does not belong to the last start in our files.
                tail.Dispose();
                continue;
            }

            var kept = runs[^1].Count(IsOfApplication);
            runs[^1].AddRange(live.Skip(kept));
            if (await FindBesideAsync(cancel) is { } beside)
            {
                await ReadContainerAsync(beside, null, 0, line => runs[^1].Add(line with { Tag = LogFiles.Beside }), cancel);
            }

            return new EngineLogPicture(
                [.. runs.SelectMany(run => run.OrderByDescending(IsStart).ThenBy(line => line.Time, StringComparer.Ordinal))], container, kept, tail);
        }
    }

    /// <param name="since">Unix time: lines of this second and later; null for all.</param>
    /// <param name="skip">So many of them are left out.</param>
    /// <returns>The container's id; empty when there is none.</returns>
    /// <exception cref="IOException">The engine broke off, and the container is still there.</exception>
    public async Task<string> ReadContainerAsync(long? since, int skip, Action<LogLine> onLine, CancellationToken cancel)
    {
        return await FindAsync(cancel) is { } found ? await ReadContainerAsync(found, since, skip, onLine, cancel) : "";
    }

    /// <summary>Whose log this is: the one that runs, and of two beside each other the one that was there first.</summary>
    public async Task<EngineContainer?> FindAsync(CancellationToken cancel) => await FindAllAsync(cancel) is [var first, ..] ? first : null;

    /// <summary>The one that was started beside it.</summary>
    private async Task<EngineContainer?> FindBesideAsync(CancellationToken cancel) => await FindAllAsync(cancel) is [_, var second] ? second : null;

    private async Task<IReadOnlyList<EngineContainer>> FindAllAsync(CancellationToken cancel)
    {
        var containers = new EngineContainers(client);
        EngineContainer?[] found = [await containers.FindAsync(_names.Service, cancel), await containers.FindAsync(_names.Second, cancel)];
        return [.. found.OfType<EngineContainer>().Where(container => container.IsOurs).OrderBy(container => container.Created)];
    }

    private async Task<string> ReadContainerAsync(EngineContainer found, long? since, int skip, Action<LogLine> onLine, CancellationToken cancel)
    {
        var query = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Timestamps = true,
            Tail = "all",
            Since = since?.ToString(CultureInfo.InvariantCulture),
        };
        var streams = (Out: new StampedLines("out", Give), Error: new StampedLines("err", Give));
        try
        {
            using var output = await client.Containers.GetContainerLogsAsync(found.Id, query, cancel);
            await EngineContainers.CopyAsync(output, (stream, bytes) => (stream == 2 ? streams.Error : streams.Out).Write(bytes.Span), cancel);
        }
        catch (DockerApiException gone) when (EngineContainers.IsGone(gone))
        {
            // It went meanwhile, and its lines are kept.
            return "";
        }
        catch (IOException) when (!cancel.IsCancellationRequested)
        {
            // Podman says so in the middle of the answer, where lines are expected.
            if ((await FindAllAsync(cancel)).All(one => one.Id != found.Id))
            {
                return "";
            }

            throw;
        }

        streams.Out.End();
        streams.Error.End();
        return found.Id;

        void Give(LogLine line)
        {
            if (--skip < 0)
            {
                onLine(line);
            }
        }
    }

    /// <summary>Our files, a list for each start; the first begins before any.</summary>
    private List<List<LogLine>> ReadFiles(LogTail? tail)
    {
        var runs = new List<List<LogLine>> { new() };
        var files = new LogReader(instance.Log);
        foreach (var line in tail is null ? files.Read(last: null) : files.Read(tail))
        {
            if (IsStart(line))
            {
                runs.Add([]);
            }

            runs[^1].Add(line);
        }

        return runs;
    }
}

/// <param name="Container">Whose lines the last are; empty for none.</param>
/// <param name="Kept">How many lines of that container are in our files.</param>
/// <param name="Tail">Goes on behind them.</param>
internal sealed record EngineLogPicture(IReadOnlyList<LogLine> Lines, string Container, int Kept, LogTail Tail) : IDisposable
{
    public void Dispose() => Tail.Dispose();
}
