using System.Text;
using System.Text.Json;

namespace Nua.Check.Scanning;

/// <summary>
/// Reads what package managers write down about what they installed. The evidence that the SBOM is held against, so it
/// never looks at the SBOM.
/// </summary>
internal static class PackageRecords
{
    private const string DpkgStatus = "var/lib/dpkg/status";
    private const string DpkgStatusFolder = "var/lib/dpkg/status.d/";
    private const int LargestJson = 2 << 20;
    private const string DpkgLists = "var/lib/dpkg/info/";

    /// <summary>Whether the file's content must be kept to be read.</summary>
    public static bool IsRecord(string path) =>
        IsDpkg(path) || IsNpm(path) || IsPython(path) || path.EndsWith(".deps.json", StringComparison.Ordinal);

    /// <summary>A list of the files of one Debian package.</summary>
    public static bool IsFileList(string path) =>
        path.StartsWith(DpkgLists, StringComparison.Ordinal) && path.EndsWith(".list", StringComparison.Ordinal);

    /// <summary>The components that the record declares; none when it is damaged.</summary>
    public static IReadOnlyList<InstalledComponent> Read(string path, byte[] content)
    {
        if (IsDpkg(path))
        {
            return [.. Dpkg(Encoding.UTF8.GetString(content))];
        }

        if (IsPython(path))
        {
            return Python(Encoding.UTF8.GetString(content));
        }

        try
        {
            if (content.Length > LargestJson)
            {
                return [];
            }

            using var json = JsonDocument.Parse(content);
            return IsNpm(path) ? Npm(json.RootElement) : [.. NuGet(json.RootElement)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static bool IsDpkg(string path) => path == DpkgStatus
        || (path.StartsWith(DpkgStatusFolder, StringComparison.Ordinal)
        && !path.EndsWith(".md5sums", StringComparison.Ordinal));

    /// <summary>
    /// The manifest of an installed package: <c>…/node_modules/NAME/package.json</c>, with <c>@SCOPE/NAME</c> and with
    /// packages inside packages. Manifests deeper in a package are its tests and examples.
    /// </summary>
    private static bool IsNpm(string path)
    {
        if (!path.EndsWith("/package.json", StringComparison.Ordinal))
        {
            return false;
        }

        var parts = path.Split('/');
        var at = Array.IndexOf(parts, "node_modules");
        while (at >= 0 && at < parts.Length && parts[at] == "node_modules")
        {
            // pnpm keeps NAME@VERSION/node_modules/NAME below .pnpm.
            at += at + 1 < parts.Length && parts[at + 1] == ".pnpm" ? 3
                : at + 1 < parts.Length && parts[at + 1].StartsWith('@') ? 3 : 2;
        }

        return at == parts.Length - 1;
    }

    /// <summary>Debian has old distributions as one file <c>NAME.egg-info</c>.</summary>
    private static bool IsPython(string path) =>
        path.EndsWith(".dist-info/METADATA", StringComparison.Ordinal)
        || path.EndsWith(".egg-info/PKG-INFO", StringComparison.Ordinal)
        || path.EndsWith(".egg-info", StringComparison.Ordinal);

    private static IEnumerable<InstalledComponent> Dpkg(string text)
    {
        for (int start = 0, end; start < text.Length; start = end + 2)
        {
            // Not Split: the pieces of a hostile file would all be in memory at once.
            end = text.IndexOf("\n\n", start, StringComparison.Ordinal);
            end = end < 0 ? text.Length : end;
            var paragraph = text[start..end];
            var status = Field(paragraph, "Status");
            if (Field(paragraph, "Package") is { Length: > 0 } name
                && Field(paragraph, "Version") is { Length: > 0 } version
                && (status is null || status.EndsWith(" installed", StringComparison.Ordinal)))
            {
                yield return new InstalledComponent(
                    "deb", name, version) { Architecture = Field(paragraph, "Architecture") };
            }
        }
    }

    private static InstalledComponent[] Python(string text)
    {
        var end = text.IndexOf("\n\n", StringComparison.Ordinal);
        var head = (end < 0 ? text : text[..end]).Replace("\r", "", StringComparison.Ordinal);
        return Field(head, "Name") is { Length: > 0 } name && Field(head, "Version") is { Length: > 0 } version
            ? [new InstalledComponent("pypi", NormalPythonName(name), version)]
            : [];
    }

    /// <summary>PEP 503: runs of <c>-</c>, <c>_</c> and <c>.</c> are one dash, letters are lower case.</summary>
    public static string NormalPythonName(string name)
    {
        var result = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (c is not ('-' or '_' or '.'))
            {
                result.Append(char.ToLowerInvariant(c));
            }
            else if (result.Length > 0 && result[^1] != '-')
            {
                result.Append('-');
            }
        }

        return result.ToString();
    }

    private static InstalledComponent[] Npm(JsonElement json) =>
        Text(json, "name") is { Length: > 0 } name && Text(json, "version") is { Length: > 0 } version
            ? [new InstalledComponent("npm", name, version)]
            : [];

    private static IEnumerable<InstalledComponent> NuGet(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("libraries", out var libraries)
            || libraries.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        foreach (var library in libraries.EnumerateObject())
        {
            var slash = library.Name.IndexOf('/', StringComparison.Ordinal);
            if (slash > 0 && library.Value.ValueKind == JsonValueKind.Object
                && Text(library.Value, "type") == "package")
            {
                yield return new InstalledComponent("nuget", library.Name[..slash], library.Name[(slash + 1)..]);
            }
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? Field(string paragraph, string name)
    {
        foreach (var line in paragraph.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.Length > name.Length
                && line[name.Length] == ':')
            {
                return line[(name.Length + 1)..].Trim().ToString();
            }
        }

        return null;
    }
}
