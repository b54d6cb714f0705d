using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>What <c>nua up</c> refuses before anything begins, because an instance already stands there.</summary>
public static class UpChecks
{
    /// <exception cref="ProblemException">NUA5050.</exception>
    public static void RefuseOtherEngine(Instance instance, string engine)
    {
        if (instance.Record is { } record && record.Engine != engine)
        {
            throw new ProblemException(new Problem("NUA5050", $"'{record.Name}' runs on the engine '{record.Engine}'")
            {
                Why = "an instance stays on the engine it was made on",
                Remedy = $"leave out --engine, or make another one and restore a backup of '{record.Name}' into it",
            })
            { ExitCode = 2 };
        }
    }

    /// <exception cref="ProblemException">NUA5052.</exception>
    public static void RefuseOtherApplication(Instance instance, Release release)
    {
        if (instance.Record is { } record && record.Release.AppId != release.AppId)
        {
            throw new ProblemException(new Problem("NUA5052", $"the name '{record.Name}' is taken: it is an instance of '{Printable.Escape(record.Release.AppId, 80)}'")
            {
                Remedy = $"choose another name: nua up {Printable.Escape(release.Reference, 120)} NAME",
            });
        }
    }

    /// <exception cref="ProblemException">NUA5053, one for each port.</exception>
    public static void RefuseTakenPorts(InstanceSettings settings, InstanceFolder folder)
    {
        var problems = new List<Problem>();
        foreach (var other in Instance.Records(folder.StoreHome).Where(other => other.Name != folder.Name.ToString()))
        {
            var theirs = other.Settings.Ports.Select(PublishedPort.Parse).ToList();
            problems.AddRange(settings.Ports.Select(PublishedPort.Parse)
                .Where(port => theirs.Exists(their => their.Host == port.Host && their.Address.Equals(port.Address)))
                .Select(port => new Problem("NUA5053", $"port {port.Host} of {port.Address} belongs to the instance '{other.Name}'")
                {
                    Remedy = "publish another one with -p HOST:PORT",
                }));
        }

        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }
}
