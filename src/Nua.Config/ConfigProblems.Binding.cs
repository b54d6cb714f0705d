using Nua.Config.Syntax;
using Nua.Foundation;

namespace Nua.Config;

internal static partial class ConfigProblems
{
    // 110x: keys and values of any section.

    public static Problem UnknownSection(string name, string? near) =>
        Warning("NUA1101", $"the section {Quote(name)} is unknown and has no effect") with
        {
            Remedy = DidYouMean(near) ?? SchemaHint,
        };

    public static Problem UnknownKey(string path, string? near, string? elsewhere) =>
        Warning("NUA1102", $"the key {Quote(path)} is unknown and has no effect") with
        {
            Remedy = elsewhere is null ? DidYouMean(near) ?? SchemaHint : $"write it as {elsewhere}",
        };

    public static Problem OldSpelling(string written, string modern) =>
        Note("NUA1103", $"{Quote(written)} is an old spelling") with { Remedy = $"write {Show(modern)}" };

    public static Problem OldSpellingLoses(string written, string modern) =>
        Warning("NUA1104", $"{Quote(written)} is an old spelling of {Quote(modern)}, which is there too and wins") with
        {
            Remedy = "remove the old one",
        };

    public static Problem TwoSpellings(string dropped, string kept) =>
        Warning("NUA1105", $"{Quote(dropped)} and {Quote(kept)} are one key; only {Quote(kept)} is read") with
        {
            Remedy = "keep one of the two",
        };

    public static Problem Retired(string path, string reason) =>
        Warning("NUA1106", $"the key {Quote(path)} has no effect any more") with { Why = reason, Remedy = "remove it" };

    public static Problem WrongType(string path, string wanted, string found) =>
        new("NUA1107", $"{Quote(path)} must be {wanted}, not {found}");

    public static Problem NotAChoice(string path, string found, IReadOnlyList<string> choices, string? near) =>
        new("NUA1108", $"{Quote(path)} is {Quote(found)}, which is not one of {string.Join(", ", choices)}")
        {
            Remedy = DidYouMean(near),
        };

    public static Problem OutOfRange(string path, string found, int lowest, int highest) =>
        new("NUA1109", $"{Quote(path)} is {Show(found)}, which is not {Range(lowest, highest)}");

    public static Problem FractionCut(string path, string found) =>
        Warning("NUA1110", $"{Quote(path)} is {Show(found)}; only the whole number counts");

    public static Problem BooleanAsText(string path, string found) =>
        Warning("NUA1111", $"{Quote(path)} is text, read as {Quote(found)}") with
        {
            Remedy = $"write \"{found}\" in quotes",
        };

    public static Problem DateAsText(string path, string found) =>
        new("NUA1112", $"{Quote(path)} must be text, not a date") { Remedy = $"write \"{Show(found)}\" in quotes" };

    public static Problem Missing(string path, string key) =>
        new("NUA1113", $"{Quote(path)} lacks the key {Quote(key)}") { Remedy = $"add {key}, or remove {Show(path)}" };

    // 112x: metadata and build.

    public static Problem MissingMetadata(IEnumerable<string> keys) =>
        Warning("NUA1120", $"[metadata] lacks {string.Join(", ", keys)}") with
        {
            Why = "the folder's name and the project's own files are used instead",
            Remedy = "state who the application is",
        };

    public static Problem NameMapped(string key, string written, string image) =>
        Warning("NUA1121", $"{Quote(key)} is {Quote(written)}, which cannot be part of an image's name") with
        {
            Why = $"the image is named {image}",
            Remedy = "use letters, digits and single . _ - between them",
        };

    public static Problem BadChecksum(string path, string found) =>
        new("NUA1122", $"{Quote(path)} is {Quote(found)}, which is not a SHA-256")
        {
            Remedy = "write 64 hex digits, as `sha256sum FILE` prints them",
        };

    /// <summary>A warning only: published files have such addresses where they never had an effect.</summary>
    public static Problem UnknownArchive(string path, string address) =>
        Warning("NUA1123", $"{Quote(path)} is {Quote(address)}, which names no known kind of archive") with
        {
            Remedy = "use .tar, .tar.gz, .tgz, .tar.bz2, .tar.xz or .zip, or git-url",
        };

    public static Problem UnknownBuilder(string path, string found, string? near) =>
        new("NUA1124", $"{Quote(path)} is {Quote(found)}, which is not a known language and version")
        {
            Remedy = DidYouMean(near) ?? "write, for example, node-20, python-3.13 or ruby-3.2",
        };

