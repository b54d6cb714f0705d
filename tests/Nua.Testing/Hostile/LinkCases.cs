namespace Nua.Testing.Hostile;

/// <summary>Links that point at the host. SENTINEL in an expected tree stands for the folder outside.</summary>
internal static class LinkCases
{
    private const string Family = "Links";

    public static IEnumerable<HostileCase> All =>
    [
        One("link-absolute-then-below", "a link to a folder of the host, then a file below it", "NUA3052", "OCI-12 OCI-30", s => new RawTar().Entry("l", '2', link: s).Entry("l/evil", content: "x")),
        One("link-relative-then-below", "a link that climbs out, then a file below it", "NUA3052", "OCI-12 OCI-30",
            s => new RawTar().Entry("l", '2', link: "../../../../../.." + s).Entry("l/evil", content: "x")),
        One("link-chain-then-below", "a chain of links that ends outside, then a file below it", "NUA3052", "OCI-12 OCI-30",
            s => new RawTar().Entry("a", '2', link: "b").Entry("b", '2', link: s).Entry("a/evil", content: "x")),
        One("link-directory-then-below", "a link in a linked directory, then a file below both", "NUA3052", "OCI-12",
            s => new RawTar().Entry("d/", '5').Entry("e", '2', link: "d").Entry("e/l", '2', link: s).Entry("d/l/evil", content: "x")),
        One("link-to-proc-root", "a link to `/proc/self/root`, then a file below it", "NUA3052", "OCI-12 OCI-30", _ => new RawTar().Entry("l", '2', link: "/proc/self/root").Entry("l/evil", content: "x")),
        One("link-to-proc-cwd", "a link to `/proc/self/cwd`, then a file below it", "NUA3052", "OCI-12 OCI-30", _ => new RawTar().Entry("l", '2', link: "/proc/self/cwd").Entry("l/evil", content: "x")),
        One("link-absolute-inside", "an absolute link to a directory of the image, then a file below it", "d=d d/f=f l=l:/d", "OCI-12",
            _ => new RawTar().Entry("d/", '5').Entry("l", '2', link: "/d").Entry("l/f", content: "x")),
        One("link-over-the-top", "a link that climbs over the root and comes back", "d=d d/f=f l=l:../../d", "OCI-12",
            _ => new RawTar().Entry("d/", '5').Entry("l", '2', link: "../../d").Entry("l/f")),
        One("link-chain-inside", "a chain of links inside the image", "a=d a/b=d a/b/f=f x=l:a y=l:x/b", "OCI-12",
            _ => new RawTar().Entry("a/b/", '5').Entry("x", '2', link: "a").Entry("y", '2', link: "x/b").Entry("y/f")),
        One("link-circle", "links in a circle, then a file below", "NUA3052", "OCI-12 OCI-30", _ => new RawTar().Entry("a", '2', link: "b").Entry("b", '2', link: "a").Entry("a/f")),
        One("link-to-self", "a link to itself, then a file below", "NUA3052", "OCI-12 OCI-30", _ => new RawTar().Entry("a", '2', link: "a").Entry("a/f")),
        One("link-hundred", "a chain of a hundred links, then a file below", "NUA3052", "OCI-12 OCI-30", _ => Chain(100)),
        One("link-empty-target", "a link with an empty target", "NUA3025", "OCI-09", _ => new RawTar().Entry("f", '2')),
        One("link-target-5000", "a link with a target of 5 000 bytes", "NUA3025", "OCI-09",
            _ => new RawTar().Pax(("linkpath", string.Join('/', Enumerable.Repeat("abcd", 1000)))).Entry("f", '2', link: "x")),
        One("link-target-terminal", "an escape sequence in a link's target", "l=l:\u001b]0;owned\u0007", "", _ => new RawTar().Entry("l", '2', link: "\u001b]0;owned\u0007")),
        Many("link-replaced-by-file", "a file over a lower layer's link to the host", "l=f", "", s => [new RawTar().Entry("l", '2', link: s + "/file"), new RawTar().Entry("l", content: "x")]),
        Many("link-replaced-by-directory", "a directory over a lower layer's link", "d=d l=d l/f=f", "",
            _ => [new RawTar().Entry("d/", '5').Entry("l", '2', link: "d"), new RawTar().Entry("l/", '5').Entry("l/f")]),
        Many("link-lower-to-host-then-below", "a file below a lower layer's link to the host", "NUA3052", "OCI-12 OCI-30", s => [new RawTar().Entry("l", '2', link: s), new RawTar().Entry("l/evil", content: "x")]),
        Many("link-dangling-then-below", "a file below a lower layer's dangling link", "NUA3052", "OCI-12 OCI-30", _ => [new RawTar().Entry("l", '2', link: "nowhere"), new RawTar().Entry("l/f")]),
        Many("link-etc-then-passwd", "`/etc` as a link to the host, then `etc/passwd`", "NUA3052", "OCI-12 OCI-30", s => [new RawTar().Entry("etc", '2', link: s), new RawTar().Entry("etc/passwd", content: "root::0:0::/:/bin/sh\n")]),
        One("hard-to-host", "a hard link to an absolute path of the host", "NUA3053", "OCI-14", s => new RawTar().Entry("h", '1', link: s + "/file")),
        One("hard-up", "a hard link to `../file`", "NUA3026", "OCI-14", _ => new RawTar().Entry("h", '1', link: "../file")),
        One("hard-through-link", "a hard link through a symbolic link to the host (CVE-2026-17106)", "NUA3053", "OCI-14", s => new RawTar().Entry("l", '2', link: s).Entry("h", '1', link: "l/file")),
        One("hard-to-symlink-chmod", "a hard link to a symbolic link to the host, with another mode (CVE-2021-32760)", "h=l:SENTINEL/file l=l:SENTINEL/file", "OCI-15 OCI-26 OCI-27",
            s => new RawTar().Entry("l", '2', link: s + "/file").Entry("h", '1', link: "l", mode: 0xFFF)),
        Many("hard-to-symlink-write", "the same, then a file over that name", "h=f l=l:SENTINEL/file", "",
            s => [new RawTar().Entry("l", '2', link: s + "/file").Entry("h", '1', link: "l"), new RawTar().Entry("h", content: "evil")]),
        One("hard-to-directory", "a hard link to a directory", "NUA3053", "OCI-14", _ => new RawTar().Entry("d/", '5').Entry("h", '1', link: "d")),
        One("hard-to-self", "a hard link to itself", "NUA3053", "OCI-14", _ => new RawTar().Entry("h", '1', link: "./h")),
        One("hard-to-later", "a hard link to an entry that comes later", "NUA3053", "OCI-14", _ => new RawTar().Entry("h", '1', link: "f").Entry("f")),
        One("hard-to-missing", "a hard link to nothing", "NUA3053", "OCI-14", _ => new RawTar().Entry("h", '1', link: "nothing")),
        One("hard-to-root", "a hard link to the root", "NUA3053", "OCI-14", _ => new RawTar().Entry("h", '1', link: "/")),
        Many("hard-to-lower", "a hard link to a file of a lower layer", "f=f h=f", "OCI-14", _ => [new RawTar().Entry("f", content: "x"), new RawTar().Entry("h", '1', link: "f")]),
        Many("hard-over-own-directory", "a hard link over the directory of its target", "NUA3053", "OCI-12 OCI-14", _ => [new RawTar().Entry("d/f"), new RawTar().Entry("d", '1', link: "d/f")]),
        One("hard-headers-disagree", "a hard link whose header has another mode, owner and time (IS-20)", "f=f h=f", "OCI-15",
            _ => new RawTar().Entry("f", content: "x", mode: 0x1ED).Entry("h", '1', link: "f", mode: 0x124, uid: 5)),
        One("hard-empty-target", "a hard link with an empty target", "NUA3025", "OCI-09", _ => new RawTar().Entry("h", '1')),
    ];

    private static RawTar Chain(int length)
    {
        var tar = new RawTar().Entry("end/", '5').Entry("l0", '2', link: "end");
        for (var i = 1; i <= length; i++)
        {
            tar.Entry($"l{i}", '2', link: $"l{i - 1}");
        }

        return tar.Entry($"l{length}/f");
    }

    private static HostileCase One(string id, string what, string unpack, string check, Func<string, RawTar> tar) => Many(id, what, unpack, check, s => [tar(s)]);

    private static HostileCase Many(string id, string what, string unpack, string check, Func<string, RawTar[]> tars) =>
        HostileCorpus.Layer(Family, id, what, unpack, check, sentinel => [.. tars(sentinel).Select(tar => tar.ToArray())]);
}
