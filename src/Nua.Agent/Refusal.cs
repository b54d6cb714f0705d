using Nua.Foundation;

namespace Nua.Agent;

/// <summary>
/// Every way the agent says no, in one place: its code, its exit code of the contract, and what to do. Names, values
/// and paths are escaped here.
/// </summary>
internal static class Refusal
{
    public static ProblemException ConfigUnreadable(string path, string why) => Make(
        ExitCode.Setting, "NUA6001", "the image's nua-config.json cannot be read", path, why,
        "build the image again with nua; IMAGE -- CMD runs a command without it");

    public static ProblemException ConfigInvalid(string path, string key, string why) => Make(
        ExitCode.Setting, "NUA6002", $"the image's nua-config.json is damaged at '{Printable.Escape(key, 200)}'", path,
        why,
        "build the image again with nua");

    public static ProblemException UnknownVerb(string verb) => Make(
        ExitCode.Usage, "NUA6003", $"'{Printable.Escape(verb, 100)}' is not a verb", null, null,
        "use start, stop, restart, healthcheck, upgrade, rollback, backup or restore; -- CMD runs any command");

    public static ProblemException UnknownArgument(string verb, string argument, string allowed) => Make(
        ExitCode.Usage, "NUA6004", $"{verb} does not take '{Printable.Escape(argument, 100)}'", null, null,
        allowed.Length == 0 ? $"{verb} takes no argument" : $"{verb} takes one of: {allowed}");

    public static ProblemException Usage(string what) => Make(
        ExitCode.Usage, "NUA6005", what, null, null,
        "nua-agent init [VERB [ARG] | -- CMD] | do VERB [ARG] | render | serve ROOT [--spa] | gate OPEN-FILE LISTEN:TARGET… | steps FILE | request BASE64 | version");

    public static ProblemException SettingsMissing(IReadOnlyList<string> names, IReadOnlyList<string> secrets)
    {
        var problems = new List<Problem>();
        foreach (var name in names)
        {
            problems.Add(new Problem("NUA6010", $"setting {Printable.Escape(name)} is missing")
            {
                Remedy = $"give it with -e {Printable.Escape(name)}=VALUE",
            });
        }

        foreach (var name in secrets)
        {
            problems.Add(new Problem("NUA6011", $"secret {Printable.Escape(name)} is missing")
            {
                Remedy = $"give it as a file /run/secrets/{Printable.Escape(name)}, "
                    + $"or with -e {Printable.Escape(name)}_FILE=PATH",
            });
        }

        return new ProblemException(problems) { ExitCode = ExitCode.Setting };
    }

    public static ProblemException SettingInvalid(string name, string value, string why) => Make(
        ExitCode.Setting, "NUA6012", $"{name}='{Printable.Escape(value, 100)}' is not valid: {why}", null, null,
        $"correct it with -e {name}=VALUE");

    public static ProblemException SecretUnreadable(string name, string why) => Make(
        ExitCode.Permission, "NUA6013", $"secret {Printable.Escape(name)} cannot be read: {why}", null, null,
        "make the file readable for the user or group of the container");

    public static ProblemException SecretChanged(string name) => Make(
        ExitCode.Setting, "NUA6014", $"secret {Printable.Escape(name)} is not the one this data was made with", "/nua/data/.nua/secrets",
        "with another value the application could not read its own data",
        "give the value that belongs to the data: it is in an encrypted backup, or on the machine the data came from");

    public static ProblemException DataNewer(int data, int image) => Make(
        ExitCode.Data, "NUA6020", $"the data has version {data}, newer than this image's {image}", "/nua/data", null,
        $"run an image whose data version is {data} or more");

    public static ProblemException DataOlder(int data, int image, string appId) => Make(
        ExitCode.Data, "NUA6021", $"the data has version {data}, this image works on version {image}", "/nua/data",
        null,
        $"back it up, then upgrade it once: run the image with the verb 'upgrade' on the same data (nua upgrade, or "
        + $"docker run --rm -v {Printable.Escape(appId)}-data:/nua/data IMAGE upgrade)");

    public static ProblemException DataTooOld(int data, int oldest) => Make(
        ExitCode.Data, "NUA6022", $"the data has version {data}, this image upgrades from {oldest} at the earliest",
        "/nua/data", null,
        "upgrade with an image in between first");

    public static ProblemException DataDamaged(string path, string why) => Make(
        ExitCode.Data, "NUA6023", $"the data's own record is damaged: {why}", path, null,
        "restore a backup, or write the right number into the file if you know it");

    public static ProblemException RestoreCutOff(string path) => Make(
        ExitCode.Data, "NUA6045", "a restore was cut off: not all of the data is there", path, null,
        "run the same restore again");

    public static ProblemException DataOfAnotherApp(string found, string own) => Make(
        ExitCode.Data, "NUA6024",
        $"the data belongs to '{Printable.Escape(found, 100)}', not to '{Printable.Escape(own, 100)}'",
        "/nua/data", null, "mount the right volume");

    public static ProblemException DataExpected() => Make(
        ExitCode.Data, "NUA6025", "data was expected in /nua/data, it is empty", "/nua/data",
        "the volume is probably not mounted; an installation over it would hide the real data",
        "mount the volume, or unset NUA_DATA_EXPECTED to install afresh");

    public static ProblemException DataUnknown() => Make(
        ExitCode.Data, "NUA6026", "/nua/data has files but no record of their data version", "/nua/data", null,
        "mount an empty volume; or, if you know the version, run the verb 'upgrade' with NUA_FROM_DATA_VERSION=N");

