using Nua.Config.Binding;
using Nua.Config.Syntax;
using Nua.Foundation;

namespace Nua.Config;

/// <summary>
/// Reads the configuration of a project: TOML, YAML or JSON into one model, every spelling that a published file has,
/// all problems at once. Never throws for what a file holds; time and memory are bounded by <see cref="Limits"/>.
/// </summary>
public static class ConfigReader
{
    /// <summary>Reads the configuration of a folder, or exactly the file named. A folder without one gives an empty
    /// configuration and no problem.</summary>
    /// <param name="settings">Values that override the file, as <c>section.key=value</c>.</param>
    public static ConfigResult Read(string path, IReadOnlyList<string>? settings = null)
    {
        if (ConfigLocator.Locate(path) is not { } location)
        {
            return new ConfigResult { Problems = [ConfigProblems.NoSuchPath(path)] };
        }

        var log = new ProblemLog(location.File ?? "--set");
        AddLocation(location, path, log);
        var root = location.File is null ? new TableNode(new Position(1, 1), []) : ReadFile(location.File, log);
        var config = root is null ? null : Bind(root, settings ?? [], isEmpty: location.File is null, log);
        return new ConfigResult
        {
            Config = config,
            Problems = log.ToList(),
            File = location.File,
            OtherCandidates = location.OtherCandidates,
            Root = location.Root,
        };
    }

    /// <summary>Reads text whose syntax the extension of <paramref name="fileName"/> tells; no file is
    /// touched.</summary>
    public static ConfigResult ReadText(
        string fileName, ReadOnlySpan<byte> bytes, IReadOnlyList<string>? settings = null)
    {
        var log = new ProblemLog(fileName);
        var root = Parse(fileName, bytes, log);
        var config = root is null ? null : Bind(root, settings ?? [], isEmpty: false, log);
        return new ConfigResult { Config = config, Problems = log.ToList(), File = fileName };
    }

    private static void AddLocation(ConfigLocation location, string path, ProblemLog log)
    {
        if (location.IsParent)
        {
            log.Add(ConfigProblems.ParentIsProject(path, location.Root));
        }

        // Somebody who names a file knows what they want.
        if (location.OtherCandidates.Count > 0 && location.File != path)
        {
            log.Add(ConfigProblems.OtherCandidates(location.File!, location.OtherCandidates));
        }
    }

    private static ConfigNode? ReadFile(string file, ProblemLog log)
    {
        if (SyntaxOf(file) is null)
        {
            log.Add(ConfigProblems.UnknownSyntax(file));
            return null;
        }

        return ConfigFile.Read(file, log) is { } bytes ? Parse(file, bytes, log) : null;
    }

    private static ConfigNode? Parse(string file, ReadOnlySpan<byte> bytes, ProblemLog log)
    {
        if (SyntaxOf(file) is not { } read)
        {
            log.Add(ConfigProblems.UnknownSyntax(file));
            return null;
        }

        return SourceText.Decode(bytes, log) is { } source ? read(source, log) : null;
    }

    private static Func<SourceText, ProblemLog, ConfigNode?>? SyntaxOf(string file) =>
        Path.GetExtension(file).ToLowerInvariant() switch
        {
            ".toml" => TomlSyntax.Read,
            ".yaml" or ".yml" => YamlSyntax.Read,
            ".json" => JsonSyntax.Read,
            _ => null,
        };

    /// <summary>Null when there is an error.</summary>
    private static AppConfig? Bind(ConfigNode root, IReadOnlyList<string> settings, bool isEmpty, ProblemLog log)
    {
        if (root is not TableNode)
        {
            log.Add(ConfigProblems.NotATable(root.Kind), root.Position);
            return null;
        }

        var table = Settings.Apply((TableNode)root, settings, log);
        if (isEmpty && settings.Count == 0)
        {
            return new AppConfig();
        }

        var config = ConfigBinder.Bind(table, log, hasFile: !isEmpty);
        return log.HasErrors ? null : config;
    }
}
