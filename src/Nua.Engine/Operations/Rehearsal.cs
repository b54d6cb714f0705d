using Nua.Engine.Backups;
using Nua.Engine.Data;
using Nua.Engine.Instances;
using Nua.Engine.Settings;
using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Engine.Operations;

/// <summary>
/// An upgrade on a copy of the data, in an instance of its own without a published port: everything the upgrade would do, and nothing of it stays. The
/// copy comes out of a backup that goes again, so the application is away for as long as a backup takes it away, and no longer.
/// </summary>
public sealed class Rehearsal(Workplace place, Generations data, ImageStore store)
{
    public const string Kind = "rehearsal";

    /// <param name="settings">The instance's, changed as the operator wants them; not resolved, for that would make secrets.</param>
    /// <exception cref="ProblemException">those of <see cref="UpgradeChecks"/> and of a backup. What goes wrong on the copy is in the report.</exception>
    public async Task<SwitchReport> RunAsync(Release target, InstanceSettings settings, GivenSettings given, CancellationToken cancel)
    {
        var record = place.Instance.Record!;
        var begun = place.Time.GetTimestamp();
        await new Upgrade(place).CheckAsync(target, record.Settings, cancel);
        var seedings = await Verification.PresentAsync(place, cancel);
        place.Tell("making a copy of the data");
        var backup = await new BackupWork(place, data, new BackupOrder()).RunAsync(cancel);
        try
        {
            var known = ProofSettings.Of(place.Folder);
            var proof = new BackupProof(store, place.Engine, place.Time, place.Tell, place.Output)
            {
                UpgradeTo = target,
                Given = given,
                Seedings = seedings,
                Steady = place.Times.Steady,
            };
            var problem = await TryAsync(proof, backup.Entry, known with { Settings = settings with { Ports = [], SecretSet = 0 } }, cancel);
            return new SwitchReport(problem is null ? SwitchOutcome.Rehearsed : SwitchOutcome.KeptOld, Kind, record.Release, target, problem)
            {
                Generation = record.Generation,
                Duration = place.Time.GetElapsedTime(begun),
                Away = TimeSpan.FromMilliseconds(backup.Entry.Away),
                Steps = proof.Steps,
            };
        }
        finally
        {
            BackupRetention.Remove(place.Folder, backup.Entry.Place);
        }
    }

    private async Task<Problem?> TryAsync(BackupProof proof, BackupEntry entry, ProofSettings settings, CancellationToken cancel)
    {
        try
        {
            await proof.RunAsync(BackupReader.Open(entry.Place, key: null, place.Folder.Backups, cancel: cancel), settings, cancel);
            return null;
        }
        catch (ProblemException failed)
        {
            return failed.Problems[0];
        }
    }
}
