using System.Text;
using Nua.Oci;

namespace Nua.Testing.Hostile;

/// <summary>
/// An image in the making. Documents are texts that a case may change; digests and sizes are computed after the change, so that
/// only what the case spoils is wrong.
/// </summary>
public sealed record HostileImage(IReadOnlyList<HostileLayer> Layers)
{
    public const string Name = "hostile:1";

    public Func<string, string> Config { get; init; } = text => text;

    public Func<string, string> Manifest { get; init; } = text => text;

    public Func<string, string> Index { get; init; } = text => text;

    /// <summary>Of a docker archive's <c>manifest.json</c>.</summary>
    public Func<string, string> DockerManifest { get; init; } = text => text;

    /// <summary>Changes the finished files of the layout, by path.</summary>
    public Action<SortedDictionary<string, byte[]>> Files { get; init; } = _ => { };

    /// <summary>Changes the finished layout on the disk: for what is no regular file.</summary>
    public Action<string> Disk { get; init; } = _ => { };

    /// <summary>The whole archive, when the case is about the archive itself.</summary>
    public byte[]? Archive { get; init; }

    public static HostileImage Of(params IReadOnlyList<byte[]> tars) => new([.. tars.Select(HostileLayer.Plain)]);

    /// <summary>One layer with a file in it.</summary>
    public static HostileImage Honest() => Of(new RawTar().Entry("bin/", '5', mode: 0x1ED).Entry("bin/true", content: "x", mode: 0x1ED).ToArray());

    public SortedDictionary<string, byte[]> ToFiles()
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var layer in Layers)
        {
            files[PathOf(layer.StatedDigest ?? Digest.Sha256(layer.Blob).ToString())] = layer.Blob;
        }

        var config = Put(files, ConfigText());
        var manifest = Put(files, Encoding.Latin1.GetBytes(Manifest(ManifestText(config))));
        files["oci-layout"] = """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray();
        files["index.json"] = Encoding.Latin1.GetBytes(Index(IndexText(manifest)));
        Files(files);
        return files;
    }

    public void WriteLayout(string directory)
    {
        foreach (var (path, bytes) in ToFiles())
        {
            var place = Path.Combine(directory, path);
            Directory.CreateDirectory(Path.GetDirectoryName(place)!);
            File.WriteAllBytes(place, bytes);
        }

        Disk(directory);
    }

    public void WriteOciArchive(string file) => File.WriteAllBytes(file, Archive ?? ToTar(ToFiles()));

    public void WriteDockerArchive(string file)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        var config = ConfigText();
        var configName = Digest.Sha256(config).Encoded + ".json";
        files[configName] = config;
        for (var i = 0; i < Layers.Count; i++)
        {
            files[$"layer{i}.tar"] = Layers[i].Blob;
        }

        var names = string.Join(',', Layers.Select((_, i) => $"\"layer{i}.tar\""));
        files["manifest.json"] = Encoding.Latin1.GetBytes(DockerManifest(
            $$"""[{"Config":"{{configName}}","RepoTags":["{{Name}}"],"Layers":[{{names}}]}]"""));
        Files(files);
        File.WriteAllBytes(file, Archive ?? ToTar(files));
    }

    public static byte[] ToTar(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        var tar = new RawTar();
        foreach (var (path, bytes) in files)
        {
            tar.Entry(path, bytes);
        }

        return tar.ToArray();
    }

    private static string PathOf(string digest) => "blobs/" + digest.Replace(':', '/');

    private static (Digest Digest, int Size) Put(SortedDictionary<string, byte[]> files, byte[] bytes)
    {
        var digest = Digest.Sha256(bytes);
        files[PathOf(digest.ToString())] = bytes;
        return (digest, bytes.Length);
    }

    private byte[] ConfigText() => Encoding.Latin1.GetBytes(Config(
        $$$"""{"architecture":"amd64","os":"linux","config":{"User":"1000","Entrypoint":["/bin/true"]},"rootfs":{"type":"layers","diff_ids":[{{{string.Join(',', Layers.Select(layer => $"\"{layer.DiffId}\""))}}}]}}"""));

    private string ManifestText((Digest Digest, int Size) config)
    {
        var layers = Layers.Select(layer =>
            $$"""{"mediaType":"{{layer.MediaType}}","digest":"{{layer.StatedDigest ?? Digest.Sha256(layer.Blob).ToString()}}","size":{{layer.StatedSize ?? layer.Blob.Length}}}""");
        return $$$"""{"schemaVersion":2,"mediaType":"{{{MediaTypes.Manifest}}}","config":{"mediaType":"{{{MediaTypes.Config}}}","digest":"{{{config.Digest}}}","size":{{{config.Size}}}},"layers":[{{{string.Join(',', layers)}}}]}""";
    }

    private static string IndexText((Digest Digest, int Size) manifest) =>
        $$$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{{MediaTypes.Manifest}}}","digest":"{{{manifest.Digest}}}","size":{{{manifest.Size}}},"annotations":{"{{{AnnotationKeys.RefName}}}":"{{{Name}}}"}}]}""";
}
