using System.Globalization;
using Nua.Agent.Config;
using Nua.Agent.Data;
using Nua.Agent.Settings;

namespace Nua.Agent.Verbs;

/// <summary>What an upgrade has to do with the data it finds.</summary>
/// <param name="From">0 when nothing is installed.</param>
/// <param name="IsRecorded">The data carries its version already; else it is recorded at the end.</param>
internal sealed record UpgradeStep(int From, int To, bool IsInstall, bool IsRecorded)
{
    /// <summary>
    /// While a packager's command works: holds the version it began with, so that a rerun is known as one.
    /// </summary>
    public const string Mark = "upgrading";

    public bool IsDone => IsRecorded && From == To;

    /// <exception cref="Foundation.ProblemException">exit code 65: this image must not work on this data.</exception>
    public static UpgradeStep Decide(DataFolder data, RuntimeConfig config, Variables variables)
    {
        DataCheck.RefuseForeign(data, config);
        var to = config.DataVersion;
        var told = Told(variables, "NUA_FROM_DATA_VERSION");
        if (data.Version is { } recorded)
        {
            if (recorded != to && told is { } expected && expected != recorded && data.ReadOwn(Mark) != Text(expected))
            {
                throw Refusal.DataVersionMismatch(Text(recorded), Text(expected));
            }

            return Accepted(new UpgradeStep(recorded, to, IsInstall: false, IsRecorded: true), config);
        }

        if (data.ReadOwn(DataFolder.RestoreMark) is not null)
        {
            throw Refusal.RestoreCutOff(data.Path);
        }

        if (data.IsEmpty || data.ReadOwn(DataFolder.InstallMark) is not null)
        {
            DataCheck.RefuseMissing(data, variables);
            return told is null or 0
                ? new UpgradeStep(0, to, IsInstall: true, IsRecorded: false)
                : throw Refusal.DataVersionMismatch("none, it is empty,", Text(told.Value));
        }

        // Files without a record: only somebody who knows can say what they are, unless the image keeps no versions at
        // all.
        return told is > 0 || to == 0
            ? Accepted(new UpgradeStep(told ?? 0, to, IsInstall: false, IsRecorded: false), config)
            : throw Refusal.DataUnknown();
    }

    /// <summary>A data version that the operator gives; null when not given.</summary>
    public static int? Told(Variables variables, string name)
    {
        if (!variables.Has(name))
        {
            return null;
        }

        return int.TryParse(variables[name], NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
            : throw Refusal.SettingInvalid(name, variables[name]!, "a data version is a number");
    }

    private static UpgradeStep Accepted(UpgradeStep step, RuntimeConfig config)
    {
        if (step.From > step.To)
        {
            throw Refusal.DataNewer(step.From, step.To);
        }

        if (step.From < step.To && step.From < config.UpgradeFrom)
        {
            throw Refusal.DataTooOld(step.From, config.UpgradeFrom);
        }

        foreach (var waypoint in config.Waypoints)
        {
            if (step.From < waypoint && waypoint < step.To)
            {
                throw Refusal.WaypointMissed(step.From, waypoint, step.To);
            }
        }

        return step;
    }

    public static string Text(int version) => version.ToString(CultureInfo.InvariantCulture);
}
