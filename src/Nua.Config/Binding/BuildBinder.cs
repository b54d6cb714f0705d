using Nua.Config.Catalogue;
using Nua.Config.Syntax;
using Nua.Foundation;

namespace Nua.Config.Binding;

/// <summary>Reads <c>[build]</c>, also that of a provider.</summary>
internal sealed class BuildBinder(Fields fields, ProblemLog log)
{
    private static readonly string[] _archives = [".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".zip"];
    private static readonly string[] _metaPackages = ["postgres-client", "psycopg2", "mariadb-client"];

    private readonly Dictionary<string, Position> _places =
        fields.Left.ToDictionary(field => field.Key, field => field.Value.Position, StringComparer.Ordinal);

    public BuildConfig Bind(Metadata metadata)
    {
        var isLiteral = fields.Boolean("templates") == false;
        var builder = fields.Peek("builder")?.Value is TableNode ? fields.Table("builder") : null;
        var builderName = builder is null ? fields.Text("builder") : null;
        var raw = Raw();
        fields.Close();

        var templates = new BuildTemplates(metadata, raw, builderName, log);
        string? Fill(string? text, string key) => isLiteral ? text : templates.Fill(text, fields.PathOf(key), At(key));
        IReadOnlyList<string>? FillAll(IReadOnlyList<string>? lines, string key) =>
            lines is null || isLiteral
                ? lines
                : [.. lines.Select(line => templates.Fill(line, fields.PathOf(key), At(key), isShell: true)!)];

        var build = raw with
        {
            SrcUrl = Fill(raw.SrcUrl, "src-url"),
            GitUrl = Fill(raw.GitUrl, "git-url"),
            GitBranch = Fill(raw.GitBranch, "git-branch"),
            Project = Fill(raw.Project, "project"),
            BaseImage = Fill(raw.BaseImage, "base-image"),
            Commands = FillAll(raw.Commands, "build"),
            BeforeBuild = FillAll(raw.BeforeBuild, "before-build")!,
            Builder = builder is null ? Builder(Fill(builderName, "builder")) : Builder(builder),
        };
        Check(build);
        return build;
    }

    private BuildConfig Raw() => new()
    {
        License = fields.Text("license"),
        SrcUrl = fields.Text("src-url"),
        SrcChecksum = Checksum(fields.Text("src-checksum")),
        GitUrl = fields.Text("git-url"),
        GitBranch = fields.Text("git-branch"),
        Project = fields.Text("project"),
        BaseImage = fields.Text("base-image"),
        Method = fields.Text("method"),
        Packages = fields.Names("packages"),
        MetaPackages = fields.Names("meta-packages"),
        Commands = fields.Texts("build"),
        BeforeBuild = fields.Texts("before-build") ?? [],
        PipInstall = fields.Texts("pip-install") ?? [],
        Test = fields.Texts("test") ?? [],
        DocumentRoot = DocumentRoot(fields.Text("document-root")),
        Stack = fields.Text("stack"),
        Network = fields.Boolean("network"),
        Keep = fields.Texts("keep") ?? [],
        Secrets = fields.Texts("secrets") ?? [],
        SpaFallback = fields.Boolean("spa-fallback"),
        Compression = fields.Text("compression"),
        Memory = fields.Integer("memory"),
        Timeout = fields.Integer("timeout"),
    };

    private string? Checksum(string? text)
    {
        const string prefix = "sha256:";
        if (text is null)
        {
            return null;
        }

        var hex = text.Trim().ToLowerInvariant();
        hex = hex.StartsWith(prefix, StringComparison.Ordinal) ? hex[prefix.Length..] : hex;
        if (hex.Length == 64 && hex.All(char.IsAsciiHexDigit))
        {
            return hex;
        }

        if (hex.Length > 0)
        {
            Report("src-checksum", path => ConfigProblems.BadChecksum(path, text));
        }

        return null;
    }

    /// <summary>Old files named the folder as the image has it: <c>/nua/app/html</c> is <c>html</c> of the
    /// source.</summary>
    private string? DocumentRoot(string? text)
    {
        const string inImage = NuaTree.App + "/";
        var isInImage = text is not null && text.StartsWith(inImage, StringComparison.Ordinal);
        var path = isInImage ? text![inImage.Length..] : text;
        if (path is null || (!path.StartsWith('/') && !HasParent(path)))
        {
            return path;
        }

        Report("document-root", key => ConfigProblems.OutsideSource(key, path));
        return null;
    }

    private BuilderConfig? Builder(string? name)
    {
        if (name is null)
        {
            return null;
        }

        var builder = BuilderNames.Parse(name);
        if (builder is null)
        {
            var language = name.TrimEnd([.. "0123456789.-"]);
            var near = Suggestion.Nearest(language, BuilderNames.Languages);
            Report("builder", path => ConfigProblems.UnknownBuilder(path, name, near));
        }

        return builder;
    }

    private BuilderConfig? Builder(Fields table)
    {
        var name = table.Text("name");
        var version = table.Text("version");
        table.Close();
        if (name is null)
        {
            log.Add(ConfigProblems.Missing(table.Path, "name"), table.Position);
            return null;
        }

        var builder = BuilderNames.Of(name, version);
        if (builder is null)
        {
            var near = Suggestion.Nearest(name, BuilderNames.Languages);
            Report("builder", path => ConfigProblems.UnknownBuilder(path, $"{name} {version}".TrimEnd(), near));
        }

        return builder;
    }

    private void Check(BuildConfig build)
    {
        if (build.SrcUrl is { } address && address.Contains("://", StringComparison.Ordinal) && !IsArchive(address))
        {
            Report("src-url", path => ConfigProblems.UnknownArchive(path, address));
        }

        if (build.Method == "wrap" && build.BaseImage is null)
        {
            Report("method", ConfigProblems.WrapWithoutImage);
        }

        foreach (var unknown in build.MetaPackages.Except(_metaPackages))
        {
            Report("meta-packages", path => ConfigProblems.UnknownMetaPackage(path, unknown));
        }

        foreach (var kept in build.Keep.Where(kept => !IsKeepable(kept)))
        {
            Report("keep", path => ConfigProblems.BadPath(path, kept, "an absolute path outside /nua"));
        }

        foreach (var secret in build.Secrets.Where(secret => !IsIdentifier(secret)))
        {
            Report("secrets", path => ConfigProblems.BadPath(path, secret, "an identifier of letters, digits, - _ ."));
        }
    }

    /// <summary>Of an address its path counts, and a template that was not filled may still become anything.</summary>
    private static bool IsArchive(string address)
    {
        var path = address.Split('?', '#')[0];
        return path.Contains('{', StringComparison.Ordinal)
            || _archives.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsKeepable(string path) =>
        path.StartsWith('/') && !HasParent(path) && path.Trim('/') is { Length: > 0 } rest
        && rest != "nua" && !rest.StartsWith("nua/", StringComparison.Ordinal);

    private static bool HasParent(string path) => path.Split('/').Contains("..");

    private static bool IsIdentifier(string text) =>
        text is not ("." or "..") && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private Position At(string key) => _places.GetValueOrDefault(key, fields.Position);

    private void Report(string key, Func<string, Problem> problem) => log.Add(problem(fields.PathOf(key)), At(key));
}
