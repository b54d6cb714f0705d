namespace Nua.Testing.Hostile;

/// <summary>Devices, modes, owners, extended attributes, and files that programs of the image's config read.</summary>
internal static class AttributeCases
{
    private const string Family = "Devices, attributes, accounts";

    public static IEnumerable<HostileCase> All =>
    [
        One("device-0-0", "the character device 0:0, which overlayfs takes for a whiteout", "NUA3054", "OCI-16 OCI-30", new RawTar().Entry("x", '3')),
        One("device-disk", "a block device: the host's disk", "NUA3034", "OCI-12 OCI-16 OCI-30", Device(new RawTar(), "dev/sda", '4', 8, 0), "dev=d dev/sda=b"),
        One("device-mem", "`/dev/mem`", "NUA3034", "OCI-12 OCI-16 OCI-30", Device(new RawTar(), "dev/mem", '3', 1, 1), "dev=d dev/mem=c"),
        One("device-elsewhere", "the null device under another name", "NUA3034", "OCI-12 OCI-16 OCI-30", Device(new RawTar(), "tmp/null", '3', 1, 3), "tmp=d tmp/null=c"),
        One("device-usual", "`/dev/null`, which engines provide themselves", "", "OCI-12 OCI-16", Device(new RawTar(), "dev/null", '3', 1, 3), "dev=d dev/null=c"),
        One("fifo", "a FIFO", "p=p", "OCI-16", new RawTar().Entry("p", '6')),
        One("fifo-passwd", "`/etc/passwd` as a FIFO, for readers that wait", "etc=d etc/passwd=p", "OCI-16", new RawTar().Entry("etc/", '5').Entry("etc/passwd", '6')),
        Image("passwd-huge", "`/etc/passwd` of 20 MB (CVE-2026-47262), and a user by name", "etc=d etc/passwd=f", "OCI-12 OCI-19 OCI-29",
            HostileImage.Of(new RawTar().Entry("etc/passwd", new byte[20 << 20]).ToArray()) with { Config = text => text.Replace("\"1000\"", "\"app\"", StringComparison.Ordinal) }),
        HostileCorpus.Layer(Family, "passwd-link", "`/etc/passwd` as a link to a file of the host", "etc=d etc/passwd=l:SENTINEL/file", "", s => [new RawTar().Entry("etc/", '5').Entry("etc/passwd", '2', link: s + "/file").ToArray()]),
        One("setuid", "a set-user-id program", "su=f", "OCI-26", new RawTar().Entry("su", content: "x", mode: 0x9ED)),
        One("mode-bits", "a mode with bits beyond 07777", "f=f", "OCI-26 OCI-27", new RawTar().Entry("f", mode: 0x1FFFF)),
        One("xattr-capability", "a file capability whose value holds a newline and 0x80", "f=f", "OCI-26",
            new RawTar().Pax(("SCHILY.xattr.security.capability", "\x01\0\0\x02\n\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0")).Entry("f", content: "x")),
        One("xattr-overlay-redirect", "`trusted.overlay.redirect=/etc`, which podman 4.3 puts into its lower layer", "NUA3055", "OCI-17",
            new RawTar().Pax(("SCHILY.xattr.trusted.overlay.redirect", "/etc")).Entry("d/", '5')),
        One("xattr-overlay-opaque", "`trusted.overlay.opaque`", "NUA3055", "OCI-17", new RawTar().Pax(("SCHILY.xattr.trusted.overlay.opaque", "y")).Entry("d/", '5')),
        One("xattr-overlay-metacopy", "`trusted.overlay.metacopy`", "NUA3055", "OCI-17", new RawTar().Pax(("SCHILY.xattr.trusted.overlay.metacopy", "")).Entry("f")),
        One("xattr-user-overlay", "`user.overlay.opaque`, as rootless overlayfs has it", "NUA3055", "OCI-17", new RawTar().Pax(("SCHILY.xattr.user.overlay.opaque", "y")).Entry("d/", '5')),
        One("xattr-whiteout-overlay", "an overlay attribute on a whiteout", "NUA3055", "OCI-18 OCI-30", new RawTar().Pax(("SCHILY.xattr.trusted.overlay.opaque", "y")).Entry(".wh.a")),
        One("xattr-too-large", "an attribute of more than 64 KiB", "NUA3023", "OCI-09", new RawTar().Pax(("SCHILY.xattr.user.x", new string('v', 70_000))).Entry("f")),
        One("xattr-no-name", "an attribute without a name", "NUA3023", "OCI-09", new RawTar().Pax(("SCHILY.xattr.", "v")).Entry("f")),
        One("xattr-name-300", "an attribute's name of 300 bytes", "NUA3023", "OCI-09", new RawTar().Pax(("SCHILY.xattr.user." + new string('n', 300), "v")).Entry("f")),
        One("xattr-flood", "36 MB of attributes", "NUA3027", "OCI-29", Flood()),
        Config("user-too-large", "a user above 2³¹−1 (CVE-2024-40635)", "OCI-19", "\"User\":\"1000\"", "\"User\":\"4294967296:0\""),
        Config("user-unknown", "a user that no passwd has", "OCI-19", "\"User\":\"1000\"", "\"User\":\"nobody-knows\""),
        Config("env-without-name", "a variable without a name", "OCI-21", "\"User\":\"1000\"", "\"User\":\"1000\",\"Env\":[\"=x\",\"A=1\",\"A=2\"]"),
        Config("workdir-proc", "a working directory of `/proc/self/fd/8` (CVE-2024-21626)", "", "\"User\":\"1000\"", "\"User\":\"1000\",\"WorkingDir\":\"/proc/self/fd/8\""),
        Config("workdir-relative", "a relative working directory that climbs", "OCI-22", "\"User\":\"1000\"", "\"User\":\"1000\",\"WorkingDir\":\"../../etc\""),
        Config("volume-up", "a volume that climbs (CVE-2022-23648)", "", "\"User\":\"1000\"", "\"User\":\"1000\",\"Volumes\":{\"/../../etc\":{}}"),
        Config("entrypoint-terminal", "an escape sequence in the entrypoint and in a label", "", "[\"/bin/true\"]", "[\"\\u001b[2J\"],\"Labels\":{\"a\\u001b]0;x\\u0007\":\"\\u202e\"}"),
    ];

    private static RawTar Device(RawTar tar, string name, char type, int major, int minor) => tar.Entry(name, type, beforeChecksum: block =>
    {
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(major, 8).PadLeft(7, '0')).CopyTo(block, 329);
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(minor, 8).PadLeft(7, '0')).CopyTo(block, 337);
    });

    private static RawTar Flood()
    {
        var tar = new RawTar();
        var value = new string('v', 60_000);
        for (var i = 0; i < 600; i++)
        {
            tar.Pax(("SCHILY.xattr.user.x", value)).Entry($".wh.f{i}");
        }

        return tar;
    }

    private static HostileCase One(string id, string what, string unpack, string check, RawTar tar, string? look = null) =>
        HostileCorpus.Layer(Family, id, what, unpack, check, _ => [tar.ToArray()], look);

    private static HostileCase Image(string id, string what, string unpack, string check, HostileImage image) => new(id, what)
    {
        Family = Family,
        Verdict = Verdict.OfLayer(unpack, check),
        Make = _ => image,
        Forms = Forms.All,
    };

    private static HostileCase Config(string id, string what, string check, string old, string @new) =>
        Image(id, what, "bin=d bin/true=f", check, HostileImage.Honest() with { Config = text => text.Replace(old, @new, StringComparison.Ordinal) });
}
