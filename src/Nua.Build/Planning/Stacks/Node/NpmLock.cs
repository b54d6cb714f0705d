using System.Text.Json;
using Nua.Build.Planning.Reading;

namespace Nua.Build.Planning.Stacks.Node;

/// <summary>What <c>package-lock.json</c> says of its own completeness (lock file versions 2 and 3, which list every place of a package).</summary>
internal static class NpmLock
{
    private const string Modules = "node_modules/";

    // A file made to be slow is not searched to its end: npm writes shorter places, and far fewer.
    private const int LongestPlace = 500;
    private const int MostLooks = 100_000;

    /// <summary>
    /// The first optional package, by file order, that another one names and the lock file has no place for; null when it is complete, or is no
    /// such file. npm writes such files where its registry lacks a package of another platform, or where packages of one platform were
    /// installed already. npm since 11.6 refuses them (<c>npm ci</c>: "Missing: … from lock file"); npm 10 leaves the package out, as optional means.
    /// </summary>
    public static string? FirstLeftOut(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Member("packages") is { ValueKind: JsonValueKind.Object } packages ? FirstLeftOut(packages) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Not JSON, or half a character in a name. npm says what is wrong with it.
            return null;
        }
    }

    private static string? FirstLeftOut(JsonElement packages)
    {
        var places = packages.EnumerateObject().Select(place => place.Name).ToHashSet(StringComparer.Ordinal);
        var looks = 0;
        foreach (var place in packages.EnumerateObject().Where(place => place.Name.Length <= LongestPlace))
        {
            foreach (var optional in place.Value.Member("optionalDependencies").Members())
            {
                var isPlaced = false;
                for (var folder = place.Name; !isPlaced && folder is not null && looks++ < MostLooks; folder = Above(folder))
                {
                    isPlaced = places.Contains(folder.Length == 0 ? Modules + optional.Name : $"{folder}/{Modules}{optional.Name}");
                }

                if (!isPlaced)
                {
                    return looks <= MostLooks ? optional.Name : null;
                }
            }
        }

        return null;
    }

    /// <summary>Where Node looks next: above <c>a/node_modules/b</c> in <c>a</c>, above a workspace <c>packages/a</c> in <c>packages</c>, last
    /// at the top, which is empty.</summary>
    private static string? Above(string folder)
    {
        var cut = folder.LastIndexOf("/" + Modules, StringComparison.Ordinal);
        return cut >= 0 ? folder[..cut]
            : folder.Length == 0 ? null
            : folder.StartsWith(Modules, StringComparison.Ordinal) || !folder.Contains('/', StringComparison.Ordinal) ? ""
            : folder[..folder.LastIndexOf('/')];
    }
}
