using static Nua.Config.Catalogue.ValueShape;

namespace Nua.Config.Catalogue;

/// <summary>The keys of the section <c>[lifecycle]</c>, ours.</summary>
public static class LifecycleKeys
{
    private const int Day = 86_400;

    public static KeyGroup LifecycleStart { get; } = new("lifecycle.start", "Starting.",
    [
        new("ready-timeout", Integer, "As `lifecycle.ready-timeout`.")
        { Example = "60", Minimum = 1, Maximum = Day, IsOurs = true },
    ]);

    public static KeyGroup LifecycleStop { get; } = new("lifecycle.stop", "Stopping.",
    [
        new("command", Text, "As `lifecycle.stop` given as text.") { Example = "\"./drain\"", IsOurs = true },
        new("signal", Text, "As `lifecycle.stop-signal`.") { Example = "\"SIGQUIT\"", IsOurs = true },
        new("timeout", Integer, "As `lifecycle.stop-timeout`.")
        { Example = "20", Minimum = 1, Maximum = Day, IsOurs = true },
    ]);

    public static KeyGroup LifecycleUpgrade { get; } = new("lifecycle.upgrade", "Upgrading.",
    [
        new("command", Text, "As `lifecycle.upgrade` given as text.") { Example = "\"./migrate\"", IsOurs = true },
        new("from", Integer, "As `lifecycle.upgrade-from`.") { Example = "1", Minimum = 0, IsOurs = true },
        new("timeout", Integer, "As `lifecycle.upgrade-timeout`.")
        { Example = "600", Minimum = 1, Maximum = Day, IsOurs = true },
    ]);

    public static KeyGroup LifecycleRollback { get; } = new("lifecycle.rollback", "Going back.",
    [
        new("command", Text, "As `lifecycle.rollback` given as text.")
        { Example = "\"./migrate --down\"", IsOurs = true },
        new("to", Integer, "As `lifecycle.rollback-to`.") { Example = "1", Minimum = 0, IsOurs = true },
        new("mode", Text, "Computed.") { Example = "\"script\"", IsOurs = true, IsWritten = true },
    ]);

    public static KeyGroup LifecycleBackup { get; } = new("lifecycle.backup", "Backing up.",
    [
        new("command", Text, "As `lifecycle.backup` given as text.") { Example = "\"./dump\"", IsOurs = true },
        new("mode", Text, "As `lifecycle.backup-mode`.")
        { Example = "\"hot\"", Choices = ["hot", "cold", "snapshot"], IsOurs = true },
        new("timeout", Integer, "As `lifecycle.backup-timeout`.")
        { Example = "600", Minimum = 1, Maximum = Day, IsOurs = true },
        new("stale-is-dangerous", Texts, "As `lifecycle.stale-is-dangerous`.") { Example = "[\"queue\"]", IsOurs = true },
    ]);

    public static KeyGroup LifecycleCommand { get; } = new("lifecycle.command", "A verb's command.",
    [
        new("command", Text, "The shell command.") { Example = "\"./verb\"", IsOurs = true },
    ]);

    public static KeyGroup Secret { get; } = new("lifecycle.secrets", "A secret the application needs.",
    [
        new("name", Text, "The file is `$NAME_FILE`.") { Example = "\"SECRET_KEY\"", IsRequired = true, IsOurs = true },
        new("generate", Text, "`hex:N`, `alnum:N` or `base64:N`, N characters (4 to 4096). Absent: the operator "
            + "asks for it.")
        { Example = "\"hex:64\"", IsOurs = true },
        new("scope", Text, "`data`: protects data, kept with it. `instance`: made anew for a copy. Default: `data`.")
        { Example = "\"data\"", Choices = ["data", "instance"], IsOurs = true },
        new("rotatable", Flag, "May be replaced at any time. Default: false.") { Example = "true", IsOurs = true },
        new("as-variable", Flag, "Also given as the plain variable `NAME`. Default: false.")
        { Example = "true", IsOurs = true },
    ]);

    public static KeyGroup Volume { get; } = new("lifecycle.volumes", "A place whose content outlives the container.",
    [
        new("name", Text, "Name of the volume.") { Example = "\"uploads\"", IsRequired = true, IsOurs = true },
        new("path", Text, "Where the application sees it, absolute.") { Example = "\"/srv/uploads\"", IsRequired = true, IsOurs = true },
        new("class", Text, "`cache`: may vanish at any time, never backed up. Default: `data`.")
        { Example = "\"data\"", Choices = ["data", "cache"], IsOurs = true },
    ]);

    public static KeyGroup Need { get; } = new("lifecycle.needs", "A service the application needs.",
    [
        new("binding", Text, "Name of the folder in `/bindings`.")
        { Example = "\"db\"", IsRequired = true, IsOurs = true },
        new("type", Text, "Kind of service.") { Example = "\"postgresql\"", IsRequired = true, IsOurs = true },
        new("versions", Text, "Versions that will do.") { Example = "\">=15\"", IsOurs = true },
    ]);

