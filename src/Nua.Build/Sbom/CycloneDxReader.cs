using System.Text.Json;
using Nua.Foundation;

namespace Nua.Build.Sbom;

/// <summary>Reads back what <see cref="CycloneDxWriter"/> wrote, such as <c>/nua/metadata/sbom.json</c> of an image, apart from file lists, which
/// the document does not hold. Enough to write it again in another format.</summary>
public static class CycloneDxReader
{
    /// <exception cref="ProblemException">NUA2140: it is not a CycloneDX document.</exception>
    public static ComponentInventory Read(ReadOnlyMemory<byte> document)
    {
        var root = JsonFacts.ParseObject(document.Span);
        if (root.Member("bomFormat").Text() != "CycloneDX" || ReadComponent(root.Member("metadata").Member("component"), []) is null)
        {
            throw new ProblemException(new Problem("NUA2140", "the SBOM is not a CycloneDX document about an application"));
        }

        var needs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        foreach (var dependency in root.Member("dependencies").Items())
        {
            if (dependency.Member("ref").Text() is { } name)
            {
                needs[name] = [.. dependency.Member("dependsOn").Items().Select(i => i.Text()).OfType<string>().Order(StringComparer.Ordinal)];
            }
        }

        return new ComponentInventory(
            ReadComponent(root.Member("metadata").Member("component"), needs)!,
            [.. root.Member("components").Items().Select(c => ReadComponent(c, needs)).OfType<Component>().DistinctBy(c => c.BomRef)
                .OrderBy(c => c.BomRef, StringComparer.Ordinal)]);
    }

    private static Component? ReadComponent(JsonElement? json, Dictionary<string, IReadOnlyList<string>> needs)
    {
        var name = json.Member("name").Text();
        var purl = json.Member("purl").Text();
        if (name is null || purl is null)
        {
            return null;
        }

        var bomRef = json.Member("bom-ref").Text() ?? purl;
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var hash in json.Member("hashes").Items())
        {
            hashes[hash.Member("alg").Text() ?? ""] = hash.Member("content").Text() ?? "";
        }

        var properties = json.Member("properties").Items()
            .ToLookup(p => p.Member("name").Text() ?? "", p => p.Member("value").Text() ?? "");
        return new Component
        {
            BomRef = bomRef,
            Type = json.Member("type").Text() ?? "library",
            Group = json.Member("group").Text(),
            Name = name,
            Version = json.Member("version").Text() ?? "",
            Purl = purl,
            Description = json.Member("description").Text(),
            Licenses = License.Distinct(json.Member("licenses").Items().Select(l => License.Parse(
                l.Member("expression").Text() ?? l.Member("license").Member("id").Text() ?? l.Member("license").Member("name").Text()))),
            Hashes = hashes,
            Layer = properties["io.nua:layer"].FirstOrDefault(),
            Folders = [.. properties["io.nua:path"].Select(p => p.TrimStart('/') + "/")],
            DependsOn = needs.GetValueOrDefault(bomRef) ?? [],
        };
    }
}
