using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Foundation;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>One order to a supervisor: one connection to its control socket carries one order and its answer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(StartOrder), "start")]
[JsonDerivedType(typeof(LeadOrder), "lead")]
[JsonDerivedType(typeof(StopBesideOrder), "stop_beside")]
[JsonDerivedType(typeof(StopOrder), "stop")]
[JsonDerivedType(typeof(StatusOrder), "status")]
[JsonDerivedType(typeof(GateOrder), "gate")]
[JsonDerivedType(typeof(RunOrder), "run")]
[JsonDerivedType(typeof(ExecOrder), "exec")]
[JsonDerivedType(typeof(ShutdownOrder), "shutdown")]
internal abstract record Order;

/// <summary>Starts the application. The listening sockets of its published ports come with the order.</summary>
/// <param name="InnerPorts">One for each socket: the port of the container it leads to.</param>
/// <param name="IsBeside">The one that serves goes on.</param>
internal sealed record StartOrder(
    LocalContainer Container, HealthPlan Health, IReadOnlyList<int> InnerPorts, int StopSeconds, string Release, int Generation, bool IsBeside) : Order;

/// <summary>The one of this release serves; the other goes on beside it.</summary>
internal sealed record LeadOrder(string Release) : Order;

internal sealed record StopBesideOrder : Order;

internal sealed record StopOrder : Order;

internal sealed record StatusOrder : Order;

internal sealed record GateOrder(bool IsOpen) : Order;

/// <summary>Runs one verb. It is killed when the connection ends.</summary>
/// <param name="Name">Of the verb, for the log.</param>
internal sealed record RunOrder(LocalContainer Container, string Name, double LimitSeconds, bool IsBeside, bool WantsResult) : Order;

/// <summary>Runs a command in the live container. It is killed when the connection ends.</summary>
internal sealed record ExecOrder(IReadOnlyList<string> Argv) : Order;

/// <summary>Ends the application, the gate and the supervisor.</summary>
internal sealed record ShutdownOrder : Order;

/// <summary>What a container is made of, complete: the supervisor looks nothing up.</summary>
/// <param name="Lowers">Folders of the root, top first, relative to the sandbox folder.</param>
/// <param name="Mounts">As in <see cref="Nua.Rootfs.ContainerOrder"/>: <c>store:PATH</c> lies in the store, others are paths of the host.</param>
/// <param name="Private">Content of small files by path, <c>secrets/NAME</c> and <c>bindings/NAME/KEY</c>: kept in memory only, readable by the
/// application only.</param>
/// <param name="IsWrapped">Others made its image, not for a root that cannot be written: each container writes to one of its own, thrown away with it,
/// and has capabilities where it begins as root.</param>
internal sealed record LocalContainer(
    IReadOnlyList<string> Lowers,
    IReadOnlyList<string> Argv,
    IReadOnlyDictionary<string, string> Env,
    string WorkDir,
    uint Uid,
    uint Gid,
    IReadOnlyList<ContainerMount> Mounts,
    IReadOnlyDictionary<string, byte[]> Private,
    string HostName,
    bool HasNetwork,
    bool IsWrapped);

/// <summary>How to see that the application is well. Times are seconds.</summary>
/// <param name="Port">Null: it listens on none, and runs as long as its process does.</param>
/// <param name="HttpPath">Asked on the port; null: a TCP connection is enough.</param>
/// <param name="HasCommand">The packager gave a command, so the image's own <c>healthcheck</c> is run.</param>
internal sealed record HealthPlan(int? Port, string? HttpPath, bool HasCommand, int Interval, int Timeout, int Retries);

/// <param name="Status">Exit status; null when there was nothing to end.</param>
/// <param name="Ports">What the gate listens on, <c>ADDRESS:PORT</c>.</param>
/// <param name="InnerPort">The port that the application which serves was told; null for none.</param>
internal sealed record OrderReply(
    int? Status = null, byte[]? Result = null, ServiceStatus? Service = null, IReadOnlyList<string>? Ports = null, int? InnerPort = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderReply))]
[JsonSerializable(typeof(IReadOnlyList<Problem>))]
internal sealed partial class OrderJson : JsonSerializerContext;