    public static KeyGroup Lifecycle { get; } = new("lifecycle", "What the packager promises about data and the "
        + "eight verbs. Commands are shell lines run in `/nua/app`. The keys of one verb may also be gathered in a "
        + "table: `backup = { command = \"./dump\", mode = \"hot\" }`.",
    [
        new("data-version", Integer, "Number of the data's form; raise it when the data changes, not with every "
            + "release. Default: 0.")
        { Example = "2", Minimum = 0, IsOurs = true },
        new("upgrade-from", Integer, "Oldest data version that `upgrade` accepts. Default: 0.")
        { Example = "1", Minimum = 0, IsOurs = true },
        new("waypoints", Integers, "Data versions that an upgrade must not jump over.")
        { Example = "[5]", Minimum = 0, IsOurs = true },
        new("start", Table, "Keys of starting.")
        { Example = "{ ready-timeout = 60 }", Inside = LifecycleStart, IsOurs = true },
        new("ready-timeout", Integer, "Seconds until the application must be ready. Default: 120.")
        { Example = "60", Minimum = 1, Maximum = Day, IsOurs = true },
        new("stop", TextOrTable, "Command run before the stop signal.")
        { Example = "\"./drain\"", Inside = LifecycleStop, IsOurs = true },
        new("stop-signal", Text, "Signal that asks the application to end. Default: `SIGTERM`.")
        { Example = "\"SIGINT\"", IsOurs = true },
        new("stop-timeout", Integer, "Seconds for stopping, command and signal together. Default: 30.")
        { Example = "20", Minimum = 1, Maximum = Day, IsOurs = true },
        new("restart", TextOrTable, "Command that applies changed configuration without stopping.")
        { Example = "\"kill -HUP 1\"", Inside = LifecycleCommand, IsOurs = true },
        new("health", Table, "The section `healthcheck` in another place.")
        { Example = "{ http = \"/health\" }", Inside = SectionKeys.Healthcheck, IsOurs = true },
        new("upgrade", TextOrTable, "Command that brings data up to `data-version`, and empty data into being.")
        { Example = "\"./migrate\"", Inside = LifecycleUpgrade, IsOurs = true },
        new("upgrade-timeout", Integer, "Seconds for `upgrade`. Default: 1800.")
        { Example = "600", Minimum = 1, Maximum = Day, IsOurs = true },
        new("rollback", TextOrTable, "Command that brings data down again without loss.")
        { Example = "\"./migrate --down\"", Inside = LifecycleRollback, IsOurs = true },
        new("rollback-to", Integer, "Lowest data version that `rollback` reaches.")
        { Example = "1", Minimum = 0, IsOurs = true },
        new("backup", TextOrTable, "Command that fills `$NUA_BACKUP_DIR`. Default: a copy of the data, stopped.")
        { Example = "\"./dump\"", Inside = LifecycleBackup, IsOurs = true },
        new("backup-mode", Text, "`hot` beside the live application, `cold` on stopped data, `snapshot`. Default: "
            + "`cold`.")
        { Example = "\"hot\"", Choices = ["hot", "cold", "snapshot"], IsOurs = true },
        new("backup-timeout", Integer, "Seconds for `backup`. Default: 3600.")
        { Example = "600", Minimum = 1, Maximum = Day, IsOurs = true },
        new("stale-is-dangerous", Texts, "Volumes or bindings that do harm when they come back older than the rest, such as a queue that would send its "
            + "messages again. Operators warn before they restore.")
        { Example = "[\"queue\"]", IsOurs = true },
        new("restore", TextOrTable, "Command that rebuilds data from a backup. Default: the inverse of the copy.")
        { Example = "\"./load\"", Inside = LifecycleCommand, IsOurs = true },
        new("overlap", Flag, "Old and new may run at once on the same data: an upgrade with an equal data version lets nobody wait, if the image listens where `PORT` says. Default: false.")
        { Example = "true", IsOurs = true },
        new("secrets", Tables, "Secrets the application needs; also a list of names.")
        { Example = "[{ name = \"SECRET_KEY\", generate = \"hex:64\" }]", Inside = Secret, IsOurs = true },
        new("needs", Tables, "Services the application needs, bound in `/bindings`.")
        { Example = "[{ binding = \"db\", type = \"postgresql\" }]", Inside = Need, IsOurs = true },
        new("volumes", Tables, "Places whose content outlives the container, besides `/nua/data` and `/nua/cache`: what `[[volume]]` says, in the words of the image's contract.")
        { Example = "[{ name = \"uploads\", path = \"/srv/uploads\" }]", Inside = Volume, IsOurs = true },
        new("contract", Integer, "Computed.") { Example = "1", IsOurs = true, IsWritten = true },
    ]);
}
