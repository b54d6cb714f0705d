namespace Nua.Testing.Hostile;

/// <summary>Names that lead out, that nobody can spell, that are there twice.</summary>
internal static class NameCases
{
    private const string Family = "Names and paths";

    public static IEnumerable<HostileCase> All =>
    [
        One("name-parent", "`../evil`", "NUA3026", "OCI-11", new RawTar().Entry("../evil", content: "x")),
        One("name-inner-parent", "`a/../../evil`", "NUA3026", "OCI-11", new RawTar().Entry("a/../../evil", content: "x")),
        One("name-harmless-parent", "`a/../b`, which stays inside", "NUA3026", "OCI-11", new RawTar().Entry("a/../b", content: "x")),
        One("name-only-parent", "`..`", "NUA3026", "OCI-11", new RawTar().Entry("..", '5')),
        One("name-parent-in-pax", "`../evil` in a pax header over a harmless name", "NUA3026", "OCI-11", new RawTar().Pax(("path", "../evil")).Entry("harmless", content: "x")),
        One("name-parent-in-prefix", "`..` in ustar's prefix field", "NUA3026", "OCI-11", new RawTar().Entry("evil", content: "x", prefix: "..")),
        One("name-parent-in-longname", "`../evil` in a GNU long name", "NUA3026", "OCI-11", new RawTar().Entry("l", 'L', "../evil\0").Entry("f", content: "x")),
        One("name-absolute", "`/abs`", "abs=f", "OCI-11", new RawTar().Entry("/abs", content: "x")),
        One("name-absolute-host", "`/etc/cron.d/evil`", "etc=d etc/cron.d=d etc/cron.d/evil=f", "OCI-11 OCI-12", new RawTar().Entry("/etc/cron.d/evil", content: "x")),
        One("name-dots-and-slashes", "`.//a/./b`", "a=d a/b=f", "OCI-12", new RawTar().Entry(".//a/./b", content: "x")),
        One("name-empty", "an empty name", "NUA3025", "OCI-09", new RawTar().Entry("")),
        One("name-slash", "the name `/` for a file", "NUA3029", "OCI-09", new RawTar().Entry("/", content: "x")),
        One("name-nul-pax", "a pax path with a NUL in it: some readers cut there", "NUA3023", "OCI-09", new RawTar().Pax(("path", "a\0b")).Entry("f")),
        One("name-nul-longname", "a GNU long name with a NUL in it", "NUA3025", "OCI-09", new RawTar().Entry("l", 'L', "a\0b\0").Entry("f")),
        One("name-256-bytes", "a component of 256 bytes", "NUA3025", "OCI-09", new RawTar().Pax(("path", new string('a', 256))).Entry("f")),
        One("name-5000-bytes", "a path of 5 000 bytes", "NUA3025", "OCI-09", new RawTar().Pax(("path", string.Join('/', Enumerable.Repeat("abcd", 1000)))).Entry("f")),
        One("name-40000-components", "a path of 40 000 components", "NUA3025", "OCI-09", new RawTar().Pax(("path", string.Join('/', Enumerable.Repeat("a", 40_000)))).Entry("f")),
        One("name-file-with-slash", "a file whose name ends in `/`", "NUA3029", "OCI-09", new RawTar().Entry("f/", content: "x")),
        One("name-root-is-link", "the root directory as a symbolic link (CVE-2021-29136)", "NUA3059", "OCI-11", s => new RawTar().Entry(".", '2', link: s)),
        One("name-root-is-file", "the root directory as a file", "NUA3059", "OCI-11", new RawTar().Entry("./.", content: "x")),
        One("name-root-mode-0", "the root directory with mode 0 and another owner", "f=f", "", new RawTar().Entry("./", '5', mode: 0, uid: 7).Entry("f", content: "x")),
        One("name-windows", "Windows names: `C:\\x`, `a\\b`, `nul.`", "C:\\x=f a\\b=f nul.=f", "", new RawTar().Entry("C:\\x").Entry("a\\b").Entry("nul.")),
        One("name-case", "names that differ by case only", "README=f Readme=f readme=f", "", new RawTar().Entry("README").Entry("Readme").Entry("readme")),
        One("name-terminal", "an escape sequence, a newline and a bidi override in names", "\n=f \u001b[2J=f \u202egpj=f", "",
            new RawTar().Entry("\u001b[2J").Entry("\n").Entry("\u00e2\u0080\u00aegpj")),
        One("name-not-utf8", "a name that is not UTF-8", "\udcff\udcfe=f", "", new RawTar().Entry("\xff\xfe")),
        One("name-three-dots", "`...`, `. .`, ` `", " =f . .=f ...=f", "", new RawTar().Entry("...").Entry(". .").Entry(" ")),
        One("name-dash", "`-rf`, `--checkpoint-action=exec=sh`", "--checkpoint-action=exec=sh=f -rf=f", "", new RawTar().Entry("-rf").Entry("--checkpoint-action=exec=sh")),
        One("twice-file", "a file twice", "NUA3051", "OCI-10", new RawTar().Entry("f", content: "1").Entry("./f", content: "2")),
        One("twice-directory", "a directory twice", "d=d d/f=f", "OCI-10", new RawTar().Entry("d/", '5').Entry("d/f").Entry("d", '5')),
        One("twice-file-directory", "a file, then a directory of its name", "NUA3051", "OCI-10", new RawTar().Entry("x").Entry("x/", '5')),
        One("twice-directory-file", "a directory, then a file of its name", "NUA3051", "OCI-10", new RawTar().Entry("x/", '5').Entry("x")),
        One("twice-implied", "a file where an earlier entry needs a directory", "NUA3051", "OCI-30", new RawTar().Entry("x/y").Entry("x")),
        One("twice-through-link", "one file by two ways through a link", "NUA3051", "OCI-12", new RawTar().Entry("d/", '5').Entry("l", '2', link: "d").Entry("d/f").Entry("l/f")),
        One("twice-symlink", "a symbolic link, then a file of its name", "NUA3051", "OCI-10", s => new RawTar().Entry("l", '2', link: s + "/file").Entry("l", content: "evil")),
        One("below-file", "a file below a file", "NUA3052", "OCI-30", new RawTar().Entry("f").Entry("f/g")),
        Many("below-lower-file", "a file below a lower layer's file", "NUA3052", "OCI-30", new RawTar().Entry("f"), new RawTar().Entry("f/g")),
        Many("file-over-directory", "a file over a lower layer's directory", "d=f", "OCI-12", new RawTar().Entry("d/a/b"), new RawTar().Entry("d", content: "x")),
        Many("directory-over-file", "a directory over a lower layer's file", "d=d d/f=f", "", new RawTar().Entry("d", content: "x"), new RawTar().Entry("d/", '5').Entry("d/f")),
        HostileCorpus.Layer(Family, "deep-through-links", "10 000 directories inside each other, by way of links", "NUA3052", "OCI-12 OCI-30", _ => [Deep()]),
        One("no-parents", "a file whose directories no layer has", "a=d a/b=d a/b/c=f", "OCI-12", new RawTar().Entry("a/b/c", content: "x")),
    ];

    /// <summary>Each step goes 1 000 deeper through a link to where the last one ended.</summary>
    private static byte[] Deep()
    {
        var down = string.Concat(Enumerable.Repeat("d/", 1000));
        var tar = new RawTar().Pax(("path", down)).Entry("d/", '5').Pax(("linkpath", down)).Entry("l0", '2', link: "d");
        for (var i = 0; i < 10; i++)
        {
            tar.Pax(("path", $"l{i}/{down}")).Entry("d/", '5').Pax(("linkpath", $"l{i}/{down}")).Entry($"l{i + 1}", '2', link: "d");
        }

        return tar.ToArray();
    }

    private static HostileCase One(string id, string what, string unpack, string check, RawTar tar) => Many(id, what, unpack, check, tar);

    private static HostileCase One(string id, string what, string unpack, string check, Func<string, RawTar> tar) =>
        HostileCorpus.Layer(Family, id, what, unpack, check, sentinel => [tar(sentinel).ToArray()]);

    private static HostileCase Many(string id, string what, string unpack, string check, params RawTar[] tars) =>
        HostileCorpus.Layer(Family, id, what, unpack, check, _ => [.. tars.Select(tar => tar.ToArray())]);
}
