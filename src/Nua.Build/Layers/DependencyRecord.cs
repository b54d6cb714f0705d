using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Build.Planning;
using Nua.Oci;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Rootfs.Trees;

namespace Nua.Build.Layers;

/// <summary>
/// What a dependency phase gave, kept under the phase's key: layers with all their paths, and the few files that tell which packages are in
/// them. With it, a changed line of the application is built without a container.
/// </summary>
internal sealed record DependencyRecord(IReadOnlyList<BuiltLayer> Layers, IReadOnlyDictionary<string, byte[]> Evidence)
{
    public static readonly DependencyRecord None = new([], new Dictionary<string, byte[]>());

    public static DependencyRecord? Find(StoreWriter writer, string key)
    {
        if (writer.Store.ReadRecord(RecordKind.Layers, "deps-" + key) is not { } bytes)
        {
            return null;
        }

        try
        {
            var stored = JsonSerializer.Deserialize(bytes, DependencyJson.Default.StoredDependencies)!;
            var layers = new List<BuiltLayer>();
            foreach (var part in stored.Layers)
            {
                var blob = new Descriptor(part.Layer.MediaType, Digest.Parse(part.Layer.Digest), part.Layer.Size);
                if (!writer.Holds(blob.Digest, blob.Size))
                {
                    return null;
                }

                layers.Add(new BuiltLayer(
                    (LayerKind)part.Kind, new Layer(blob, Digest.Parse(part.Layer.DiffId), part.Layer.TarSize), Unpack(part.Tree)));
            }

            return new DependencyRecord(layers, stored.Evidence);
        }
        catch (Exception e) when (e is JsonException or EndOfStreamException)
        {
            return null;
        }
    }

    public void Save(StoreWriter writer, string key)
    {
        writer.Sync();
        var stored = new StoredDependencies(
            [.. Layers.Select(l => new StoredLayer(
                (int)l.Kind,
                new LayerRecord(
                    l.Layer.Blob.MediaType, l.Layer.Blob.Digest.ToString(), l.Layer.Blob.Size, l.Layer.DiffId.ToString(), l.Layer.TarSize),
                Pack(l.Tree)))],
            new SortedDictionary<string, byte[]>(Evidence.ToDictionary(), StringComparer.Ordinal));
        writer.Store.WriteRecord(
            RecordKind.Layers, "deps-" + key, JsonSerializer.SerializeToUtf8Bytes(stored, DependencyJson.Default.StoredDependencies));
    }

    private static byte[] Pack(FileTree tree)
    {
        var buffer = new MemoryStream();
        using (var writer = new BinaryWriter(buffer))
        {
            TreeCodec.Write(writer, tree);
        }

        return buffer.ToArray();
    }

    private static FileTree Unpack(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes));
        return TreeCodec.ReadTree(reader);
    }
}

internal sealed record StoredLayer(int Kind, LayerRecord Layer, byte[] Tree);

internal sealed record StoredDependencies(IReadOnlyList<StoredLayer> Layers, SortedDictionary<string, byte[]> Evidence);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(StoredDependencies))]
internal sealed partial class DependencyJson : JsonSerializerContext;
