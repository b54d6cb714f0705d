using System.Globalization;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Waits for an application to become ready and to stay so.</summary>
internal static class Readiness
{
    private const int Unavailable = 69, Temporary = 75;

    /// <summary>Until it is ready.</summary>
    /// <param name="isPatient">One that ends by itself is waited for, the engine starts it again. Otherwise that is a failure, unless it says
    /// that a service it needs is away.</param>
    /// <exception cref="ProblemException">NUA5201, NUA5202.</exception>
    public static async Task AwaitReadyAsync(Workplace place, Release release, int seconds, bool isPatient, CancellationToken cancel)
    {
        var begun = place.Time.GetTimestamp();
        while (true)
        {
            var status = await place.Engine.StatusAsync(place.Folder, cancel);
            if (status.State == ServiceState.Ready)
            {
                return;
            }

            if (!isPatient && HasFailed(status))
            {
                throw Ended("NUA5201", $"{Name(release)} ended instead of becoming ready", status);
            }

            if (place.Time.GetElapsedTime(begun) > TimeSpan.FromSeconds(seconds))
            {
                throw new ProblemException(new Problem("NUA5202", $"{Name(release)} was not ready within {seconds} s")
                {
                    Why = status.Health is { } line ? $"its last health check said: {line}" : "it answered no health check",
                    Remedy = "'nua logs' shows what it printed; lifecycle.start.ready-timeout in its nua-config gives it more time",
                });
            }

            await Task.Delay(place.Times.Look, place.Time, cancel);
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
                throw Ended("NUA5203", $"{Name(release)} was ready, and failed {after} s later", status);
            }

            await Task.Delay(Look(place), place.Time, cancel);
        }
    }

    public static string Name(Release release) =>
        Printable.Escape(release.Version.Length > 0 ? $"{release.AppId} {release.Version}" : release.AppId, 120);

    private static TimeSpan Look(Workplace place) => place.Times.Look * 4;

    private static bool HasFailed(ServiceStatus status) =>
        status.State == ServiceState.Stopped
        || ((status.State == ServiceState.Restarting || status.Restarts > 0) && status.LastExit is not (Unavailable or Temporary));

    private static ProblemException Ended(string code, string what, ServiceStatus status) => new(new Problem(code, what)
    {
        Why = status.State == ServiceState.Unhealthy || status.LastExit is null
            ? $"its health check says: {status.Health ?? "nothing"}"
            : $"its last exit status was {status.LastExit}",
        Remedy = "'nua logs' shows what it printed",
    });
}
