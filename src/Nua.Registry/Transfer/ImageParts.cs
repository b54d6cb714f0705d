using Nua.Foundation;
using Nua.Oci;

namespace Nua.Registry.Transfer;

/// <summary>What an image consists of, told apart by how registries keep it: documents have a place of their own.</summary>
/// <param name="Documents">Manifests and indexes, each after those it mentions.</param>
/// <param name="Blobs">Configs, layers and whatever else; each once.</param>
internal sealed record ImageParts(IReadOnlyList<Descriptor> Documents, IReadOnlyList<Descriptor> Blobs)
{
    /// <exception cref="ProblemException">those of reading documents.</exception>
    public static ImageParts Of(IBlobStore source, Descriptor root)
    {
        var blobs = new List<Descriptor>();
        var documents = new List<Descriptor>();
        var seen = new HashSet<Digest> { root.Digest };
        var open = new Queue<Descriptor>([root]);
        while (open.TryDequeue(out var document))
        {
            documents.Add(document);
            var (manifests, parts) = Direct(document, source.ReadDocument(document), $"{source.Name}: {document.Digest}");
            blobs.AddRange(parts.Where(part => seen.Add(part.Digest)));
            foreach (var manifest in manifests.Where(manifest => seen.Add(manifest.Digest)))
            {
                open.Enqueue(manifest);
            }
        }

        documents.Reverse();
        return new ImageParts(documents, blobs);
    }

    /// <summary>What one document mentions; nothing when it is of an unknown kind.</summary>
    public static (IReadOnlyList<Descriptor> Manifests, IReadOnlyList<Descriptor> Blobs) Direct(Descriptor document, byte[] bytes, string where)
    {
        if (MediaTypes.IsIndex(document.MediaType))
        {
            return (ImageIndex.Parse(bytes, where, document.MediaType).Manifests, []);
        }

        if (!MediaTypes.IsManifest(document.MediaType))
        {
            return ([], []);
        }

        var manifest = ImageManifest.Parse(bytes, where, document.MediaType);
        return ([], [manifest.Config, .. manifest.Layers]);
    }
}
