using Nua.Check.Scanning;
using static Nua.Check.Scanning.JsonShape;

namespace Nua.Check.Rules;

/// <summary>The forms of the documents in <c>/nua/metadata</c>, as section 3 of the specification names their
/// members.</summary>
internal static class MetadataShapes
{
    private const long LongestTime = 7 * 24 * 3600;

    private static readonly JsonShape _time = Whole(1, LongestTime);
    private static readonly JsonShape _command = Object(new Field("command", Command, IsRequired: false));
    private static readonly JsonShape _digest = Name;

    private static readonly JsonShape _volume = Object(
        new Field("name", Name),
        new Field("path", Name),
        new Field("class", Name, IsRequired: false));

    /// <summary>The sections that are a <c>nua-config</c> again, with what the builder adds looked at only as far as it
    /// is there.</summary>
    public static JsonShape NuaConfig { get; } = Object(
        new Field("schema", Whole(1, 1)),
        new Field("metadata", Object(
            new Field("id", Name), new Field("version", Name), new Field("title", Text, IsRequired: false))),
        new Field("build", Table, IsRequired: false),
        new Field("run", Table, IsRequired: false),
        new Field("env", Table, IsRequired: false),
        new Field("port", TableOrList, IsRequired: false),
        new Field("volume", TableOrList, IsRequired: false),
        new Field("provider", TableOrList, IsRequired: false),
        new Field("healthcheck", Table, IsRequired: false),
        new Field("backup", Table, IsRequired: false),
        new Field("docker", Table, IsRequired: false),
        new Field("lifecycle", Table),
        new Field("runtime", Table));

    public static JsonShape Lifecycle { get; } = Object(
        new Field("data_version", Whole()),
        new Field("upgrade_from", Whole()),
        new Field("waypoints", ListOf(Whole()), IsRequired: false),
        new Field("rollback", Object(
            new Field("mode", OneOf("script", "snapshot", "none")),
            new Field("to", Whole(), IsRequired: false))),
        new Field("backup", Object(
            new Field("mode", OneOf("hot", "cold", "snapshot")),
            new Field("by", OneOf("copy", "command"), IsRequired: false),
            new Field("timeout", _time, IsRequired: false),
            new Field("stale_is_dangerous", ListOf(Text), IsRequired: false))),
        new Field("upgrade", Object(new Field("timeout", _time)), IsRequired: false),
        new Field("start", Object(new Field("ready_timeout", _time))),
        new Field("stop", Object(new Field("signal", Name), new Field("timeout", _time))),
        new Field("health", Object(
            new Field("interval", _time),
            new Field("timeout", _time),
            new Field("retries", Whole(1, 1000)),
            new Field("http", Text, IsRequired: false))),
        new Field("overlap", Flag),
        new Field("volumes", ListOf(_volume)),
        new Field("secrets", ListOf(Object(
            new Field("name", Name),
            new Field("generate", Text, IsRequired: false),
            new Field("scope", OneOf("data", "instance")),
            new Field("rotatable", Flag)))),
        new Field("needs", ListOf(Object(
            new Field("binding", Name),
            new Field("type", Name),
            new Field("versions", Text, IsRequired: false)))));

    public static JsonShape Runtime { get; } = Object(
        new Field("app_id", Name),
        new Field("version", Name),
        new Field("wrapped", Flag, IsRequired: false),
        new Field("port", Nullable(Whole(1, 65535))),
        new Field("ports", ListOf(Object(
            new Field("name", Name),
            new Field("port", Whole(1, 65535)),
            new Field("protocol", OneOf("tcp", "udp", "sctp"))))),
        new Field("start", Object(
            new Field("argv", ListOf(Text)),
            new Field("shell", ListOf(Text)),
            new Field("static_root", Text, IsRequired: false),
            new Field("spa", Flag, IsRequired: false),
            new Field("workdir", Name))),
        new Field("health", Object(
            new Field("http", Text, IsRequired: false),
            new Field("command", LineOrWords, IsRequired: false),
            new Field("interval", _time),
            new Field("timeout", _time),
            new Field("retries", Whole(1, 1000)),
            new Field("start_period", Whole(0, LongestTime)))),
        new Field("stop", Object(new Field("signal", Name), new Field("timeout", _time))),
        new Field("restart", _command),
        new Field("upgrade", _command),
        new Field("rollback", _command),
        new Field("backup", _command),
        new Field("restore", _command),
        new Field("data_version", Whole()),
        new Field("upgrade_from", Whole()),
        new Field("required_settings", ListOf(Name)),
        new Field("secrets", ListOf(Object(
            new Field("name", Name), new Field("as_variable", Flag), new Field("protects_data", Flag, IsRequired: false)))),
        new Field("volumes", ListOf(_volume)));

    public static JsonShape Build { get; } = Object(
        new Field("schema", Whole(1, 1)),
        new Field("tool", Object(new Field("name", Name), new Field("version", Name))),
        new Field("compat", Whole(1)),
        new Field("source", Object(
            new Field("digest", _digest),
            new Field("kind", OneOf("folder", "archive", "git")),
            new Field("address", Text, IsRequired: false),
            new Field("commit", Text, IsRequired: false))),
        new Field("base", Object(new Field("name", Name), new Field("digest", _digest))),
        new Field("packages", ListOf(Object(
            new Field("name", Name),
            new Field("version", Name),
            new Field("architecture", Name),
            new Field("sha256", Text, IsRequired: false),
            new Field("scope", OneOf("base", "run", "build"))))),
        new Field("toolchains", ListOf(Object(new Field("name", Name), new Field("version", Name)))),
        new Field("plan", Table),
        new Field("epoch", Whole(0, 253402300799)),
        new Field("layers", ListOf(Object(new Field("kind", Name), new Field("diff_id", _digest, IsRequired: false)))),
        new Field("stray", ListOf(Text)));

    public static JsonShape Files { get; } = Object(
        new Field("schema", Whole(1, 1)),
        new Field("files", ListOf(Object(
            new Field("path", Name, IsRequired: false),
            new Field("path_base64", Name, IsRequired: false),
            new Field("type", OneOf("file", "dir", "link", "hardlink")),
            new Field("mode", Name),
            new Field("uid", Whole(0, uint.MaxValue)),
            new Field("gid", Whole(0, uint.MaxValue)),
            new Field("size", Whole(0, long.MaxValue), IsRequired: false),
            new Field("sha256", Text, IsRequired: false),
            new Field("link", Text, IsRequired: false),
            new Field("link_base64", Name, IsRequired: false),
            new Field("component", Text, IsRequired: false),
            new Field("layer", Name)))));
}
