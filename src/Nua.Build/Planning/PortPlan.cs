using Nua.Config;
using Nua.Foundation;

namespace Nua.Build.Planning;

/// <summary>The ports of the image: <c>web</c>, which is <c>PORT</c>, first, unless the application is a worker.</summary>
internal static class PortPlan
{
    public const int Default = 8080;
    public const string Web = "web";

    public static IReadOnlyList<PlannedPort> Make(AppConfig config, Listening listening, PlanNotes notes)
    {
        var ports = config.Ports.Select(port => Planned(port, config, notes)).OfType<PlannedPort>().ToList();
        var web = ports.Find(port => port.Name == Web);
        if (web is null && !listening.IsServer)
        {
            notes.Decide("port", "none", listening.Because, "run.listens = true");
            return ports;
        }

        if (web is null)
        {
            web = new PlannedPort(Web, listening.Port ?? Default, "tcp", listening.Port is null ? listening.Because : listening.PortBecause);
            notes.Decide("port", $"{web.Port}", web.Because, $"port.web.container = {web.Port}");
        }
        else
        {
            notes.Decide("port", $"{web.Port}", web.Because, $"port.web.container = {web.Port}");
        }

        return [web, .. ports.Where(port => port.Name != Web)];
    }

    private static PlannedPort? Planned(PortConfig port, AppConfig config, PlanNotes notes)
    {
        if (port.Container is { } number)
        {
            return Checked(port, number, $"port.{port.Name}.container");
        }

        var name = port.ContainerFrom?.Key;
        var value = name is null ? null : config.Env.FirstOrDefault(entry => entry.Name == name)?.Value;
        if (int.TryParse(value, out var found))
        {
            return Checked(port, found, $"env.{name}");
        }

        notes.Add(PlanProblems.PortUnknown(
            port.Name, name is null ? "no number and no variable is given"
                : $"it comes from variable {name}, which has no number in [env]"));
        return null;
    }

    private static PlannedPort Checked(PortConfig port, int number, string because) => number is > 0 and <= 65535
        ? new PlannedPort(port.Name, number, port.Protocol, because)
        : throw new ProblemException(PlanProblems.BadPort(port.Name, number));
}