    public static ProblemException DataNotInstalled() => Make(
        ExitCode.Data, "NUA6027", "the data is not installed yet", "/nua/data", null,
        "run the verb 'upgrade' once on the same data, or run the image without a verb");

    public static ProblemException NoUpgradeStep(int from, int to) => Make(
        ExitCode.Data, "NUA6037", $"the data has version {from} and the image has no command that brings it to {to}",
        "/nua/data", null,
        "declare lifecycle.upgrade in nua-config, or lower data-version if nothing changed in the data");

    public static ProblemException WaypointMissed(int from, int waypoint, int to) => Make(
        ExitCode.Data, "NUA6038", $"the data has version {from} and must stop at version {waypoint} on the way to {to}",
        "/nua/data", null,
        $"upgrade with the image of data version {waypoint} first");

    public static ProblemException DataVersionMismatch(string found, string told) => Make(
        ExitCode.Data, "NUA6028",
        $"the data has version {found}, NUA_FROM_DATA_VERSION says {Printable.Escape(told, 20)}", "/nua/data",
        "the data and the operator's record do not belong together", "find out which volume is mounted");

    public static ProblemException DataNotEmpty() => Make(
        ExitCode.Data, "NUA6029", "the data volume is not empty", "/nua/data", null,
        "restore only fills a new, empty volume");

    public static ProblemException DataNotWritable(string path, string why) => Make(
        ExitCode.CannotWrite, "NUA6030", "cannot write", path, why,
        "mount a volume there that the container's user or group 0 may write");

    public static ProblemException DataBusy() => Make(
        ExitCode.Temporary, "NUA6031", "something else works on this data", "/nua/data/.nua/lock", null,
        "stop the application first, or wait");

    public static ProblemException NoRunDirectory() => Make(
        ExitCode.CannotWrite, "NUA6032", "there is nowhere to render the templates to", null,
        "neither /run/nua nor a folder in TMPDIR can be written", "mount a tmpfs on /run/nua or /tmp");

    public static ProblemException Template(string where, string what) => Make(
        ExitCode.Setting, "NUA6033", what, where, null, null);

    public static ProblemException NoStart() => Make(
        ExitCode.Setting, "NUA6034", "the image does not say how to start the application", null, null,
        "give start in nua-config, or a script nua/scripts/start, and build again");

    public static ProblemException CannotExecute(string program, int exitCode, string why) => Make(
        exitCode, "NUA6035", $"cannot execute {Printable.Escape(program, 200)}: {why}", null, null, null);

    public static ProblemException NoShell(string line) => Make(
        ExitCode.NotFound, "NUA6036", $"'{Printable.Escape(line, 200)}' needs a shell and the image has no /bin/sh",
        null, null,
        "write the command without shell syntax, or use a base with a shell");

    public static ProblemException BackupTarget(string path, string why) => Make(
        ExitCode.CannotWrite, "NUA6040", "the backup folder cannot be used", path, why,
        "mount an empty, writable folder on /nua/backup, or name one in NUA_BACKUP_DIR");

    public static ProblemException NotABackup(string path, string why) => Make(
        ExitCode.Data, "NUA6041", "this is not a complete backup", path, why, "give the folder of a sealed backup");

    public static ProblemException BackupDamaged(string path, string why) => Make(
        ExitCode.Data, "NUA6042", "the backup is damaged", Printable.Escape(path, 300), why,
        "use another backup; nothing was changed");

    public static ProblemException BackupForeign(string what, string remedy) => Make(
        ExitCode.Data, "NUA6043", what, null, null, remedy);

    public static ProblemException ChangedWhileCopied(string path) => Make(
        ExitCode.Temporary, "NUA6044", "a file changed while it was copied", Printable.Escape(path, 300), null,
        "stop the application, then back up again");

    public static ProblemException InputOutput(string what, int errno) => Make(
        FromErrno(errno), "NUA6050", what, null, null, null);

    public static ProblemException NoPermission() => Make(
        ExitCode.Permission, "NUA6053", "a file of the image cannot be read", null,
        "its owner or mode does not let this user in",
        "run as uid 10001 or any uid with group 0; build the image again if that does not help");

    public static ProblemException TimedOut(string what, long seconds) => Make(
        ExitCode.TimedOut, "NUA6051", $"{what} was not done within {seconds} s", null, null, "raise NUA_TIMEOUT");

    public static ProblemException Interrupted(string what, int signal) => Make(
        ExitCode.SignalBase + signal, "NUA6052", $"{what} was interrupted", null, null, "run it again; it starts over");

    public static ProblemException StepsInvalid(string path, string why) => Make(
        ExitCode.Usage, "NUA6060", "the step file cannot be used", path, why, null);

    public static ProblemException CannotListen(int port, string why) => Make(
        ExitCode.Setting, "NUA6070", $"cannot listen on port {port}", null, why, "choose another with -e PORT=N");

    public static ProblemException NoWebRoot(string path) => Make(
        ExitCode.Setting, "NUA6071", "the folder to serve does not exist", Printable.Escape(path, 300), null, null);

    public static int FromErrno(int errno) => errno switch
    {
        1 or 13 => ExitCode.Permission,
        28 or 30 or 122 or 27 => ExitCode.CannotWrite,
        _ => ExitCode.Failed,
    };

    private static ProblemException Make(int exitCode, string code, string what, string? where, string? why,
        string? remedy) =>
        new(new Problem(code, what) { Where = where, Why = why, Remedy = remedy }) { ExitCode = exitCode };
}
