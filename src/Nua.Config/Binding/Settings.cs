using System.Text;
using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Values given on the command line, <c>section.key=value</c>. The value is TOML where it is valid TOML, else
/// text, so that <c>build.stack=static</c> and <c>build.packages=["gcc"]</c> both work.</summary>
internal static class Settings
{
    public static TableNode Apply(TableNode root, IReadOnlyList<string> settings, ProblemLog log)
    {
        foreach (var setting in settings)
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            var keys = equals < 0 ? [] : setting[..equals].Trim().Split('.');
            if (keys.Length is 0 or > 8 || keys.Any(key => key.Length == 0))
            {
                log.Add(ConfigProblems.BadSetting(setting, "it is not KEY=VALUE"), default(Position));
                continue;
            }

            root = With(root, keys, Value(setting[(equals + 1)..]));
        }

        return root;
    }

    private static TableNode With(TableNode table, ReadOnlySpan<string> keys, ConfigNode value)
    {
        var key = keys[0];
        var old = table.Entries.FirstOrDefault(entry => KeyGroup.Fold(entry.Key) == KeyGroup.Fold(key));
        var inner = keys.Length == 1
            ? value
            : With(old?.Value as TableNode ?? new TableNode(default, []), keys[1..], value);
        var entry = new ConfigEntry(old?.Key ?? key, default, inner);
        return new TableNode(table.Position, [.. table.Entries.Where(other => other != old), entry]);
    }

    private static ConfigNode Value(string text)
    {
        var quiet = new ProblemLog("--set");
        var source = SourceText.Decode(Encoding.UTF8.GetBytes($"value = {text}\n"), quiet);
        var parsed = source is null ? null : TomlSyntax.Read(source, quiet) as TableNode;
        return parsed is { Entries: [{ Key: "value", Value: var value }] }
            && value is not ScalarNode { Scalar: ScalarKind.Date }
            ? Unplaced(value)
            : new ScalarNode(default, ScalarKind.Text, text);
    }

    /// <summary>The same value with the place "command line".</summary>
    private static ConfigNode Unplaced(ConfigNode node) => node switch
    {
        TableNode table => new TableNode(default, [.. table.Entries.Select(entry =>
            entry with { Position = default, Value = Unplaced(entry.Value) })]),
        ListNode list => new ListNode(default, [.. list.Items.Select(Unplaced)]),
        _ => new ScalarNode(default, ((ScalarNode)node).Scalar, ((ScalarNode)node).Text),
    };
}
