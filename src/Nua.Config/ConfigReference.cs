using System.Text;
using Nua.Config.Binding;
using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config;

/// <summary>The reference page of the configuration, made from the key catalogue: docs/reference/nua-config.md is this
/// text.</summary>
public static class ConfigReference
{
    public static string ToMarkdown()
    {
        var page = new StringBuilder();
        page.Append(Introduction());
        page.Append("## Sections\n\n| section | holds | |\n| --- | --- | --- |\n");
        foreach (var section in ConfigCatalogue.Root.Keys.Where(key => !key.IsWritten))
        {
            page.Append($"| `{section.Name}` | {Shape(section)} | {Cell(section.About)} |\n");
        }

        foreach (var group in ConfigCatalogue.Groups().Where(group => group.Name.Length > 0))
        {
            AppendGroup(page, group);
        }

        page.Append(Rules());
        AppendOld(page);
        AppendRetired(page);
        return page.ToString();
    }

    private static string Introduction() => $$"""
        # The configuration file

        <!-- Made from src/Nua.Config/Catalogue. Do not edit: run the tests with NUA_UPDATE_DOCS=1. -->

        A project needs no configuration. What it says in `nua-config` overrides what `nua plan` finds. The smallest
        useful file:

        ```toml
        [metadata]
        id = "notes"
        version = "1.0"
        title = "Notes"
        author = "Jo Doe"
        ```

        ## Which file is read

        The first that exists of `nua-config.json`, `nua-config.toml`, `nua-config.yaml`, `nua-config.yml`; first in
        the project's folder, then in its `nua/`, then in `nua/metadata/`. Files are never merged: the others are
        named in a warning. A file named on the command line is read itself; a path that does not exist is refused. A
        folder named `nua` belongs to the folder above when that has a configuration.

        The three syntaxes say the same. TOML is version 1.1. JSON is strict: no comments, nothing twice. YAML is one
        document with the scalars of YAML 1.2 (`yes`, `on`, `12:30` are text, `017` is 17), aliases within bounds and
        no tags. A key that comes twice is refused. Files are UTF-8, with or without byte order mark, or UTF-16 with
        one; at most {{Limits.Size / 1024}} KiB and {{Limits.Depth}} levels deep.

        All problems of a file are reported at once, with file, line and column. An unknown key is a warning, with a
        suggestion.


        """;

    private static void AppendGroup(StringBuilder page, KeyGroup group)
    {
        page.Append($"\n## `{group.Name}`\n\n{group.About}\n\n");
        page.Append("| key | holds | meaning | example |\n| --- | --- | --- | --- |\n");
        var isMixed = group.Keys.Any(key => !key.IsOurs);
        foreach (var key in group.Keys.Where(key => !key.IsWritten))
        {
            var marks = (key.IsRequired ? " **Required.**" : "") + (key.IsOurs && isMixed ? " *(new)*" : "");
            page.Append($"| `{key.Name}` | {Shape(key)} | {Cell(key.About)}{marks} | `{Cell(key.Example)}` |\n");
        }
    }

    private static string Shape(ConfigKey key)
    {
        var range = (key.Minimum, key.Maximum) switch
        {
            (null, null) => "",
            ({ } least, null) => $", {least} or more",
            var (least, most) => $", {least} to {most}",
        };
        return key.Shape switch
        {
            ValueShape.Text when key.Choices.Count > 0 =>
                string.Join(", ", key.Choices.Select(choice => $"`{choice}`")),
            ValueShape.Text => "text",
            ValueShape.Texts => "list of texts",
            ValueShape.TextOrTexts => "text or list of texts",
            ValueShape.Integer => $"integer{range}",
            ValueShape.Integers => $"list of integers{range}",
            ValueShape.Flag => "`true` or `false`",
            ValueShape.IntegerOrDynamic => $"integer{range}, or a [dynamic](#dynamic) value",
            ValueShape.Table => $"table [{key.Inside!.Name}](#{Anchor(key.Inside)})",
            ValueShape.TextOrTable => $"text, or table [{key.Inside!.Name}](#{Anchor(key.Inside)})",
            ValueShape.Tables when key.Inside is not null =>
                $"list of tables [{key.Inside.Name}](#{Anchor(key.Inside)})",
            ValueShape.NamedTables => $"tables [{key.Inside!.Name}](#{Anchor(key.Inside)}) by name",
            ValueShape.Variables => "variables by name",
            _ => "free table",
        };
    }