    public static Problem WrapWithoutImage(string path) =>
        new("NUA1125", $"{Quote(path)} is \"wrap\", but there is no base-image to wrap")
        {
            Remedy = "add build.base-image",
        };

    public static Problem UnknownMetaPackage(string path, string found) =>
        Warning("NUA1126", $"{Quote(path)} names {Quote(found)}, which has no effect") with
        {
            Remedy = "use postgres-client or mariadb-client, or name Debian packages in `packages`",
        };

    public static Problem UnknownTemplateName(string path, string name, string? near) =>
        Warning("NUA1127", $"{Quote(path)} has {{{Show(name)}}}, which names no key and stays as it is") with
        {
            Remedy = DidYouMean(near) ?? "write {{ and }} for literal braces",
        };

    public static Problem EmptyTemplateName(string path, string name) =>
        Warning("NUA1128", $"{Quote(path)} has {{{Show(name)}}}, which is not set and stays as it is") with
        {
            Remedy = $"set {name}",
        };

    public static Problem DollarInTemplate(string path, string name) =>
        Warning("NUA1130", $"{Quote(path)} has ${{{Show(name)}}}, which nothing expands") with
        {
            Remedy = $"write {{{Show(name)}}}",
        };

    public static Problem BadPath(string path, string found, string wanted) =>
        new("NUA1129", $"{Quote(path)} is {Quote(found)}, which is not {wanted}");

    public static Problem TemplatesTooLong(string path, int limit) =>
        new("NUA1132", $"{Quote(path)} grows beyond {limit} characters by what is filled in");

    public static Problem OutsideSource(string path, string found) =>
        Warning("NUA1131", $"{Quote(path)} is {Quote(found)}, which is not in the source, and has no effect") with
        {
            Remedy = "name a folder of the source, such as public",
        };

    // 114x: variables and references.

    public static Problem BadVariableName(string path) =>
        new("NUA1140", $"{Quote(path)} cannot be the name of a variable")
        {
            Remedy = "a name is not empty and has no = in it",
        };

    public static Problem NoValue(string path) =>
        new("NUA1141", $"{Quote(path)} has no value") { Remedy = "write \"\" for an empty variable, or remove it" };

    public static Problem NoSelector(string path) =>
        Warning("NUA1142", $"{Quote(path)} does not say where its value comes from; the variable is empty") with
        {
            Remedy = "write, for example, { from = \"database\", key = \"hostname\" } or { random = true }",
        };

    public static Problem ShortRandom(string path, int length) =>
        Warning("NUA1143", $"{Quote(path)} is a secret of only {length} characters") with { Remedy = "use 24 or more" };

    public static Problem UnknownFrom(string path, string name, string? near) =>
        new("NUA1144", $"{Quote(path)} reads from {Quote(name)}, which is neither a volume nor a provider")
        {
            Remedy = DidYouMean(near) ?? "declare a [[provider]] of that name",
        };

    public static Problem UnknownFromKey(string path, string key, string owner, string? near) =>
        Warning("NUA1145", $"{Quote(path)} reads {Quote(key)}, which {Show(owner)} is not known to have") with
        {
            Remedy = DynamicValue.Selectors.Contains(key) ? $"write {{ {key} = true }}" : DidYouMean(near),
        };

    public static Problem Cycle(IEnumerable<string> names) =>
        new("NUA1146", $"the variables {string.Join(" -> ", names.Select(Show))} are made from each other")
        {
            Remedy = "give one of them a value of its own",
        };

    public static Problem UnknownVariable(string path, string name, string? near) =>
        Warning("NUA1147", $"{Quote(path)} has {{{Show(name)}}}, which is not a variable and stays as it is") with
        {
            Remedy = DidYouMean(near) ?? "write {{ and }} for literal braces",
        };

    public static Problem DollarVariable(string path, string name) =>
        Warning("NUA1148", $"{Quote(path)} has ${{{Show(name)}}}, which is read as {{{Show(name)}}}") with
        {
            Remedy = "drop the $",
        };

    public static Problem EnvInDocker(string path) =>
        Warning("NUA1149", $"{Quote(path)} has no effect") with { Remedy = "put variables in [env]" };

    // 116x: ports, volumes, providers, backups.

    public static Problem PrivatePort(string path) =>
        new("NUA1160", $"{Quote(path)} needs `host` or `proxy`")
        {
            Why = "only the port named web is found without them",
            Remedy = "add one of them, or name the port web",
        };

    public static Problem SamePort(string path, string other) =>
        Warning("NUA1161", $"{Quote(path)} and {Quote(other)} are the same port of the container");

