using System.Text;
using System.Text.Json;
using Nua.Build.Layers;
using Nua.Build.Metadata;
using Nua.Build.Roots;
using Nua.Build.Sbom;

namespace Nua.Build.Rebase;

/// <summary>The topmost layer of a finished image, made true for another base: where it stands, what it consists of, the accounts, the scripts.</summary>
internal sealed class RebasedMetadata(FinishedImage finished, RuntimeRoot root)
{
    private const string Folder = "nua/metadata/";

    public IReadOnlyList<LayerItem> Write()
    {
        var epoch = finished.Epoch;
        var items = finished.Metadata.ToDictionary(i => i.Entry.Path, StringComparer.Ordinal);
        items.Remove("etc/passwd");
        foreach (var item in Accounts.Items(root.Facts, epoch).Concat(Scripts.Again(finished.Metadata, root.Facts.HasShell, epoch)))
        {
            items[item.Entry.Path] = item;
        }

        if (!items.Keys.Any(path => path.StartsWith("etc/", StringComparison.Ordinal)))
        {
            items.Remove("etc");
        }

        items[Folder + "build.json"] = Normal.File(Folder + "build.json", BuildJson(), epoch);
        var inventory = Components(CycloneDxReader.Read(Bytes(items, "sbom.json")));
        items[Folder + "sbom.json"] = Normal.File(Folder + "sbom.json", CycloneDxWriter.Write(inventory, epoch, ToolVersion.Text), epoch);
        var list = Bytes(items, "files.json");
        items.Remove(Folder + "files.json");
        items[Folder + "files.json"] = Normal.File(Folder + "files.json", FilesDocument.Rewrite(list, [.. items.Values], inventory), epoch);
        return [.. items.Values];
    }

    private static byte[] Bytes(Dictionary<string, LayerItem> items, string document) =>
        items.GetValueOrDefault(Folder + document)?.Origin is ContentOrigin.Memory memory ? memory.Bytes : [];

    /// <summary>The same document but for <c>base</c>, the packages of the old base, and <c>rebased_from</c>, the image that this one was.</summary>
    private byte[] BuildJson()
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            foreach (var (name, value) in finished.Build.Members().Where(p => p.Name != "rebased_from"))
            {
                switch (name)
                {
                    case "base":
                        json.WriteStartObject("base");
                        json.WriteString("name", root.BaseName);
                        json.WriteString("digest", root.Base.Digest.ToString());
                        json.WriteEndObject();
                        json.WriteString("rebased_from", finished.Image.Digest.ToString());
                        break;
                    case "packages":
                        json.WriteStartArray("packages");
                        foreach (var package in value.Items().Where(p => p.Member("scope").Text() == "build"))
                        {
                            package!.Value.WriteTo(json);
                        }

                        json.WriteEndArray();
                        break;
                    default:
                        json.WritePropertyName(name);
                        value!.Value.WriteTo(json);
                        break;
                }
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    /// <summary>What the application brought, on what the new base has. Needs that led to the old base lead to the new one by name.</summary>
    private ComponentInventory Components(ComponentInventory old)
    {
        var kept = old.Parts.Where(p => p.Layer is not ("base" or "packages")).ToList();
        var below = SbomOfRoot.Parts(root.Facts.ComponentsJson).Select(p => p with { Layer = "base" }).ToList();
        var byName = below.GroupBy(p => (Kind(p), p.Name)).ToDictionary(g => g.Key, g => g.First().BomRef);
        var moved = old.Parts.Except(kept).ToDictionary(p => p.BomRef, p => byName.GetValueOrDefault((Kind(p), p.Name)), StringComparer.Ordinal);
        Component Moved(Component component) => component with
        {
            DependsOn = [.. component.DependsOn.Select(d => moved.TryGetValue(d, out var now) ? now : d).OfType<string>().Distinct().Order(StringComparer.Ordinal)],
        };
        var parts = new SortedDictionary<string, Component>(StringComparer.Ordinal);
        foreach (var part in kept.Select(Moved).Concat(below))
        {
            parts.TryAdd(part.BomRef, part);
        }

        return new ComponentInventory(Moved(old.App), [.. parts.Values]);
    }

    /// <summary>The package URL's type: <c>deb</c>, <c>npm</c>…</summary>
    private static string Kind(Component component) => component.Purl.Split('/')[0];
}