    private static string Anchor(KeyGroup group) => group.Name.Replace(".", "", StringComparison.Ordinal);

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Rules() => """

        ## How values are read

        - Keys: case does not count, `_` and `-` are the same. Names of variables, ports, engine options and driver
          options are data and stay byte for byte. When one key is spelled in two ways, the modern one wins, with a
          warning.
        - Text: a number counts as text with the digits as written; `true` and `false` too, with a warning; a date is
          an error, quote it. Empty text means absent.
        - Integers may be in quotes; a fraction is cut off with a warning. Booleans may be `true`, `yes`, `on`, `1`
          and their opposites, in quotes or not.
        - `null` means absent, but a variable that is `null` is an error.
        - Variables: numbers are kept as written, booleans become `true` and `false`, a list becomes its JSON text.
        - The tables of `[[volume.options]]` count as one table.
        - `metadata.id`, `version`, `title` and `author` should be there; what is missing is taken from the project,
          with a warning.
        - A port that is not named `web` needs `host` or `proxy`.

        ## Templates

        In `build.src-url`, `git-url`, `git-branch`, `project`, `base-image`, `builder`, `build` and `before-build`,
        `{name}` is replaced by the text of the key `name` of `[metadata]` or `[build]`: `{version}`, `{id}`,
        `{git-branch}`. A value may itself hold such names, one level deep. Only names of keys are replaced:
        `${HOME}`, JSON and awk stay as they are, an unknown `{word}` too, with a warning. `{{` and `}}` are literal
        braces.

        In `[env]`, `{NAME}` is replaced by another variable of the same container when the container is made,
        `${NAME}` too, with a warning. Variables that are made from each other are an error. Nothing else is a
        template: in `run.start` and `build.test` braces belong to the shell.

        ## Image names

        The image is named `nua-ID:VERSION`, with `-RELEASE` behind when there is one; an id that begins with `nua-`
        gets no second one. The name is lower-cased, the tag keeps its case. Each run of characters that an image's
        name or tag may not have becomes one `-`, which is cut off at the ends; both are cut to 128 characters. When
        nothing is left, the name is `nua-app` and the version `unknown`. A warning tells when this happens.

        | id, version, release | image |
        | --- | --- |
        | `notes`, `1.0`, none | `nua-notes:1.0` |
        | `nua-notes`, `1.0`, 3 | `nua-notes:1.0-3` |
        | `My App`, `1.0+git`, none | `nua-my-app:1.0-git` |
        | `cal.com`, `???`, 1 | `nua-cal.com:unknown-1` |

        """;

    private static void AppendOld(StringBuilder page)
    {
        page.Append("\n## Old spellings\n\nStill read, with a note; `nua config show` prints the modern form.\n\n");
        page.Append("| old | modern |\n| --- | --- |\n");
        foreach (var group in ConfigCatalogue.Groups())
        {
            foreach (var key in group.Keys)
            {
                foreach (var old in key.Old)
                {
                    page.Append($"| `{old}` | `{group.Name}.{key.Name}` |\n");
                }
            }
        }

        foreach (var (old, modern) in OldSpellings.Special)
        {
            page.Append($"| `{Cell(old)}` | `{Cell(modern)}` |\n");
        }
    }

    private static void AppendRetired(StringBuilder page)
    {
        page.Append("\n## Keys without effect\n\nRead with a warning.\n\n| key | |\n| --- | --- |\n");
        foreach (var (key, reason) in RetiredKeys.All)
        {
            page.Append($"| `{key}` | {Cell(reason)} |\n");
        }
    }
}
