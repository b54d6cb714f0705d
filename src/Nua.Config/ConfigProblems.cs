using Nua.Config.Syntax;
using Nua.Foundation;

namespace Nua.Config;

/// <summary>Every problem of the configuration, one method each, so that codes and wording can be read as a list.
/// Text from the file is escaped here.</summary>
internal static partial class ConfigProblems
{
    private const string SchemaHint = "`nua config schema` prints all keys; docs/reference/nua-config.md explains them";

    // 100x: finding and reading the file.

    public static Problem NoSuchPath(string path) =>
        new("NUA1001", $"'{Show(path)}' does not exist")
        {
            Remedy = "name the application's folder or its configuration file",
        };

    public static Problem OtherCandidates(string read, IEnumerable<string> others) =>
        Warning("NUA1002", $"only {Show(read)} is read, not {string.Join(", ", others.Select(Show))}") with
        {
            Why = "files are never merged: nua-config.json, .toml, .yaml, .yml, first in the folder, then in nua/, "
                + "then in nua/metadata/",
            Remedy = "remove the others, or name the file to read",
        };

    public static Problem UnknownSyntax(string file) =>
        new("NUA1003", $"'{Show(file)}' is not a configuration file")
        {
            Why = "the extension must say whether it is TOML, YAML or JSON",
            Remedy = "name a folder or a .toml, .yaml, .yml or .json file",
        };

    public static Problem Unreadable(string file, string cause) =>
        new("NUA1004", $"cannot read '{Show(file)}'")
        {
            Why = Show(cause),
            Remedy = "make it a readable, regular file",
        };

    public static Problem TooLarge(long size) =>
        new("NUA1005", $"the file has {size} bytes, more than {Limits.Size}")
        {
            Remedy = "keep data out of the configuration",
        };

    public static Problem ParentIsProject(string folder, string root) =>
        new("NUA1006", $"'{Show(folder)}' is the packaging folder of '{Show(root)}', which is taken as the project")
        {
            Severity = Severity.Note,
            Why = "a folder named nua beside or with a nua-config belongs to the folder above",
            Remedy = "rename it when it is a project of its own",
        };

    public static Problem More(int count) => new("NUA1009", $"{count} more problems are not shown");

    // 101x: syntax.

    public static Problem NotText(string found) =>
        new("NUA1010", $"the file is not text: it has {found}") { Remedy = "save it as UTF-8" };

    public static Problem Syntax(string language, string cause) =>
        new("NUA1011", $"this is not {language}: {Show(cause)}");

    public static Problem DuplicateKey(string key, string first) =>
        new("NUA1012", $"the key {Quote(key)} was already given at {first}") { Remedy = "keep one of the two" };

    public static Problem Redefined(string cause) =>
        new("NUA1013", Show(char.ToLowerInvariant(cause[0]) + cause[1..])) { Remedy = "keep one of the two" };

    public static Problem TooDeep() =>
        new("NUA1014", $"values are nested more than {Limits.Depth} levels deep");

    public static Problem Tag(string tag) =>
        new("NUA1015", $"the YAML tag {Quote(tag)} is refused")
        {
            Why = "a configuration is plain data",
            Remedy = "remove the tag; quote the value to make it text",
        };

    public static Problem UnknownAnchor(string name) =>
        new("NUA1016", $"the YAML anchor {Quote(name)} is not defined before");

    public static Problem AnchorInItself(string name) =>
        new("NUA1017", $"the YAML anchor {Quote(name)} contains itself");

    public static Problem TooManyAliases() =>
        new("NUA1018", $"the YAML aliases stand for more than {Limits.AliasedNodes} values")
        {
            Remedy = "write the values out",
        };

    public static Problem SecondDocument() =>
        new("NUA1019", "a second YAML document begins here") { Remedy = "keep one document, without `---`" };

    public static Problem KeyIsNoText() =>
        new("NUA1020", "a YAML key must be plain text") { Remedy = "write the key as text, in quotes where needed" };

    public static Problem NotATable(string kind) =>
        new("NUA1021", $"the file holds {kind}, not sections") { Remedy = "begin with a [metadata] section" };
}
