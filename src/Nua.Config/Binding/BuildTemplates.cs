using System.Globalization;
using Nua.Config.Catalogue;
using Nua.Config.Syntax;

namespace Nua.Config.Binding;

/// <summary>Fills <c>{version}</c> and other texts of <c>[metadata]</c> and <c>[build]</c> in those keys of
/// <c>[build]</c> that are templates. Two passes, as ever: a value may itself hold names, but the values of those are
/// not looked at again.</summary>
internal sealed class BuildTemplates(Metadata metadata, BuildConfig build, string? builder, ProblemLog log)
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal)
    {
        ["id"] = metadata.Id,
        ["version"] = metadata.Version,
        ["release"] = metadata.Release?.ToString(CultureInfo.InvariantCulture),
        ["title"] = metadata.Title,
        ["author"] = metadata.Author,
        ["description"] = metadata.Description,
        ["tagline"] = metadata.Tagline,
        ["website"] = metadata.Website,
        ["license"] = build.License,
        ["src-url"] = build.SrcUrl,
        ["src-checksum"] = build.SrcChecksum,
        ["git-url"] = build.GitUrl,
        ["git-branch"] = build.GitBranch,
        ["project"] = build.Project,
        ["base-image"] = build.BaseImage,
        ["method"] = build.Method,
        ["builder"] = builder,
        ["document-root"] = build.DocumentRoot,
    };

    /// <summary>Characters that filling in may add, all templates together.</summary>
    private const int Longest = 4 << 20;

    private long _added;

    /// <param name="path">The key, for messages.</param>
    /// <param name="isShell">The text goes to a shell, which has a meaning of its own for <c>${NAME}</c>.</param>
    public string? Fill(string? text, string path, Position at, bool isShell = false) =>
        text is null ? null : BraceTemplate.Fill(text, brace => Value(brace, path, at, isShell));

    private string? Value(Brace brace, string path, Position at, bool isShell)
    {
        if (brace.AfterDollar)
        {
            if (!isShell)
            {
                log.Add(ConfigProblems.DollarInTemplate(path, brace.Name), at);
            }

            return null;
        }

        var name = KeyGroup.Fold(brace.Name);
        if (!_values.TryGetValue(name, out var value))
        {
            var near = log.IsFull ? null : Suggestion.Nearest(brace.Name, _values.Keys);
            log.Add(ConfigProblems.UnknownTemplateName(path, brace.Name, near), at);
            return null;
        }

        if (value is null)
        {
            log.Add(ConfigProblems.EmptyTemplateName(path, brace.Name), at);
            return null;
        }

        var filled = BraceTemplate.Fill(
            value,
            inner => inner.AfterDollar ? null : Spend(_values.GetValueOrDefault(KeyGroup.Fold(inner.Name)), path, at));
        return Spend(filled, path, at);
    }

    /// <summary>The value, or null when too much has been filled in: a description that names itself grows without
    /// end.</summary>
    private string? Spend(string? value, string path, Position at)
    {
        var wasWithin = _added <= Longest;
        _added += value?.Length ?? 0;
        if (_added > Longest && wasWithin)
        {
            log.Add(ConfigProblems.TemplatesTooLong(path, Longest), at);
        }

        return _added <= Longest ? value : null;
    }
}
