using Nua.Oci.Tar;

namespace Nua.Tests.Check;

/// <summary>NUA-L, NUA-B, NUA-D.</summary>
internal static class BrokenTrees
{
    private const int App = GoodImage.Application;

    public static IReadOnlyList<BrokenImage> All { get; } =
    [
        new("NUA-L01", "no metadata at all", i => i.Without.Add("nua-config.json")),
        new("NUA-L02", "bin is missing", i => i.Remove("nua/bin"), "NUA-S06", "OCI-23"),
        new("NUA-L02", "app is a link", i => i.Remove("nua/app").Directory(App, "usr/app")
            .Link(App, "nua/app", "/usr/app")),
        new("NUA-L03", "an unknown directory", i => i.Directory(App, "nua/stuff")),
        new("NUA-L04", "writable by the group", i => i.Change("nua/app/app.py", e => e with { Mode = 0x1B4 })),
        new("NUA-L04", "belongs to the application", i => i.Change("nua/app/app.py", e => e with { Uid = 10001 })),
        new("NUA-L05", "an unreadable file", i => i.Change("nua/app/app.py", e => e with { Mode = 0x180 })),
        new("NUA-L05", "a closed directory", i => i.Change("nua/app/node_modules", e => e with { Mode = 0x1E4 })),
        new("NUA-L06", "a FIFO", i => i.Put(App, new TarEntry("nua/app/pipe", TarEntryType.Fifo)), "NUA-M07"),
        new("NUA-L07", "a setuid file", i => i.Change("nua/app/app.py", e => e with { Mode = 0x9A4 })),
        new("NUA-L07", "file capabilities", i => i.Change("nua/app/app.py", e => e with
        {
            Xattrs = new SortedDictionary<string, ReadOnlyMemory<byte>> { ["security.capability"] = new byte[20] },
        })),
        new("NUA-L08", "a dangling link", i => i.Link(App, "nua/app/here", "nowhere")),
        new("NUA-L08", "a link that circles", i => i.Link(App, "nua/app/a", "b").Link(App, "nua/app/b", "a")),
        new("NUA-B01", "the source is left", i => i.Directory(App, "nua/build")
            .File(App, "nua/build/main.c", "int main;"), "NUA-L03"),
        new("NUA-B01", "deleted by a later layer", i => i.Directory(App, "nua/build")
            .File(App, "nua/build/main.c", "int main;")
            .File(GoodImage.Top, "nua/.wh.build", ""), "NUA-M07"),
        new("NUA-B02", "in the start command", i =>
            i.NuaConfig["runtime"]!["start"]!["argv"]![1] = "/nua/build/src/app.py"),
        new("NUA-B02", "in a variable", i => i.Config["config"]!["Env"]!.AsArray().Add("HOME_OF_APP=/nua/build")),
        new("NUA-B02", "in a script", i => i.Rewrite("nua/scripts/start", "#!/bin/sh\nexec /nua/build/src/run\n")),
        new("NUA-B02", "in an interpreter line", i =>
            i.File(App, "nua/venv/bin/flask", "#!/nua/build/venv/bin/python\n", 0x1ED)),
        new("NUA-B02", "in a link", i => i.Link(App, "nua/data-link", "/nua/build/x"), "NUA-L03", "NUA-L08"),
        new("NUA-B03", "the compiler is installed", i =>
        {
            i.Rewrite("var/lib/dpkg/status", "Package: dash\nVersion: 0.5.12-12\n\nPackage: gcc\nVersion: 14.2\n");
            i.Sbom["components"]!.AsArray().Add(BrokenSboms.Component("pkg:deb/debian/gcc@14.2", "gcc", "14.2"));
        }),
        new("NUA-D01", "a volume", i => i.Config["config"]!["Volumes"] = BrokenMetadata.Json("""{"/nua/data":{}}""")),
        new("NUA-D02", "data is missing", i => i.Remove("nua/data")),
        new("NUA-D02", "cache belongs to root", i => i.Change("nua/cache", e => e with { Uid = 0 })),
        new("NUA-D03", "data is shipped", i => i.File(App, "nua/data/first.db", "x")),
        new("NUA-D04", "no data volume", i => i.NuaConfig["lifecycle"]!["volumes"]![0]!["path"] = "/srv/data"),
        new("NUA-D04", "over the program", i => BrokenMetadata.AddVolume(i, "more", "/nua/app")),
        new("NUA-D04", "one in another", i => BrokenMetadata.AddVolume(i, "more", "/nua/cache/files")),
        new("NUA-D04", "in the operator's place", i => BrokenMetadata.AddVolume(i, "more", "/run/app")),
        new("NUA-D05", "something in tmp", i => i.File(App, "tmp/left", "x")),
        new("NUA-D05", "something in the secrets' place", i => i.Directory(App, "run/secrets")
            .File(App, "run/secrets/a", "x")),
        new("NUA-D06", "a log", i => i.File(App, "var/log/app.log", "started\n")),
        new("NUA-D06", "a log of the application", i => i.File(App, "nua/app/debug.log", "started\n")),
    ];
}
