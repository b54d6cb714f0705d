using System.Text.Json;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Does a new image fit the data? Asked before anything is changed; settings and secrets are asked for by
/// <see cref="Settings.SettingsWork"/>.</summary>
public static class UpgradeChecks
{
    private const int WrongData = 65;

    /// <exception cref="ProblemException">NUA5211 to NUA5214; exit code 65.</exception>
    public static void Check(Release current, AppContract target)
    {
        if (target.AppId != current.AppId)
        {
            throw Refused(new Problem("NUA5211", $"the image is another application: {Printable.Escape(target.AppId, 80)}")
            {
                Why = $"the data belongs to {Printable.Escape(current.AppId, 80)}",
                Remedy = "install it as an instance of its own: nua up IMAGE OTHER-NAME",
            });
        }

        CheckData(current, target);
    }

    /// <summary>What the new image itself says about the data, against the record: the only way to notice that they do not belong together.</summary>
    /// <param name="plan">What <c>upgrade plan</c> wrote.</param>
    /// <exception cref="ProblemException">NUA5216; exit code 65.</exception>
    public static void ComparePlan(Release current, ReadOnlyMemory<byte> plan)
    {
        if (FromOf(plan) is { } from && from != current.DataVersion)
        {
            throw Refused(new Problem("NUA5216", $"the data has version {from}, the record of the instance says {current.DataVersion}")
            {
                Why = "the volume was changed by something else than nua, or an earlier copy of it was put back",
                Remedy = "restore a backup whose data version you know: nua restore NAME FILE",
            });
        }
    }

    private static void CheckData(Release current, AppContract target)
    {
        var (from, to) = (current.DataVersion, target.DataVersion);
        if (to < from)
        {
            throw Refused(new Problem("NUA5212", $"the data has version {from}, newer than the {to} of this image")
            {
                Why = "an older release cannot read what a newer one wrote",
                Remedy = "go back to an earlier release with nua rollback NAME",
            });
        }

        if (from < to && from < target.UpgradeFrom)
        {
            throw Refused(new Problem("NUA5213", $"the data has version {from}; this image upgrades from {target.UpgradeFrom} on")
            {
                Remedy = "upgrade to a release in between first",
            });
        }

        if (target.Waypoints.Where(point => from < point && point < to).Order().Select(point => (int?)point).FirstOrDefault() is { } waypoint)
        {
            throw Refused(new Problem("NUA5214", $"the data must pass through version {waypoint} on its way from {from} to {to}")
            {
                Why = $"the image declares {waypoint} as a waypoint",
                Remedy = $"upgrade to a release with data version {waypoint} first",
            });
        }
    }

    private static int? FromOf(ReadOnlyMemory<byte> plan)
    {
        try
        {
            using var document = JsonDocument.Parse(plan);
            return document.RootElement.TryGetProperty("from", out var from) && from.TryGetInt32(out var number) ? number : null;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static ProblemException Refused(Problem problem) => new(problem) { ExitCode = WrongData };
}
