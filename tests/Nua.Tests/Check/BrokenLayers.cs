using Nua.Oci.Tar;

namespace Nua.Tests.Check;

/// <summary>OCI rules about layers.</summary>
internal static class BrokenLayers
{
    private const int Base = GoodImage.Base;
    private const int App = GoodImage.Application;

    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("OCI-09", "cut short", i => i.EditTar = (layer, tar) => layer == App ? tar[..700] : tar),
        new("OCI-09", "something after the end", i => i.EditTar = (layer, tar) => layer == App
            ? [.. tar, .. new byte[511], 1] : tar),
        new("OCI-09", "a wrong checksum", i => i.EditTar = (layer, tar) => layer == App ? Flipped(tar, 150) : tar),
        new("OCI-10", "the same path twice", i => i.File(Base, "etc/motd", "a").File(Base, "./etc/motd", "b")),
        new("OCI-11", "upwards", i => i.File(Base, "etc/../../x", "a")),
        new("OCI-11", "absolute", i => i.File(Base, "/etc/motd", "a")),
        new("OCI-11", "the root is a link", i =>
            i.Put(Base, new TarEntry("./.", TarEntryType.SymbolicLink) { LinkTarget = "/usr" })),
        new("OCI-12", "no parent", i => i.File(Base, "srv/www/index.html", "a")),
        new("OCI-12", "the parent is a link", i => i.File(App, "bin/tool", "a")),
        new("OCI-13", "no name", i => i.File(App, "etc/.wh.", "")),
        new("OCI-13", "a reserved name", i => i.File(App, "etc/.wh..wh.plnk", "")),
        new("OCI-13", "with content", i => i.File(App, "etc/.wh.group", "x")),
        new("OCI-14", "a target that comes later", i => i
            .Put(Base, new TarEntry("etc/first", TarEntryType.HardLink) { LinkTarget = "etc/second" })
            .File(Base, "etc/second", "a")),
        new("OCI-15", "another mode", i => i.File(Base, "etc/second", "a", mode: 0x1ED)
            .Put(Base, new TarEntry("etc/third", TarEntryType.HardLink) { LinkTarget = "etc/second", Mode = 0x1A4 })),
        new("OCI-16", "a device", i => i.Directory(Base, "dev")
            .Put(Base, new TarEntry("dev/sda", TarEntryType.BlockDevice) { DeviceMajor = 8 }), "OCI-30"),
        new("OCI-17", "an overlay attribute", i => i.Change("etc/group", e => e with
        {
            Xattrs = new SortedDictionary<string,
                ReadOnlyMemory<byte>> { ["trusted.overlay.redirect"] = "/etc"u8.ToArray() },
        })),
        new("OCI-18", "nothing to hide", i => i.File(App, "etc/.wh.nothing", "")),
        new("OCI-25", "no end", i => i.EditTar = (layer, tar) => layer == App ? tar[..^1024] : tar),
        new("OCI-26", "a setuid program", i => i.Change("usr/bin/env", e => e with { Mode = 0x9ED })),
        new("OCI-27", "writable by all", i => i.Change("etc/group", e => e with { Mode = 0x1B6 })),
        new("OCI-27", "a directory without the sticky bit", i => i.Directory(Base, "var/spool", mode: 0x1FF)),
        new("OCI-28", "an unknown owner", i => i.File(Base, "etc/motd", "a", uid: 4242)),
        new("OCI-30", "the parent is a file", i => i.File(App, "etc/passwd/x", "a")),
        new("OCI-30", "the parent is a link to nowhere", i => i.Link(Base, "out", "/../../host").File(Base, "out/x", "a"), "OCI-12"),
    ];

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 1;
        return copy;
    }
}
