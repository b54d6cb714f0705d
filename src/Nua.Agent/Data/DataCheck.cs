using Nua.Agent.Config;
using Nua.Agent.Settings;

namespace Nua.Agent.Data;

/// <summary>What the data is to this image.</summary>
internal enum DataState
{
    /// <summary>Has the image's own version: start.</summary>
    Current,

    /// <summary>Nothing was installed, or an installation was cut off: install.</summary>
    Empty,

    /// <summary>Cannot be written and the image keeps no data version: nothing to record.</summary>
    Stateless,

    /// <summary>Files without a record, in an image that keeps no data version: adopt them.</summary>
    Unrecorded,
}

/// <summary>Decides whether an image may work on the data it finds. Looks only.</summary>
internal static class DataCheck
{
    /// <exception cref="Foundation.ProblemException">exit code 65, or 73 when data is needed and cannot be
    /// written.</exception>
    public static DataState ForStart(DataFolder data, RuntimeConfig config, Variables variables)
    {
        RefuseForeign(data, config);
        if (data.Version is { } version)
        {
            return version == config.DataVersion ? DataState.Current
                : version > config.DataVersion ? throw Refusal.DataNewer(version, config.DataVersion)
                : version < config.UpgradeFrom ? throw Refusal.DataTooOld(version, config.UpgradeFrom)
                : throw Refusal.DataOlder(version, config.DataVersion, config.AppId);
        }

        if (data.ReadOwn(DataFolder.RestoreMark) is not null)
        {
            throw Refusal.RestoreCutOff(data.Path);
        }

        if (data.IsEmpty || data.ReadOwn(DataFolder.InstallMark) is not null)
        {
            RefuseMissing(data, variables);
            return data.IsWritable ? DataState.Empty
                : config.DataVersion == 0 ? DataState.Stateless
                : throw Refusal.DataNotWritable(data.Path, "the folder cannot be written");
        }

        return config.DataVersion > 0 ? throw Refusal.DataUnknown()
            : data.IsWritable ? DataState.Unrecorded
            : DataState.Stateless;
    }

    /// <summary>The data of another application is never touched.</summary>
    public static void RefuseForeign(DataFolder data, RuntimeConfig config)
    {
        if (data.AppId is { } found && found != config.AppId)
        {
            throw Refusal.DataOfAnotherApp(found, config.AppId);
        }
    }

    /// <summary>Guards against a disk that was not mounted: an installation would hide the real data.</summary>
    public static void RefuseMissing(DataFolder data, Variables variables)
    {
        if (variables["NUA_DATA_EXPECTED"] == "existing" && data.IsEmpty)
        {
            throw Refusal.DataExpected();
        }
    }
}
