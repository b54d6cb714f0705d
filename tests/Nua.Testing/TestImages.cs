using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Testing;

/// <summary>Makes images in a store.</summary>
public static class TestImages
{
    public static readonly TarTime Time = new(1_700_000_000);

    /// <summary>An image whose layers are ready-made tar archives, hostile ones too.</summary>
    public static Descriptor Publish(
        ImageStore store, string? name, LayerCompression compression, params IReadOnlyList<byte[]> tars)
    {
        using var writer = store.BeginWrite();
        var layers = tars.Select(tar => AddTar(writer, tar, compression)).ToList();
        return Publish(writer, name, layers);
    }

    public static Descriptor Publish(StoreWriter writer, string? name, IReadOnlyList<Layer> layers, RunConfig? run = null)
    {
        var config = new ImageConfig(Platform.LinuxAmd64, [.. layers.Select(layer => layer.DiffId)])
        {
            Run = run ?? new RunConfig { User = "10001:0", Entrypoint = ["/bin/true"], Env = ["PATH=/bin"] },
            History = [.. layers.Select((_, i) => new HistoryEntry { CreatedBy = $"layer {i}" })],
        };
        var configBlob = writer.Put(MediaTypes.Config, config.ToBytes());
        var manifest = new ImageManifest(configBlob, [.. layers.Select(layer => layer.Blob)]);
        var root = writer.Put(MediaTypes.Manifest, manifest.ToBytes());
        writer.Publish(root, name is null ? [] : [name]);
        return root;
    }

    public static Layer AddTar(StoreWriter writer, byte[] tar, LayerCompression compression)
    {
        using var blob = writer.NewBlob();
        using (var stream = LayerStreams.Compress(blob, compression))
        {
            stream.Write(tar);
        }

        return new Layer(blob.Commit(MediaTypes.Layer(compression)), Digest.Sha256(tar), tar.Length);
    }

    /// <summary>Three layers with everything honest in them: links, a capability, a set-user-id program, long and
    /// non-UTF-8 names, a
    /// whiteout, an opaque directory.</summary>
    public static Descriptor PublishTypical(ImageStore store, string? name, LayerCompression compression = LayerCompression.Gzip, int seed = 1)
    {
        using var writer = store.BeginWrite();
        var layers = new List<Layer> { Base(writer, compression, seed), Middle(writer, compression), Top(writer, compression) };
        return Publish(writer, name, layers);
    }

    private static Layer Base(StoreWriter writer, LayerCompression compression, int seed)
    {
        using var layer = new LayerWriter(writer, compression);
        layer.Add(Directory("."));
        layer.Add(Directory("bin"));
        var program = new byte[200_000];
        new Random(seed).NextBytes(program.AsSpan(0, 100_000));
        layer.Add(File("bin/tool", program.Length) with { Mode = 0x9ED }, program);
        layer.Add(new TarEntry("bin/same", TarEntryType.HardLink) { LinkTarget = "bin/tool", Mode = 0x9ED, Modified = Time });
        layer.Add(Directory("etc"));
        layer.Add(File("etc/passwd", 28), "root:x:0:0:root:/root:/bin/s"u8);
        layer.Add(Directory("old"));
        layer.Add(File("old/a", 1), "a"u8);
        layer.Add(File("old/b", 1), "b"u8);
        layer.Add(Directory("usr"));
        layer.Add(Directory("usr/lib"));
        var capability = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal)
        {
            // Version 2, effective, CAP_NET_RAW: the bytes hold 0x00 and are no text.
            ["security.capability"] = new byte[] { 1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 },
        };
        layer.Add(File("usr/lib/capable", 2) with { Xattrs = capability, Mode = 0x1ED }, "ok"u8);
        layer.Add(Symlink("lib", "usr/lib"));
        return layer.Complete();
    }

    private static Layer Middle(StoreWriter writer, LayerCompression compression)
    {
        using var layer = new LayerWriter(writer, compression);
        layer.Remove("old/a", Time);
        layer.Add(Directory("srv") with { Uid = 10001, Mode = 0x1F8 });
        layer.Add(File("srv/" + new string('n', 150), 5) with { Uid = 10001 }, "12345"u8);
        layer.Add(File("srv/caf\udce9", 3), "raw"u8);
        layer.Add(File("srv/grüße", 0));
        return layer.Complete();
    }

    private static Layer Top(StoreWriter writer, LayerCompression compression)
    {
        using var layer = new LayerWriter(writer, compression);
        layer.Add(Directory("etc"));
        layer.Add(File("etc/motd", 2), "hi"u8);
        layer.Add(Directory("old"));
        layer.Remove("old/b", Time);
        layer.Add(File("old/c", 1), "c"u8);
        layer.Add(Symlink("run", "/srv"));
        return layer.Complete();
    }

    public static TarEntry Directory(string path) => new(path, TarEntryType.Directory) { Modified = Time };

    public static TarEntry File(string path, long size) => new(path, TarEntryType.File) { Size = size, Modified = Time };

    public static TarEntry Symlink(string path, string target) =>
        new(path, TarEntryType.SymbolicLink) { LinkTarget = target, Mode = 0x1FF, Modified = Time };
}
