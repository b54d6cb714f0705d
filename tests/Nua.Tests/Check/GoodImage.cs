using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Tests.Check;

/// <summary>One entry of a layer to be made.</summary>
internal sealed record MadeEntry(TarEntry Tar, byte[] Content);

/// <summary>
/// A small image that keeps every rule, laid out as the builder lays out its images, and open to being broken in one
/// place: change a member, then <see cref="Make"/>. Documents are written last, so they stay true unless they are
/// changed themselves.
/// </summary>
internal sealed class GoodImage
{
    public const int Base = 0;
    public const int Runtime = 1;
    public const int Dependencies = 2;
    public const int Application = 3;
    public const int Top = 4;

    private static readonly string[] _kinds = ["base", "runtime", "dependencies", "application", "metadata"];
    private static readonly string[] _verbs = ["start", "stop", "restart", "healthcheck", "upgrade", "rollback",
        "backup", "restore"];

    public List<List<MadeEntry>> Layers { get; } = [[], [], [], [], []];

    public JsonObject Config { get; }

    public JsonObject NuaConfig { get; } = GoodDocuments.NuaConfig();

    public JsonObject Sbom { get; } = GoodDocuments.Sbom();

    public JsonObject Build { get; } = GoodDocuments.Build();

    /// <summary>Changes <c>files.json</c> after it was made true.</summary>
    public Action<JsonArray>? EditFiles { get; set; }

    /// <summary>Changes a layer's finished tar: index, bytes.</summary>
    public Func<int, byte[], byte[]>? EditTar { get; set; }

    /// <summary>Changes the finished manifest or configuration text.</summary>
    public Func<string, string>? EditManifest { get; set; }

    public Func<string, string>? EditConfig { get; set; }

    /// <summary>Changes the stored blobs when all is done; gets the layers' descriptors.</summary>
    public Action<MemoryBlobs, IReadOnlyList<Descriptor>>? EditBlobs { get; set; }

    /// <summary>Instead of the compression's own.</summary>
    public string? LayerMediaType { get; set; }

    public LayerCompression Compression { get; init; }

    /// <summary>Finished tars put on top, as another tool would.</summary>
    public IReadOnlyList<byte[]> OnTop { get; set; } = [];

    public static byte[] EmptyTar => new byte[1024];

    /// <summary>Metadata documents left out.</summary>
    public HashSet<string> Without { get; } = [];

    public GoodImage()
    {
        Config = GoodDocuments.Config();
        AddBase();
        AddNua();
    }

    public GoodImage Directory(int layer, string path, uint mode = 0x1ED, uint uid = 0, uint gid = 0) =>
        Put(layer, new TarEntry(path, TarEntryType.Directory) { Mode = mode, Uid = uid, Gid = gid });

    public GoodImage File(int layer, string path, byte[] content, uint mode = 0x1A4, uint uid = 0, uint gid = 0) =>
        Put(layer, new TarEntry(path, TarEntryType.File) { Mode = mode, Uid = uid, Gid = gid, Size = content.Length },
        content);

    public GoodImage File(int layer, string path, string content, uint mode = 0x1A4, uint uid = 0, uint gid = 0) =>
        File(layer, path, Encoding.UTF8.GetBytes(content), mode, uid, gid);

    public GoodImage Link(int layer, string path, string target) =>
        Put(layer, new TarEntry(path, TarEntryType.SymbolicLink) { LinkTarget = target, Mode = 0x1FF });

    public GoodImage Put(int layer, TarEntry entry, byte[]? content = null)
    {
        Layers[layer].Add(new MadeEntry(entry, content ?? []));
        return this;
    }

    /// <summary>Removes an entry, and what is below it, from every layer.</summary>
    public GoodImage Remove(string path)
    {
        foreach (var layer in Layers)
        {
            layer.RemoveAll(made => made.Tar.Path == path
                || made.Tar.Path.StartsWith(path + "/", StringComparison.Ordinal));
        }

        return this;
    }

    /// <summary>Puts another entry in the place of this path's.</summary>
    public GoodImage Change(string path, Func<TarEntry, TarEntry> change, byte[]? content = null)
    {
        foreach (var layer in Layers)
        {
            var at = layer.FindIndex(made => made.Tar.Path == path);
            if (at >= 0)
            {
                content ??= layer[at].Content;
                layer[at] = new MadeEntry(change(layer[at].Tar) with { Size = content.Length }, content);
                return this;
            }
        }

        throw new InvalidOperationException($"no {path}");
    }

