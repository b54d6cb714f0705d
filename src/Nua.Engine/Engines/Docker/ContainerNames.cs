using System.Text;
using Nua.Engine.Instances;
using Nua.Oci;

namespace Nua.Engine.Engines.Docker;

/// <summary>What the containers of one instance are called, and the labels by which they are found again.</summary>
internal sealed record ContainerNames(InstanceFolder Instance)
{
    public const string HomeLabel = "io.nua.home";
    public const string InstanceLabel = "io.nua.instance";

    /// <summary>Tells a container that serves from one that runs a verb: <c>service</c>, <c>gate</c>, <c>verb</c>.</summary>
    public const string RoleLabel = "io.nua.role";

    public const string GenerationLabel = "io.nua.generation";
    public const string ReleaseLabel = "io.nua.release";

    /// <summary>Seconds, as the contract of the image that runs says.</summary>
    public const string ReadyLabel = "io.nua.ready-timeout";

    /// <inheritdoc cref="ReadyLabel"/>
    public const string StopLabel = "io.nua.stop-timeout";

    public string Service => $"nua-{Instance.Name}-{Home}";

    /// <summary>Of one that was started beside <see cref="Service"/>; which of the two serves is noted at the gate (<see cref="GateContainer.Slots"/>).</summary>
    public string Second => Service + "-2";

    public string Gate => Service + "-gate";

    public string Network => Service;

    /// <summary>Two stores may have instances of one name on the same engine.</summary>
    private string Home => Digest.Sha256(Encoding.UTF8.GetBytes(Instance.StoreHome)).Encoded[..6];

    /// <summary>A container of its own for each run of a verb.</summary>
    public string Verb(string verb) => $"{Service}-{verb}-{Guid.NewGuid():N}"[..(Service.Length + verb.Length + 10)];

    public Dictionary<string, string> Labels(string role) => new(StringComparer.Ordinal)
    {
        [HomeLabel] = Instance.StoreHome,
        [InstanceLabel] = Instance.Name.ToString(),
        [RoleLabel] = role,
    };
}