    public static Problem NoVolumeName(string path) =>
        Warning("NUA1162", $"{Quote(path)} has no name") with { Why = "only a tmpfs needs none", Remedy = "add name" };

    public static Problem SameTarget(string path, string target) =>
        new("NUA1163", $"{Quote(path)} has the target {Quote(target)} of another volume")
        {
            Remedy = "keep one of the two",
        };

    public static Problem VolumeTwice(string path) =>
        Warning("NUA1174", $"{Quote(path)} says the same as a volume before it") with { Remedy = "remove it" };

    public static Problem EmptyProvider(string path) =>
        Warning("NUA1164", $"{Quote(path)} is empty and has no effect") with { Remedy = "remove it" };

    public static Problem SameProvider(string path, string name) =>
        new("NUA1165", $"{Quote(path)} has the name {Quote(name)} of another provider")
        {
            Remedy = "name it differently",
        };

    public static Problem UnknownModule(string path, string found, string? near) =>
        Warning("NUA1166", $"{Quote(path)} is {Quote(found)}, which is not a built-in definition") with
        {
            Remedy = DidYouMean(near) ?? "use postgres, mariadb, mongo, redis-cache or sqlite, or give "
                + "build.base-image",
        };

    public static Problem BareVersion(string path, string found, string meant) =>
        Warning("NUA1167", $"{Quote(path)} is {Quote(found)}, read as {Quote(meant)}") with
        {
            Remedy = $"write \"{meant}\"",
        };

    public static Problem BadVersions(string path, string found) =>
        new("NUA1168", $"{Quote(path)} is {Quote(found)}, which is not a range of versions")
        {
            Remedy = "write, for example, \">=15,<16\"",
        };

    public static Problem UnknownBackup(string path, string found) =>
        Warning("NUA1169", $"{Quote(path)} is {Quote(found)}, which nothing implements") with
        {
            Remedy = "use tgz_volumes, pg_dump, mysqldump or mongodump, or give lifecycle.backup a command",
        };

    public static Problem EmptyBackup(string path) =>
        Warning("NUA1170", $"{Quote(path)} is empty and has no effect") with { Remedy = "remove it, or add method" };

    // 118x: the lifecycle.

    public static Problem BadSignal(string path, string found) =>
        new("NUA1180", $"{Quote(path)} is {Quote(found)}, which is not a signal")
        {
            Remedy = "write, for example, SIGTERM, SIGINT or SIGQUIT",
        };

    public static Problem BadGenerator(string path, string found) =>
        new("NUA1181", $"{Quote(path)} is {Quote(found)}, which does not say how to make a secret")
        {
            Remedy = "write, for example, hex:64 or alnum:32",
        };

    public static Problem AboveDataVersion(string path, int found, int dataVersion) =>
        new("NUA1182", $"{Quote(path)} is {found}, above the data version {dataVersion}");

    public static Problem SameName(string path, string name) =>
        new("NUA1183", $"{Quote(path)} names {Quote(name)} a second time") { Remedy = "keep one of the two" };

    public static Problem BadSetting(string setting, string cause) =>
        new("NUA1190", $"--set {Quote(setting)} cannot be read")
        {
            Why = Show(cause),
            Remedy = "write --set section.key=value",
        };

    private static Problem Warning(string code, string what) => new(code, what) { Severity = Severity.Warning };

    private static Problem Note(string code, string what) => new(code, what) { Severity = Severity.Note };

    private static string? DidYouMean(string? near) => near is null ? null : $"did you mean {near}?";

    private static string Range(int lowest, int highest) => (lowest, highest) switch
    {
        (int.MinValue, int.MaxValue) => "a number of 32 bits",
        (_, int.MaxValue) => $"{lowest} or more",
        _ => $"between {lowest} and {highest}",
    };

    private static string Show(string text) => Printable.Escape(text, Limits.Shown);

    private static string Quote(string text) => $"\"{Show(text)}\"";

    // 117x: verify.

    public static Problem BadRequestPath(string path, string found) =>
        new("NUA1171", $"{Quote(path)} is {Quote(found)}, which is not the path of a request")
        {
            Remedy = "begin it with / and write spaces as %20",
        };

    public static Problem BadCapture(string path, string name, string source) =>
        new("NUA1172", $"{Quote(path)} cannot take {Quote(source)} as {Quote(name)}")
        {
            Why = "a name has letters, digits and _, and is not seed",
            Remedy = "take json:/POINTER, header:NAME or body",
        };

    public static Problem BadHeader(string path, string name) =>
        new("NUA1173", $"{Quote(path)} has {Quote(name)}, which cannot be sent")
        {
            Remedy = "a name has no space and no colon, a value no line break",
        };
}
