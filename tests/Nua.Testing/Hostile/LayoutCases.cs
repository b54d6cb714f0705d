using System.Diagnostics;

namespace Nua.Testing.Hostile;

/// <summary>Layouts and archives whose files are not what they should be.</summary>
internal static class LayoutCases
{
    private const string Family = "Layouts and archives";
    private const string Tree = "bin=d bin/true=f";

    public static IEnumerable<HostileCase> All =>
    [
        Files("layout-no-header", "no `oci-layout`", Refused("NUA3204"), files => files.Remove("oci-layout")),
        Files("layout-no-index", "no `index.json`", Refused("NUA3204"), files => files.Remove("index.json")),
        Files("layout-version-2", "an `oci-layout` of version 2", Refused("NUA3204"), files => files["oci-layout"] = """{"imageLayoutVersion":"2.0.0"}"""u8.ToArray()),
        Files("layout-header-twice", "an `oci-layout` with its version twice", Refused("NUA3003"), files => files["oci-layout"] = """{"imageLayoutVersion":"1.0.0","imageLayoutVersion":"2.0.0"}"""u8.ToArray()),
        Files("layout-header-huge", "an `oci-layout` of 5 MiB", Refused("NUA3001"), files => files["oci-layout"] = new byte[5 << 20]),
        Files("layout-index-huge", "an `index.json` of 5 MiB", Refused("NUA3001"), files => files["index.json"] = new byte[5 << 20]),
        Files("layout-no-manifest", "the manifest is missing", Refused("NUA3060"), files => files.Remove(Find(files, "layers"))),
        Files("layout-no-config", "the config is missing", Refused("NUA3060"), files => files.Remove(Find(files, "rootfs"))),
        Files("layout-no-layer", "the layer is missing", Refused("NUA3060"), files => files.Remove(Layer(files))),
        Files("layout-manifest-flipped", "one bit of the manifest is flipped", Refused("NUA3062"), files => Flip(files, Find(files, "layers"))),
        Files("layout-config-flipped", "one bit of the config is flipped", Refused("NUA3062"), files => Flip(files, Find(files, "rootfs"))),
        Files("layout-layer-flipped", "one bit of the layer's last file is flipped", Refused("NUA3062"), files => Flip(files, Layer(files))),
        Files("layout-layer-longer", "one byte more behind the layer", Refused("NUA3061"), files => files[Layer(files)] = [.. files[Layer(files)], 0]),
        Files("layout-layer-shorter", "the layer ends one byte early", Refused("NUA3061"), files => files[Layer(files)] = files[Layer(files)][..^1]),
        Files("layout-extra-files", "files that belong to nothing", Verdict.OfLayer(Tree, ""), files => { files["README"] = "hi"u8.ToArray(); files["blobs/sha256/" + new string('0', 64)] = "x"u8.ToArray(); }),
        Disk("layout-blob-fifo", "the manifest is a FIFO, for readers that wait", Refused("NUA3060"), d => Run("sh", "-c", $"for f in {d}/blobs/sha256/*; do rm $f; mkfifo $f; done")),
        Disk("layout-blob-directory", "the manifest is a directory", Refused("NUA3060"), d => Run("sh", "-c", $"for f in {d}/blobs/sha256/*; do rm $f; mkdir $f; done")),
        Disk("layout-blob-zero", "the blobs are links to /dev/zero", Refused("NUA3060"), d => Run("sh", "-c", $"for f in {d}/blobs/sha256/*; do ln -sf /dev/zero $f; done")),
        Disk("layout-blob-link-circle", "the blobs are links in a circle", Refused("NUA3060"), d => Run("sh", "-c", $"for f in {d}/blobs/sha256/*; do rm $f; ln -s $f $f; done")),
        Disk("layout-index-fifo", "`index.json` is a FIFO, for readers that wait", Refused("NUA3116"), d => Run("sh", "-c", $"rm {d}/index.json; mkfifo {d}/index.json")),
        Disk("layout-index-zero", "`index.json` is a link to /dev/zero", Refused("NUA3116"), d => Run("ln", "-sf", "/dev/zero", $"{d}/index.json")),
        Disk("layout-index-directory", "`index.json` is a directory", Refused("NUA3204"), d => Run("sh", "-c", $"rm {d}/index.json; mkdir {d}/index.json")),
        Disk("layout-header-fifo", "`oci-layout` is a FIFO", Refused("NUA3116"), d => Run("sh", "-c", $"rm {d}/oci-layout; mkfifo {d}/oci-layout")),
        Disk("layout-index-sparse", "`index.json` of 1 TB", Refused("NUA3001"), d => Run("truncate", "-s", "1T", $"{d}/index.json")),
        Archive("archive-cut", "an archive cut short", Refused("NUA3020"), tar => tar[..(tar.Length / 2)]),
        Archive("archive-empty", "an archive of no bytes", Refused("NUA3204"), _ => []),
        Archive("archive-not-tar", "an archive that is no tar", Refused("NUA3021"), tar => [.. tar.Select(b => (byte)(b ^ 0x55))]),
        Archive("archive-gzip", "an archive that is compressed as a whole", Refused("NUA3021"), tar => [0x1F, 0x8B, .. tar[2..]]),
        Archive("archive-file-twice", "an archive with `index.json` twice", Refused("NUA3051"), tar => [.. tar[..^1024], .. new RawTar().Entry("./index.json", "{}"u8.ToArray()).ToArray()]),
        Archive("archive-parent", "an archive with `../index.json`", Refused("NUA3026"), tar => [.. tar[..^1024], .. new RawTar().Entry("../index.json", "{}"u8.ToArray()).ToArray()]),
        Archive("archive-link-out", "an archive whose `index.json` is a link to the host", Refused("NUA3204"), _ => new RawTar().Entry("oci-layout", content: """{"imageLayoutVersion":"1.0.0"}""").Entry("index.json", '2', link: "/etc/passwd").ToArray()),
        Archive("archive-link-circle", "an archive whose `index.json` is a link to itself", Refused("NUA3204"), _ => new RawTar().Entry("oci-layout", content: """{"imageLayoutVersion":"1.0.0"}""").Entry("index.json", '2', link: "index.json").ToArray()),
        Archive("archive-garbage-behind", "an archive with something behind its end", Refused("NUA3028"), tar => [.. tar, .. "junk"u8]),
    ];