    public GoodImage Rewrite(string path, string content) =>
        Change(path, entry => entry, Encoding.UTF8.GetBytes(content));

    /// <summary>Writes everything: the blobs, and the descriptor of the manifest.</summary>
    public (MemoryBlobs Blobs, Descriptor Manifest) Make()
    {
        var blobs = new MemoryBlobs();
        var tars = new List<byte[]>();
        for (var i = 0; i < Top; i++)
        {
            tars.Add(Edited(i, Tar(Layers[i])));
        }

        tars.Add(Edited(Top, Tar([.. Layers[Top], .. Documents(tars)])));
        tars.AddRange(OnTop);
        var layers = tars.Select(tar => blobs.Add(LayerMediaType ?? MediaTypes.Layer(Compression), Compressed(tar)))
            .ToList();
        var config = Config.DeepClone();
        config["rootfs"]!["diff_ids"] ??= new JsonArray(
            [.. tars.Select(tar => (JsonNode)Digest.Sha256(tar).ToString())]);
        var configText = config.ToJsonString();
        var configBlob = blobs.Add(
            MediaTypes.Config, Encoding.UTF8.GetBytes(EditConfig?.Invoke(configText) ?? configText));
        var manifestText = Encoding.UTF8.GetString(new ImageManifest(configBlob, layers).ToBytes());
        var manifest = blobs.Add(MediaTypes.Manifest,
            Encoding.UTF8.GetBytes(EditManifest?.Invoke(manifestText) ?? manifestText));
        EditBlobs?.Invoke(blobs, layers);
        return (blobs, manifest);
    }

    private byte[] Compressed(byte[] tar)
    {
        var output = new MemoryStream();
        using (var compressing = LayerStreams.Compress(output, Compression, workers: 1))
        {
            compressing.Write(tar);
        }

        return output.ToArray();
    }

    private byte[] Edited(int index, byte[] tar) => EditTar?.Invoke(index, tar) ?? tar;

    private IEnumerable<MadeEntry> Documents(List<byte[]> tars)
    {
        var build = Build.DeepClone();
        build["layers"] ??= new JsonArray(
        [
            .. tars.Select((tar, i) =>
            new JsonObject { ["kind"] = _kinds[i], ["diff_id"] = Digest.Sha256(tar).ToString() }),
            new JsonObject { ["kind"] = _kinds[Top], ["diff_id"] = null },
        ]);
        (string, JsonNode)[] documents =
        [
            ("build.json", build), ("nua-config.json", NuaConfig), ("sbom.json", Sbom),
            ("files.json", new JsonObject { ["schema"] = 1, ["files"] = Files() }),
        ];
        foreach (var (name, json) in documents.Where(document => !Without.Contains(document.Item1)))
        {
            var content = Encoding.UTF8.GetBytes(json.ToJsonString());
            yield return new MadeEntry(
                new TarEntry("nua/metadata/" + name, TarEntryType.File) { Size = content.Length }, content);
        }
    }

    private JsonArray Files()
    {
        var result = new JsonArray();
        var made = Layers.SelectMany((layer, i) => layer.Select(entry => (Entry: entry, Layer: _kinds[i])))
            .Where(pair => pair.Entry.Tar.Path.StartsWith("nua", StringComparison.Ordinal))
            .GroupBy(pair => pair.Entry.Tar.Path).Select(same => same.Last())
            .OrderBy(pair => pair.Entry.Tar.Path, StringComparer.Ordinal);
        foreach (var (entry, layer) in made)
        {
            var tar = entry.Tar;
            result.Add(new JsonObject
            {
                ["path"] = tar.Path,
                ["type"] = tar.Type switch
                {
                    TarEntryType.Directory => "dir",
                    TarEntryType.SymbolicLink => "link",
                    TarEntryType.HardLink => "hardlink",
                    _ => "file",
                },
                ["mode"] = "0" + Convert.ToString(tar.Mode, 8),
                ["uid"] = tar.Uid,
                ["gid"] = tar.Gid,
                ["size"] = tar.Size,
                ["sha256"] = tar.Type == TarEntryType.File ? Convert.ToHexStringLower(SHA256.HashData(entry.Content))
                    : null,
                ["link"] = tar.LinkTarget,
                ["component"] = layer == "application" ? "app" : null,
                ["layer"] = layer,
            });
        }

        EditFiles?.Invoke(result);
        return result;
    }

