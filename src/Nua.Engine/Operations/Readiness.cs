using System.Globalization;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Waits for an application to become ready and to stay so.</summary>
internal static class Readiness
{
    private const int Unavailable = 69, Temporary = 75;

    /// <summary>Until a new release is ready. One that ends by itself has failed, unless it says that a service it needs is away.</summary>
    /// <param name="isBeside">It was started beside the one that serves.</param>
    /// <exception cref="ProblemException">NUA5201, NUA5202.</exception>
    public static async Task AwaitReadyAsync(Workplace place, Release release, int seconds, CancellationToken cancel, bool isBeside = false)
    {
        var status = await AwaitAsync(place, release, seconds, isBeside, HasFailed, cancel);
        if (status.State != ServiceState.Ready)
        {
            throw await EndedAsync(place, "NUA5201", $"{Name(release)} ended instead of becoming ready", status, isBeside);
        }
    }

    /// <summary>Until the recorded release is ready again. One that ends by itself is waited for: the engine starts it again.</summary>
    /// <returns>False when there is nothing any more that would: its supervisor or its container is gone.</returns>
    /// <exception cref="ProblemException">NUA5202, NUA5215.</exception>
    public static async Task<bool> TryAwaitReadyAsync(Workplace place, Release release, int seconds, CancellationToken cancel)
    {
        long? stopped = null;
        var status = await AwaitAsync(place, release, seconds, isBeside: false, IsOver, cancel);
        return status switch
        {
            { State: ServiceState.Ready } => true,
            { LastExit: null } => false,
            _ => throw await EndedAsync(place, "NUA5215", $"{Name(release)} ended, and is not started again", status),
        };

        // Between an end and the next start an engine may say for a moment that it is stopped.
        bool IsOver(ServiceStatus now)
        {
            stopped = now.State == ServiceState.Stopped ? stopped ?? place.Time.GetTimestamp() : null;
            return stopped is { } since && place.Time.GetElapsedTime(since) >= place.Times.Stopped;
        }
    }

    /// <exception cref="ProblemException">NUA5203: it ended or became unhealthy meanwhile.</exception>
    public static async Task AwaitSteadyAsync(Workplace place, Release release, CancellationToken cancel)
    {
        var begun = place.Time.GetTimestamp();
        while (place.Time.GetElapsedTime(begun) < place.Times.Steady)
        {
            var status = await place.Engine.StatusAsync(place.Folder, cancel);
            if (status.State != ServiceState.Ready || status.Restarts > 0)
            {
                var after = place.Time.GetElapsedTime(begun).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
                throw await EndedAsync(place, "NUA5203", $"{Name(release)} was ready, and failed {after} s later", status);
            }

            await Task.Delay(Look(place), place.Time, cancel);
        }
    }

    public static string Name(Release release) =>
        Printable.Escape(release.Version.Length > 0 ? $"{release.AppId} {release.Version}" : release.AppId, 120);

    /// <returns>Ready, or what <paramref name="isOver"/> says is the end.</returns>
    private static async Task<ServiceStatus> AwaitAsync(
        Workplace place, Release release, int seconds, bool isBeside, Predicate<ServiceStatus> isOver, CancellationToken cancel)
    {
        var begun = place.Time.GetTimestamp();
        while (true)
        {
            var serving = await place.Engine.StatusAsync(place.Folder, cancel);
            var status = isBeside ? serving.Beside ?? ServiceStatus.None : serving;
            if (status.State == ServiceState.Ready || isOver(status))
            {
                return status;
            }

            if (place.Time.GetElapsedTime(begun) > TimeSpan.FromSeconds(seconds))
            {
                throw new ProblemException(new Problem("NUA5202", $"{Name(release)} was not ready within {seconds} s")
                {
                    Why = (status.Health is { } line ? $"its last health check said: {line}" : "it answered no health check") + await LastAsync(place, isBeside),
                    Remedy = "lifecycle.start.ready-timeout in its nua-config gives it more time",
                });
            }

            await Task.Delay(place.Times.Look, place.Time, cancel);
        }
    }

    private static TimeSpan Look(Workplace place) => place.Times.Look * 4;

    private static bool HasFailed(ServiceStatus status) =>
        status.State == ServiceState.Stopped
        || ((status.State == ServiceState.Restarting || status.Restarts > 0) && status.LastExit is not (Unavailable or Temporary));

    private static async Task<ProblemException> EndedAsync(Workplace place, string code, string what, ServiceStatus status, bool isBeside = false) => new(new Problem(code, what)
    {
        Why = (status.State == ServiceState.Unhealthy || status.LastExit is null
            ? $"its health check says: {status.Health ?? "nothing"}"
            : $"its last exit status was {status.LastExit}") + await LastAsync(place, isBeside),
    });

    /// <summary>What it printed at last: after a failed installation there is no log to look into.</summary>
    private static async Task<string> LastAsync(Workplace place, bool isBeside)
    {
        const int Lines = 5, Among = 100;
        var lines = new List<LogLine>();
        try
        {
            await place.Engine.LogAsync(place.Folder, Among, isFollowed: false, lines.Add, CancellationToken.None);
        }
        catch (Exception unreadable) when (unreadable is ProblemException or IOException or UnauthorizedAccessException)
        {
            // The reason that is being told is more important.
        }

        var last = lines.Where(line => isBeside ? line.Tag == LogFiles.Beside : line.Tag is "out" or "err").TakeLast(Lines).Select(line => Printable.Escape(line.Text, 200)).ToList();
        return last.Count == 0 ? "; it printed nothing" : $"; it printed at last:\n{string.Join('\n', last)}";
    }
}
