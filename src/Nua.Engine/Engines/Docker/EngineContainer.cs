using System.Globalization;
using Docker.DotNet.Models;

namespace Nua.Engine.Engines.Docker;

/// <summary>A container as the engine describes it, reduced to what is used here; what it leaves out is empty.</summary>
internal sealed record EngineContainer(string Id, bool IsRunning, bool IsRestarting, int ExitCode, int Restarts)
{
    public const string SharedNetwork = "container:";

    /// <summary>At most, between being created and being started.</summary>
    private static readonly TimeSpan FirstStart = TimeSpan.FromSeconds(10);

    public DateTimeOffset? Started { get; init; }

    public DateTimeOffset Created { get; init; }

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary><c>ADDRESS:HOST→CONTAINER/tcp</c>, sorted.</summary>
    public IReadOnlyList<string> Ports { get; init; } = [];

    /// <summary>Id of the container whose network it lives in; null for a network of its own.</summary>
    public string? NetworkOf { get; init; }

    /// <summary>
    /// Whether <paramref name="joined"/> lives in the network that this container has now: a container that is started again gets a new one, and who
    /// joined the old one stays in that. One that was never started again cannot have lost it, whatever the clock said when the other began.
    /// </summary>
    public bool HasNetworkOf(EngineContainer joined) =>
        IsRunning && !(Started > joined.Started && Started > Created + FirstStart);

    public bool IsOurs => Labels.ContainsKey(ContainerNames.InstanceLabel);

    public static EngineContainer From(ContainerInspectResponse response) => new(
        response.ID,
        response.State?.Running == true,
        response.State?.Restarting == true,
        (int)(response.State?.ExitCode ?? 0),
        (int)response.RestartCount)
    {
        Created = response.Created,
        Started = Time(response.State?.StartedAt),
        Command = [.. response.Config?.Cmd ?? []],
        Labels = new Dictionary<string, string>(response.Config?.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal),
        Ports = PortsOf(response.HostConfig),
        NetworkOf = response.HostConfig?.NetworkMode is { } mode && mode.StartsWith(SharedNetwork, StringComparison.Ordinal) ? mode[SharedNetwork.Length..] : null,
    };

    public static IReadOnlyList<string> PortsOf(HostConfig? host) =>
    [
        .. (host?.PortBindings ?? new Dictionary<string, IList<PortBinding>>())
            .SelectMany(port => (port.Value ?? []).Select(bound => $"{bound.HostIP}:{bound.HostPort}→{port.Key}"))
            .Order(StringComparer.Ordinal),
    ];

    public int? Number(string label) =>
        int.TryParse(Labels.GetValueOrDefault(label), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) && time.Year > 1 ? time : null;
}