    private static byte[] Tar(List<MadeEntry> entries)
    {
        var output = new MemoryStream();
        using var writer = new TarWriter(output);
        foreach (var made in entries)
        {
            writer.Write(made.Tar, made.Content);
        }

        writer.Complete();
        return output.ToArray();
    }

    private void AddBase()
    {
        string[] directories =
        [
            ".", "etc", "etc/ld.so.conf.d", "run", "usr", "usr/bin", "usr/lib", "usr/lib/x86_64-linux-gnu", "usr/lib64",
            "var", "var/lib", "var/lib/dpkg", "var/lib/dpkg/info", "var/log",
        ];
        foreach (var directory in directories)
        {
            Directory(Base, directory);
        }

        Directory(Base, "tmp", mode: 0x3FF);
        Link(Base, "bin", "usr/bin").Link(Base, "lib", "usr/lib").Link(Base, "lib64", "usr/lib64")
            .Link(Base, "usr/bin/sh", "dash");
        File(Base, "usr/bin/dash", ElfMaker.Program("libc.so.6"), 0x1ED);
        File(Base, "usr/bin/env", ElfMaker.Program("libc.so.6"), 0x1ED);
        File(Base, "usr/bin/python3", ElfMaker.Program("libm.so.6"), 0x1ED);
        File(Base, "usr/lib64/ld-linux-x86-64.so.2", ElfMaker.Library(), 0x1ED);
        File(Base, "usr/lib/x86_64-linux-gnu/libc.so.6", ElfMaker.Library());
        File(Base, "usr/lib/x86_64-linux-gnu/libm.so.6", ElfMaker.Library("libc.so.6"));
        File(Base, "etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n");
        File(Base, "etc/ld.so.conf.d/x86_64-linux-gnu.conf", "# multiarch\n/usr/lib/x86_64-linux-gnu\n");
        File(Base, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnua:x:10001:0:nua:/nua/data:/usr/sbin/nologin\n");
        File(Base, "etc/group", "root:x:0:\nstaff:x:50:\n");
        File(Base, "var/lib/dpkg/status",
            "Package: dash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.5.12-12\n\n"
            + "Package: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\n");
        File(Base, "var/lib/dpkg/info/dash.list", "/.\n/usr\n/usr/bin\n/usr/bin/dash\n/usr/bin/sh\n");
    }

    private void AddNua()
    {
        Directory(Runtime, "nua").Directory(Runtime, "nua/bin");
        File(Runtime, "nua/bin/nua-agent", ElfMaker.Static(), 0x1ED);
        foreach (var directory in (string[])
                 ["nua/app", "nua/app/node_modules", "nua/app/node_modules/left-pad", "nua/venv", "nua/venv/bin",
                 "nua/venv/lib", "nua/venv/lib/bottle-0.13.dist-info"])
        {
            Directory(Dependencies, directory);
        }

        Link(Dependencies, "nua/venv/bin/python3", "/usr/bin/python3");
        File(Dependencies, "nua/app/node_modules/left-pad/package.json", """{"name":"left-pad","version":"1.3.0"}""");
        File(Dependencies, "nua/venv/lib/bottle-0.13.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Bottle\nVersion: 0.13\n\nText\n");
        File(Dependencies, "nua/app/app.deps.json", """{"libraries":{"Nito/5.1":{"type":"package"},"app/1.0":{"type":"project"}}}""");
        Directory(Application, "nua/cache", 0x1F8, 10001).Directory(Application, "nua/data", 0x1F8, 10001);
        File(Application, "nua/app/app.py", "print('hello')\n");
        File(Application, "nua/app/native.so", ElfMaker.Library("libm.so.6"));
        Directory(Top, "nua/metadata").Directory(Top, "nua/scripts").Directory(Top, "nua/scripts/templates");
        File(Top, "nua/scripts/templates/app.conf.j2", "port={{ PORT }}\n");
        foreach (var verb in _verbs)
        {
            File(Top, "nua/scripts/" + verb, $"#!/bin/sh\nexec /nua/bin/nua-agent do {verb} \"$@\"\n", 0x1ED);
        }
    }
}