    /// <summary>A wrong blob is a finding of the image; what leads there must be right before there is an image.</summary>
    private static Verdict Refused(string code) => Verdict.Refused(code, code.StartsWith("NUA306", StringComparison.Ordinal) ? "OCI-03" : code);

    private static string Find(SortedDictionary<string, byte[]> files, string word) => files.First(file =>
        file.Key.StartsWith("blobs/", StringComparison.Ordinal) && System.Text.Encoding.Latin1.GetString(file.Value).Contains($"\"{word}\":", StringComparison.Ordinal)).Key;

    private static string Layer(SortedDictionary<string, byte[]> files) =>
        files.First(file => file.Key.StartsWith("blobs/", StringComparison.Ordinal) && file.Value[0] != '{').Key;

    private static void Flip(SortedDictionary<string, byte[]> files, string path)
    {
        files[path] = (byte[])files[path].Clone();
        files[path][files[path].Length / 2] ^= 1;
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
        }
    }

    private static HostileCase Files(string id, string what, Verdict verdict, Action<SortedDictionary<string, byte[]>> change) => new(id, what)
    {
        Family = Family,
        Verdict = verdict,
        Make = _ => HostileImage.Honest() with { Files = change },
    };

    private static HostileCase Disk(string id, string what, Verdict verdict, Action<string> change) => new(id, what)
    {
        Family = Family,
        Verdict = verdict,
        Make = _ => HostileImage.Honest() with { Disk = change },
        Forms = Forms.Layout,
    };

    private static HostileCase Archive(string id, string what, Verdict verdict, Func<byte[], byte[]> change) => new(id, what)
    {
        Family = Family,
        Verdict = verdict,
        Make = _ => HostileImage.Honest() is var image ? image with { Archive = change(HostileImage.ToTar(image.ToFiles())) } : image,
        Forms = Forms.OciArchive,
    };
}
