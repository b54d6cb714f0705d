using System.Globalization;
using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>Makes an instance of an image: an upgrade from nothing. When it fails nothing is left of it.</summary>
public sealed class Install(Workplace place)
{
    /// <param name="target">In the store.</param>
    /// <param name="settings">Resolved.</param>
    public Task<SwitchReport> RunAsync(Release target, InstanceSettings settings, CancellationToken cancel) =>
        new Switch(place).RunAsync(
            new SwitchOrder
            {
                Kind = OperationKind.Install,
                Target = target,
                Settings = settings,
                IsWanted = true,
                Filling = new Filling.Empty(),
                Verbs = [new SwitchVerb(target, ["upgrade"], "install", place.Containers.Contract(target).UpgradeTimeout)
                {
                    Env = new SortedDictionary<string, string>(StringComparer.Ordinal)
                    {
                        ["NUA_FROM_DATA_VERSION"] = "0",
                        ["NUA_TO_DATA_VERSION"] = target.DataVersion.ToString(CultureInfo.InvariantCulture),
                    },
                }],
                Reason = "install",
            },
            cancel);
}
