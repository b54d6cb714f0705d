namespace Nua.Testing.Hostile;

/// <summary>The structure of tar: numbers, checksums, extended headers, the end.</summary>
internal static class TarCases
{
    private const string Family = "Tar structure";

    public static IEnumerable<HostileCase> All =>
    [
        One("tar-checksum-wrong", "a header's checksum is wrong", "NUA3021", "OCI-09", new RawTar().Entry("f", spoil: b => b[0] ^= 1)),
        One("tar-checksum-zero", "a header's checksum field is zero, which some readers take for the end", "NUA3021", "OCI-09",
            new RawTar().Entry("f", spoil: b => b.AsSpan(148, 8).Clear())),
        One("tar-size-octal-junk", "a size with a 9 in its octal digits", "NUA3022", "OCI-09", new RawTar().Entry("f", beforeChecksum: b => b[126] = (byte)'9')),
        One("tar-size-negative", "a negative size in base 256", "NUA3022", "OCI-09", new RawTar().Entry("f", beforeChecksum: b => b.AsSpan(124, 12).Fill(0xFF))),
        One("tar-size-overflow", "a size of more than 64 bits", "NUA3022", "OCI-09",
            new RawTar().Entry("f", beforeChecksum: b => { b[124] = 0x80; b.AsSpan(125, 11).Fill(0x7F); })),
        One("tar-size-exbibytes", "a pax size of 8 EiB", "NUA3022", "OCI-09", new RawTar().Pax(("size", "9000000000000000000")).Entry("f")),
        One("tar-size-terabyte", "a file of 1 TB that ends after a few bytes", "NUA3020", "OCI-09", new RawTar().Pax(("size", "1000000000000")).Entry("f", content: "x")),
        One("tar-size-pax-negative", "a negative pax size", "NUA3022", "OCI-09", new RawTar().Pax(("size", "-1")).Entry("f")),
        One("tar-size-beyond-end", "a size larger than the rest of the layer", "NUA3020", "OCI-09", new RawTar().Entry("f", size: 100_000)),
        One("tar-uid-text", "a pax uid that is a name", "NUA3022", "OCI-09", new RawTar().Pax(("uid", "root")).Entry("f")),
        One("tar-uid-too-large", "a pax uid of 2³²", "NUA3022", "OCI-09", new RawTar().Pax(("uid", "4294967296")).Entry("f")),
        One("tar-mtime-junk", "a pax time that is no number", "NUA3022", "OCI-09", new RawTar().Pax(("mtime", "1.x")).Entry("f")),
        One("tar-mtime-far", "a time 200 billion years ahead", "f=f", "", new RawTar().Pax(("mtime", "6311347200000000000")).Entry("f")),
        One("tar-mtime-before-1970", "a time before 1970 with a fraction", "f=f", "", new RawTar().Pax(("mtime", "-1234567890.5")).Entry("f")),
        One("tar-pax-length-wrong", "a pax record longer than its header", "NUA3023", "OCI-09", new RawTar().Entry("p", 'x', "99 path=x\n").Entry("f")),
        One("tar-pax-length-zero", "a pax record of length 0", "NUA3023", "OCI-09", new RawTar().Entry("p", 'x', "0 path=x\n").Entry("f")),
        One("tar-pax-length-negative", "a pax record of negative length", "NUA3023", "OCI-09", new RawTar().Entry("p", 'x', "-5 path=x\n").Entry("f")),
        One("tar-pax-length-huge", "a pax record whose length overflows", "NUA3023", "OCI-09",
            new RawTar().Entry("p", 'x', "99999999999999999999 path=x\n").Entry("f")),
        One("tar-pax-no-newline", "a pax record that does not end with its line", "NUA3023", "OCI-09", new RawTar().Entry("p", 'x', "9 path=xy").Entry("f")),
        One("tar-pax-no-equals", "a pax record without '='", "NUA3023", "OCI-09", new RawTar().Entry("p", 'x', "9 pathxy\n").Entry("f")),
        One("tar-pax-key-twice", "the same key twice in one pax header", "NUA3023", "OCI-09", new RawTar().Pax(("path", "a"), ("path", "b")).Entry("f")),
        One("tar-pax-nul-behind", "NULs behind the records of a pax header", "NUA3023", "OCI-09", new RawTar().Entry("p", 'x', "8 path=\n\0\0\0").Entry("f")),
        One("tar-pax-gigabytes", "a pax header that claims 2 GB", "NUA3027", "OCI-29", new RawTar().Entry("p", 'x', size: 2_000_000_000)),
        One("tar-longname-gigabytes", "a GNU long name that claims 2 GB", "NUA3027", "OCI-29", new RawTar().Entry("p", 'L', size: 2_000_000_000)),
        One("tar-pax-at-end", "a pax header with no entry behind it", "NUA3020", "OCI-09", new RawTar().Pax(("path", "a"))),
        One("tar-two-pax", "two pax headers for one entry", "NUA3029", "OCI-09", new RawTar().Pax(("path", "a")).Pax(("path", "b")).Entry("f")),
        One("tar-pax-before-longname", "a pax header in front of a GNU long name", "NUA3029", "OCI-09",
            new RawTar().Pax(("size", "512")).Entry("l", 'L', "name\0").Entry("f")),
        One("tar-longname-before-pax", "a GNU long name in front of a pax header", "NUA3029", "OCI-09", new RawTar().Entry("l", 'L', "name\0").Pax(("path", "a")).Entry("f")),
        One("tar-two-longnames", "two GNU long names for one entry", "NUA3029", "OCI-09", new RawTar().Entry("l", 'L', "a\0").Entry("l", 'L', "b\0").Entry("f")),
        One("tar-pax-before-global", "a pax header in front of a global one", "NUA3029", "OCI-09", new RawTar().Pax(("path", "a")).Global(("comment", "x")).Entry("f")),
        One("tar-global-path", "a global header that names every entry", "NUA3029", "OCI-09", new RawTar().Global(("path", "a")).Entry("f")),
        One("tar-global-size", "a global header with a size", "NUA3029", "OCI-09", new RawTar().Global(("size", "512")).Entry("f")),
        One("tar-global-comment", "a global header with a comment, as git writes it", "f=f", "", new RawTar().Global(("comment", "0123456789abcdef")).Entry("f")),
        One("tar-smuggled-pax-size", "a second archive hidden behind a header size of 0 (CVE-2025-62518)", "after=f outer=f", "", Smuggled()),
        One("tar-smuggled-header-size", "a pax size of 0 over a header size that hides an entry", "NUA3021", "OCI-09",
            new RawTar().Pax(("size", "0")).Entry("outer", content: "this is no header")),
        One("tar-sparse-gnu", "a GNU sparse file", "NUA3024", "OCI-09", new RawTar().Entry("f", 'S')),
        One("tar-sparse-pax-0", "a sparse file in pax form 0.1", "NUA3024", "OCI-09", new RawTar().Pax(("GNU.sparse.map", "0,1"), ("GNU.sparse.size", "1")).Entry("f", content: "x")),
        One("tar-sparse-pax-1", "a sparse file in pax form 1.0", "NUA3024", "OCI-09", new RawTar().Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")).Entry("f")),
        .. "VMNADXZ".Select(type => One($"tar-type-{char.ToLowerInvariant(type)}", $"an entry of type '{type}'", "NUA3024", "OCI-09", new RawTar().Entry("f", type))),
        One("tar-type-control", "an entry whose type is the byte 1", "NUA3024", "OCI-09", new RawTar().Entry("f", '\u0001')),
        One("tar-type-contiguous", "a contiguous file (type 7)", "f=f", "", new RawTar().Entry("f", '7', "x")),
        One("tar-link-content", "a hard link with content", "NUA3030", "OCI-09", new RawTar().Entry("g").Entry("f", '1', "data", "g")),
        One("tar-directory-content", "a directory with content", "NUA3030", "OCI-09", new RawTar().Entry("f/", '5', "data")),
        One("tar-symlink-content", "a symbolic link with content", "NUA3030", "OCI-09", new RawTar().Entry("f", '2', "data", "g")),
        One("tar-garbage-behind-end", "entries behind the end of the archive", "NUA3028", "OCI-09", new RawTar().Entry("f").Bytes(new byte[1024]).Entry("g")),
        One("tar-one-zero-block-then-entry", "one zero block, then an entry", "NUA3028", "OCI-09", new RawTar().Entry("f").Bytes(new byte[512]).Entry("g")),
        One("tar-text-behind-end", "text behind the end of the archive", "NUA3028", "OCI-09", new RawTar().Entry("f").Bytes(new byte[1024]).Bytes("junk"u8.ToArray())),
        Layer("tar-no-end-blocks", "no end blocks", "f=f", "OCI-25", new RawTar().Entry("f", content: "x").ToArray(0)),
        Layer("tar-one-end-block", "one end block instead of two", "f=f", "OCI-25", new RawTar().Entry("f", content: "x").ToArray(1)),
        Layer("tar-many-end-blocks", "a hundred end blocks", "f=f", "", new RawTar().Entry("f", content: "x").ToArray(100)),
        Layer("tar-truncated-header", "the archive ends inside a header", "NUA3020", "OCI-09", new RawTar().Entry("f").ToArray(0)[..300]),
        Layer("tar-truncated-content", "the archive ends inside a file", "NUA3020", "OCI-09", new RawTar().Entry("f", content: new string('x', 2000)).ToArray(0)[..1024]),
        Layer("tar-truncated-padding", "the archive ends inside the padding of a file", "NUA3020", "OCI-09", new RawTar().Entry("f", content: "x").ToArray(0)[..1000]),
        Layer("tar-empty", "a layer of no bytes at all", "", "OCI-25", []),
        Layer("tar-only-zeros", "a layer of end blocks only", "", "", new byte[1024]),
        Layer("tar-not-tar", "a layer that is text", "NUA3021", "OCI-09", System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("this is not a tar archive. ", 60)))),
        Layer("tar-html", "a layer that is a proxy's error page", "NUA3020", "OCI-09", "<html><body>502 Bad Gateway</body></html>"u8.ToArray()),
    ];

    private static RawTar Smuggled()
    {
        var inner = new RawTar().Entry("smuggled", content: "evil").ToArray(0);
        return new RawTar().Pax(("size", $"{inner.Length}")).Entry("outer", size: 0).Data(inner).Entry("after", content: "x");
    }

    private static HostileCase One(string id, string what, string unpack, string check, RawTar tar) => Layer(id, what, unpack, check, tar.ToArray());

    private static HostileCase Layer(string id, string what, string unpack, string check, byte[] tar) =>
        HostileCorpus.Layer(Family, id, what, unpack, check, _ => [tar]);
}
