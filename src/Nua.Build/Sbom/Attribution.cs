using System.Text.RegularExpressions;

namespace Nua.Build.Sbom;

/// <summary>Which component a file belongs to: the one that lists it, else the one that owns the nearest folder above it.</summary>
public sealed partial class Attribution
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _folders = new(StringComparer.Ordinal);

    public Attribution(ComponentInventory inventory)
    {
        foreach (var component in inventory.Parts.Append(inventory.App))
        {
            foreach (var file in component.Files)
            {
                _files.TryAdd(file, component.BomRef);
            }

            foreach (var folder in component.Folders)
            {
                _folders.TryAdd(folder, component.BomRef);
            }
        }
    }

    /// <summary>The bom-ref, or null when nothing claims the path.</summary>
    /// <param name="path">In the image, with or without a leading slash.</param>
    public string? ComponentOf(string path)
    {
        var name = path.TrimStart('/');
        return _files.GetValueOrDefault(name) ?? OfSource(name) ?? OfFolder(name);
    }

    /// <summary>Python's compiled files belong to whom their source belongs.</summary>
    private string? OfSource(string path) =>
        Compiled().Match(path) is { Success: true } match
            ? _files.GetValueOrDefault($"{match.Groups[1].Value}{match.Groups[2].Value}.py")
            : null;

    private string? OfFolder(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash >= 0; slash = slash == 0 ? -1 : path.LastIndexOf('/', slash - 1))
        {
            if (_folders.TryGetValue(path[..(slash + 1)], out var found))
            {
                return found;
            }
        }

        return null;
    }

    [GeneratedRegex(@"\A(.*/|)__pycache__/([^/]+?)\.[a-z]+-[0-9a-z]+(?:\.opt-[12])?\.pyc\z", RegexOptions.CultureInvariant)]
    private static partial Regex Compiled();
}
