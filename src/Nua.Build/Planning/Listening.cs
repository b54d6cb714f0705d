using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>
/// Whether the application accepts connections on <c>PORT</c>. A worker does not: its image has no port, and it is well while its process runs.
/// When nothing tells, it is taken for a server, since most applications are.
/// </summary>
internal sealed record Listening(bool IsServer, string Because)
{
    /// <summary>The configuration decides, then the way it is started, then what the stack read in the code.</summary>
    /// <exception cref="ProblemException">NUA2045.</exception>
    public static Listening Find(AppConfig config, StartPlan asked, StartSpec start, Listening? inCode)
    {
        var hasPort = config.Ports.Any(port => port.Name == PortPlan.Web);
        if (config.Run.Listens is { } said)
        {
            return said || !hasPort ? new Listening(said, "run.listens") : throw new ProblemException(PlanProblems.PortOfWorker());
        }

        return hasPort ? new Listening(true, "port.web")
            : config.Healthcheck?.Http is not null ? new Listening(true, "healthcheck.http")
            : start.StaticRoot is not null ? new Listening(true, "files are served")
            : asked.Listening ?? inCode ?? new Listening(true, "nothing asks for another");
    }
}
