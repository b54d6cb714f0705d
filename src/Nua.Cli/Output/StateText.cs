using Nua.Engine.Engines;
using Nua.Engine.Instances;

namespace Nua.Cli.Output;

/// <summary>How an instance is, in a word or two.</summary>
public static class StateText
{
    /// <summary>As in JSON.</summary>
    public static string Name(ServiceState state) => state.ToString().ToLowerInvariant();

    public static string Of(InstanceRecord? record, ServiceStatus status) => record switch
    {
        null => "unfinished",
        { IsWanted: true } when status is { State: ServiceState.Stopped, LastExit: { } exit } => $"failed ({exit})",
        { IsWanted: true } when status.State == ServiceState.Stopped => "down, should run",
        _ when status.State is ServiceState.Ready && !status.IsGateOpen => "ready, gate closed",
        _ => Name(status.State),
    };
}
