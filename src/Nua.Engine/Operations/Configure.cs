using Nua.Engine.Instances;

namespace Nua.Engine.Operations;

/// <summary>The same release on the same data with other settings. When it does not become ready with them, the old ones run again.</summary>
public sealed class Configure(Workplace place)
{
    /// <param name="settings">Resolved.</param>
    public async Task<SwitchReport> RunAsync(InstanceSettings settings, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        if (!record.Settings.Ports.SequenceEqual(settings.Ports) || record.Settings.HasNetwork != settings.HasNetwork)
        {
            // The gate belongs to the old ports; nobody can be kept waiting at the new ones.
            await place.Engine.StopAsync(place.Folder, cancel);
            await place.Engine.RemoveAsync(place.Folder, cancel);
        }

        return await new Switch(place).RunAsync(
            new SwitchOrder
            {
                Kind = OperationKind.Configure,
                Target = record.Release,
                Settings = settings,
                IsWanted = true,
                Filling = new Filling.Same(),
                Reason = "manual",
            },
            cancel);
    }
}
