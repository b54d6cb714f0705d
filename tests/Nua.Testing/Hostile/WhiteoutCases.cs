namespace Nua.Testing.Hostile;

/// <summary>Entries that delete.</summary>
internal static class WhiteoutCases
{
    private const string Family = "Whiteouts";

    public static IEnumerable<HostileCase> All =>
    [
        One("wh-nothing", "`.wh.`", "NUA3050", "OCI-13", new RawTar().Entry(".wh.")),
        One("wh-dot", "`d/.wh..`", "NUA3050", "OCI-13", new RawTar().Entry("d/.wh..")),
        One("wh-parent", "`d/.wh...`, which would delete the parent", "NUA3050", "OCI-13", new RawTar().Entry("d/.wh...")),
        One("wh-of-whiteout", "`.wh..wh.x`", "NUA3050", "OCI-13", new RawTar().Entry(".wh..wh.x")),
        One("wh-aufs", "`.wh..wh.plnk`, which aufs wrote", "NUA3050", "OCI-13", new RawTar().Entry(".wh..wh.plnk/", '5')),
        One("wh-below", "`.wh.a/b`", "NUA3050", "OCI-13", new RawTar().Entry(".wh.a/b")),
        One("wh-directory", "a whiteout that is a directory", "NUA3050", "OCI-13 OCI-18", new RawTar().Entry(".wh.a/", '5')),
        One("wh-content", "a whiteout with content", "NUA3050", "OCI-13 OCI-18", new RawTar().Entry(".wh.a", content: "x")),
        One("wh-symlink", "a whiteout that is a symbolic link", "NUA3050", "OCI-13 OCI-18", new RawTar().Entry(".wh.a", '2', link: "/etc")),
        One("wh-device", "a whiteout that is a device", "NUA3050", "OCI-13 OCI-18", new RawTar().Entry(".wh.a", '3')),
        Many("wh-hard-link", "a whiteout that is a hard link to another one, as old engines wrote", "", "OCI-13", _ => [new RawTar().Entry("a").Entry("b"), new RawTar().Entry(".wh.a").Entry(".wh.b", '1', link: ".wh.a")]),
        Many("wh-plain", "an honest whiteout", "b=f", "", _ => [new RawTar().Entry("a").Entry("b"), new RawTar().Entry(".wh.a")]),
        Many("wh-tree", "a whiteout of a tree", "", "OCI-12", _ => [new RawTar().Entry("a/b/c").Entry("a/d"), new RawTar().Entry(".wh.a")]),
        Many("wh-missing", "a whiteout of what is not there", "b=f", "OCI-18", _ => [new RawTar().Entry("b"), new RawTar().Entry(".wh.a").Entry("x/.wh.y")]),
        Many("wh-twice", "the same whiteout twice", "b=f", "OCI-10", _ => [new RawTar().Entry("a").Entry("b"), new RawTar().Entry(".wh.a").Entry(".wh.a")]),
        Many("wh-own-first", "a whiteout in front of a new file of that name", "a=l:new", "", _ => [new RawTar().Entry("a", content: "old"), new RawTar().Entry(".wh.a").Entry("a", '2', link: "new")]),
        Many("wh-own-last", "a whiteout behind a new file of that name", "a=l:new", "", _ => [new RawTar().Entry("a", content: "old"), new RawTar().Entry("a", '2', link: "new").Entry(".wh.a")]),
        Many("wh-children", "a whiteout behind a new child of that directory", "a=d a/new=f", "OCI-12", _ => [new RawTar().Entry("a/old"), new RawTar().Entry("a/new").Entry(".wh.a")]),
        Many("wh-link", "a whiteout of a link to the host", "", "", s => [new RawTar().Entry("l", '2', link: s + "/file"), new RawTar().Entry(".wh.l")]),
        Many("wh-below-link", "a whiteout below a link inside the image", "d=d l=l:d", "OCI-12 OCI-18", _ => [new RawTar().Entry("d/f").Entry("l", '2', link: "d"), new RawTar().Entry("l/.wh.f")]),
        Many("wh-below-link-out", "a whiteout below a link to the host", "l=l:SENTINEL", "OCI-18 OCI-30", s => [new RawTar().Entry("l", '2', link: s), new RawTar().Entry("l/.wh.file")]),
        Many("wh-below-file", "a whiteout below a file", "NUA3052", "OCI-18 OCI-30", _ => [new RawTar().Entry("f"), new RawTar().Entry("f/.wh.g")]),
        Many("wh-up", "`../.wh.sentinel`", "NUA3026", "OCI-11", _ => [new RawTar().Entry("f"), new RawTar().Entry("../.wh.sentinel")]),
        Many("opaque-first", "an opaque marker before its directory's new files", "d=d d/c=f", "OCI-12", _ => [new RawTar().Entry("d/a").Entry("d/b"), new RawTar().Entry("d/.wh..wh..opq").Entry("d/c")]),
        Many("opaque-last", "an opaque marker behind its directory's new files", "d=d d/c=f d/e=d d/e/y=f", "OCI-12",
            _ => [new RawTar().Entry("d/a").Entry("d/e/x"), new RawTar().Entry("d/c").Entry("d/e/y").Entry("d/.wh..wh..opq")]),
        Many("opaque-root", "an opaque root directory", "x=f", "OCI-12", _ => [new RawTar().Entry("a").Entry("b/c"), new RawTar().Entry("x").Entry(".wh..wh..opq")]),
        Many("opaque-below-link-out", "an opaque marker below a link to the host", "NUA3052", "OCI-30", s => [new RawTar().Entry("l", '2', link: s), new RawTar().Entry("l/.wh..wh..opq")]),
        Many("opaque-content", "an opaque marker with content", "NUA3050", "OCI-12 OCI-13", _ => [new RawTar().Entry("d/a"), new RawTar().Entry("d/.wh..wh..opq", content: "x")]),
        Many("opaque-directory", "an opaque marker that is a directory", "NUA3050", "OCI-12 OCI-13", _ => [new RawTar().Entry("d/a"), new RawTar().Entry("d/.wh..wh..opq/", '5')]),
    ];

    private static HostileCase One(string id, string what, string unpack, string check, RawTar tar) => Many(id, what, unpack, check, _ => [tar]);

    private static HostileCase Many(string id, string what, string unpack, string check, Func<string, RawTar[]> tars) =>
        HostileCorpus.Layer(Family, id, what, unpack, check, sentinel => [.. tars(sentinel).Select(tar => tar.ToArray())]);
}
