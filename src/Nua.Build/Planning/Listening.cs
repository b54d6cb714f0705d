using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>
/// Whether the application accepts connections on <c>PORT</c>. A worker does not: its image has no port, and it is well while its process runs.
/// When nothing tells, it is taken for a server, since most applications are.
/// </summary>
internal sealed record Listening(bool IsServer, string Because)
{
    /// <summary>The port that the command or the code names; null when it takes <c>PORT</c>, or nothing is known.</summary>
    public int? Port { get; init; }

    public string PortBecause { get; init; } = "";

    /// <summary>With the port that the code opens.</summary>
    public Listening With(Reading.PortInCode? code, PlanNotes notes)
    {
        if (code is { IsLoopback: true })
        {
            notes.Add(StackProblems.OnlyLocalhost(code.File));
        }

        return code?.Port is { } port ? this with { Port = port, PortBecause = $"{code.File} opens it, and no code reads PORT" } : this;
    }

    /// <summary>The configuration decides, then the way it is started, then what the stack read in the code.</summary>
    /// <exception cref="ProblemException">NUA2045.</exception>
    public static Listening Find(AppConfig config, StartPlan asked, StartSpec start, Listening? inCode)
    {
        var hasPort = config.Ports.Any(port => port.Name == PortPlan.Web);
        if (config.Run.Listens is { } said)
        {
            return said || !hasPort ? new Listening(said, "run.listens") : throw new ProblemException(PlanProblems.PortOfWorker());
        }

        var others = config.Ports.Select(port => port.Name).ToList();
        return hasPort ? new Listening(true, "port.web")
            : config.Healthcheck?.Http is not null ? new Listening(true, "healthcheck.http")
            : start.StaticRoot is not null ? new Listening(true, "files are served")
            : others.Count > 0 && asked.Listening is not { IsServer: true }
                ? new Listening(false, $"[port] gives {string.Join(", ", others.Take(8))} and no web")
            : asked.Listening is { } wish ? wish with { Port = wish.Port ?? inCode?.Port, PortBecause = inCode?.PortBecause ?? "" }
            : inCode ?? new Listening(true, "nothing asks for another");
    }
}
