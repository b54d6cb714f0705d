using System.Security.Cryptography;
using System.Text.Json;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Json;

namespace Nua.Oci.Archives;

/// <summary>
/// What <c>docker save</c> writes, read as OCI images. The archive has configs and layers but no manifests: for each
/// image one is made, always the
/// same for the same archive. Layers keep their bytes; how they are compressed is seen from their first bytes, since
/// nothing in the archive says it.
/// </summary>
internal sealed class DockerArchive : IBlobStore, IDisposable
{
    private static readonly string[] _keys = ["Config", "RepoTags", "Layers", "Parent", "LayerSources"];

    private readonly ArchiveFile _archive;
    private readonly Dictionary<Digest, byte[]> _documents = [];
    private readonly Dictionary<Digest, (string File, long Size)> _layers = [];
    private readonly Dictionary<string, Descriptor> _byFile = new(StringComparer.Ordinal);

    public DockerArchive(string path)
    {
        _archive = ArchiveFile.Open(path);
        var bytes = _archive.ReadDocument("manifest.json")
            ?? throw ArchiveProblem.NotADockerArchive(path, "it has no file 'manifest.json'");
        using var document = StrictJson.Parse(bytes, $"{path}: manifest.json");
        if (document.RootElement.ValueKind != JsonValueKind.Array)
        {
            throw ArchiveProblem.NotADockerArchive(path, "its manifest.json is not an array");
        }

        var entries = new List<Descriptor>();
        foreach (var element in document.RootElement.EnumerateArray())
        {
            entries.AddRange(ReadImage(JsonObjectReader.Open(element, $"{path}: manifest.json", _keys)));
        }

        Index = new ImageIndex(entries);
    }

    public ImageIndex Index { get; }

    public string Name => _archive.Path;

    public bool TryGetSize(Digest digest, out long size)
    {
        if (_documents.TryGetValue(digest, out var document))
        {
            size = document.Length;
            return true;
        }

        var isThere = _layers.TryGetValue(digest, out var layer);
        size = layer.Size;
        return isThere;
    }

    public Stream OpenRead(Digest digest, long size)
    {
        if (!TryGetSize(digest, out var found))
        {
            throw BlobProblem.Missing(digest, Name);
        }

        if (found != size)
        {
            throw BlobProblem.WrongSize(digest, Name, size, found);
        }

        Stream content = _documents.TryGetValue(digest, out var document)
            ? new MemoryStream(document, writable: false)
            : _archive.Find(_layers[digest].File)!;
        return new VerifyingStream(content, digest, size, Name);
    }

    public void Dispose() => _archive.Dispose();

    /// <summary>One entry for each name of the image, or one without a name.</summary>
    private IEnumerable<Descriptor> ReadImage(JsonObjectReader json)
    {
        var configName = json.String("Config");
        var configBytes = _archive.ReadDocument(configName)
            ?? throw json.Invalid("Config", "there is no such file in the archive");
        var configDescriptor = Descriptor.Of(MediaTypes.Config, configBytes);
        var stem = Layers.LayerPath.Name(configName).Replace(".json", "", StringComparison.Ordinal);
        if (Digest.TryParse("sha256:" + stem, out var stated) && stated != configDescriptor.Digest)
        {
            throw BlobProblem.WrongDigest(stated, Name, "the config's bytes are not those its name promises");
        }

        var config = ImageConfig.Parse(configBytes, $"{Name}: {Printable.Escape(configName, 120)}");
        var files = json.OptionalStrings("Layers") ?? [];
        if (files.Count != config.DiffIds.Count)
        {
            throw json.Invalid("Layers", $"it has {files.Count} entries, the config {config.DiffIds.Count} diff_ids");
        }

        var layers = files.Select((file, i) => LayerOf(file, config.DiffIds[i], json)).ToList();
        var manifest = new ImageManifest(configDescriptor, layers).ToBytes();
        var descriptor = Descriptor.Of(MediaTypes.Manifest, manifest) with { Platform = config.Platform };
        _documents[configDescriptor.Digest] = configBytes;
        _documents[descriptor.Digest] = manifest;
        var names = (json.OptionalStrings("RepoTags") ?? []).Where(ReferenceGrammar.IsRefName).ToList();
        return names.Count == 0 ? [descriptor] : names.Select(name => descriptor with
        {
            Annotations = StringMap.Of(AnnotationKeys.RefName, name),
        });
    }

    private Descriptor LayerOf(string file, Digest diffId, JsonObjectReader json)
    {
        if (_byFile.TryGetValue(file, out var known))
        {
            return known;
        }

        using var slice = _archive.Find(Layers.LayerPath.Normalise(file, Name))
            ?? throw json.Invalid("Layers", $"there is no file '{Printable.Escape(file, 120)}' in the archive");
        var compression = CompressionOf(slice);
        // An uncompressed layer's digest is its diff_id, which reading it will prove.
        var digest = compression == LayerCompression.None ? diffId : Hash(file);
        var descriptor = new Descriptor(MediaTypes.Layer(compression), digest, slice.Length);
        _byFile[file] = descriptor;
        _layers[digest] = (Layers.LayerPath.Normalise(file, Name), slice.Length);
        return descriptor;
    }

    private Digest Hash(string file)
    {
        using var slice = _archive.Find(Layers.LayerPath.Normalise(file, Name))!;
        return Digest.FromHash(SHA256.HashData(slice));
    }

    private static LayerCompression CompressionOf(FileSlice slice)
    {
        Span<byte> start = stackalloc byte[4];
        var length = slice.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        return start[..length] switch
        {
            [0x1F, 0x8B, ..] => LayerCompression.Gzip,
            [0x28, 0xB5, 0x2F, 0xFD] => LayerCompression.Zstd,
            _ => LayerCompression.None,
        };
    }
}
