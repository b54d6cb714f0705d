using System.Globalization;
using Nua.Agent.Config;

namespace Nua.Agent.Settings;

/// <summary>The resolved environment of a verb: contract §1a.</summary>
/// <param name="RunDirectory">Where sockets and rendered files may go; null when nothing can be written.</param>
/// <param name="EtcDirectory">What <c>NUA_ETC</c> says.</param>
internal sealed record AppEnvironment(Variables Variables, string? RunDirectory, string EtcDirectory)
{
    /// <summary>
    /// Fills in what the operator did not give. Running it twice gives the same, so init and a script called directly
    /// agree.
    /// </summary>
    /// <param name="touch">False for verbs that must not write: no folder is created, only looked for.</param>
    /// <exception cref="Foundation.ProblemException">NUA6012: PORT is not a port. NUA6013: a secret cannot be
    /// read.</exception>
    public static AppEnvironment Prepare(Paths paths, RuntimeConfig config, Variables inherited, string? verb,
        bool touch)
    {
        var variables = new Variables(inherited);
        Identity(variables, config, verb);
        Ports(variables, config);
        variables.Default("TMPDIR", "/tmp");
        variables.Default("TZ", "UTC");
        variables.Default("LANG", "C.UTF-8");
        var run = RunFolder.Find(paths, variables["TMPDIR"]!, touch);
        var etc = Directory.Exists(paths.Templates) && run is not null ? run + "/etc" : paths.Etc;
        variables["NUA_ETC"] = etc;
        variables["NUA_RUN_DIR"] = run;
        variables["NUA_DATA_DIR"] = paths.Data;
        variables["NUA_CACHE_DIR"] = paths.Cache;
        variables.Default("NUA_BACKUP_DIR", paths.Backup);
        Home(variables, paths, config, run);
        SecretFiles.AddTo(variables, paths, config);
        if (Directory.Exists(paths.Bindings))
        {
            variables.Default("SERVICE_BINDING_ROOT", paths.Bindings);
        }

        return new AppEnvironment(variables, run, etc);
    }

    /// <summary>Creates the home folder in the data; only once the data is known to be this application's.</summary>
    public void CreateHome(Paths paths)
    {
        if (Variables["HOME"] == HomeFolder(paths))
        {
            FolderAccess.TryCreate(HomeFolder(paths), FolderAccess.Shared);
        }
    }

    private static string HomeFolder(Paths paths) => paths.Data + "/home";

    private static void Identity(Variables variables, RuntimeConfig config, string? verb)
    {
        variables["NUA_CONTRACT"] = "1";
        variables["NUA_APP_ID"] = config.AppId;
        variables["NUA_VERSION"] = config.Version;
        variables["NUA_DATA_VERSION"] = config.DataVersion.ToString(CultureInfo.InvariantCulture);
        variables.Default("NUA_INSTANCE", config.AppId);
        if (verb is not null)
        {
            variables["NUA_VERB"] = verb;
            variables.Default("NUA_REASON", "manual");
        }
    }

    private static void Ports(Variables variables, RuntimeConfig config)
    {
        if (config.Port is { } port)
        {
            variables.Default("PORT", port.ToString(CultureInfo.InvariantCulture));
            Check("PORT");
            variables.Default("NUA_PUBLIC_URL", $"http://localhost:{variables["PORT"]}");
        }

        foreach (var named in config.Ports)
        {
            var name = "PORT_" + named.Name.ToUpperInvariant().Replace('-', '_');
            var isMain = named.Port == config.Port;
            variables.Default(name, isMain ? variables["PORT"]! : named.Port.ToString(CultureInfo.InvariantCulture));
            Check(name);
        }

        void Check(string name)
        {
            if (!ushort.TryParse(variables[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number == 0)
            {
                throw Refusal.SettingInvalid(name, variables[name]!, "a number from 1 to 65535 is wanted");
            }
        }
    }

    /// <summary>
    /// An engine sets HOME to what the image's passwd says, often <c>/</c>; only the packager's own choice is kept, and a wrapped image's.
    /// </summary>
    private static void Home(Variables variables, Paths paths, RuntimeConfig config, string? run)
    {
        if (!(config.IsWrapped || config.PackagerVariables.Contains("HOME")) || !variables.Has("HOME"))
        {
            var home = HomeFolder(paths);
            var usable = Directory.Exists(home) ? FolderAccess.IsWritable(home) : FolderAccess.IsWritable(paths.Data);
            variables["HOME"] = usable ? home : run ?? paths.Run;
        }

        var cache = FolderAccess.IsWritable(paths.Cache)
            ? paths.Cache : run is null ? variables["TMPDIR"]! : run + "/cache";
        variables.Default("XDG_CACHE_HOME", cache);
        variables.Default("XDG_CONFIG_HOME", variables["HOME"] + "/.config");
        variables.Default("XDG_DATA_HOME", variables["HOME"] + "/.local/share");
        variables.Default("XDG_STATE_HOME", variables["HOME"] + "/.local/state");
        variables.Default("XDG_RUNTIME_DIR", run ?? variables["TMPDIR"]!);
    }
}
