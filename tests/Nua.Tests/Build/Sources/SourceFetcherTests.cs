using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Nua.Build.Planning;
using Nua.Build.Sources;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Build.Sources;

public sealed class SourceFetcherTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Downloader _downloader = new(new SourceLimits { Inactivity = TimeSpan.FromSeconds(5) });

    private readonly Dictionary<string, string> _environment = new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
    };

    private CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _downloader.Dispose();
        _temp.Dispose();
    }

    private SourceFetcher Fetcher(SourceLimits? limits = null) => new(_temp["cache"], _environment, _downloader, limits);

    private Task<FetchedSource> Fetch(SourceSpec spec, SourceLimits? limits = null) =>
        Fetcher(limits).FetchAsync(spec, _temp.Folder("project"), _temp.Folder("work"), Token);

    private async Task<string> CodeOf(SourceSpec spec, SourceLimits? limits = null) =>
        (await Assert.ThrowsAsync<ProblemException>(() => Fetch(spec, limits))).Problems[0].Code;

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static byte[] App() => new RawTar().Folder("app-1/").File("app-1/run.sh", "#!/bin/sh", "0000755")
        .File("app-1/sub/data.txt", "x").Link("app-1/link", "sub/data.txt").ToGzip();

    [Fact]
    public async Task Archive_is_unpacked_without_its_single_top_folder()
    {
        _temp.Write("project/app.tar.gz", App());
        var source = await Fetch(new SourceSpec.Archive("app.tar.gz", null, null));

        Assert.Equal("#!/bin/sh", File.ReadAllText(Path.Combine(source.Folder, "run.sh")));
        Assert.Equal("sub/data.txt", new FileInfo(Path.Combine(source.Folder, "link")).LinkTarget);
        Assert.Equal(new SourceFacts("archive", "app.tar.gz", Sha256(App()), null, null), source.Facts);
        Assert.True(File.GetUnixFileMode(Path.Combine(source.Folder, "run.sh")).HasFlag(UnixFileMode.UserExecute));
        Assert.False(File.GetUnixFileMode(Path.Combine(source.Folder, "sub/data.txt")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Archive_with_several_top_names_is_kept_as_it_is()
    {
        _temp.Write("project/app.tar", new RawTar().File("./a", "1").File("./b/c", "2").ToArray());
        var source = await Fetch(new SourceSpec.Archive("./app.tar", null, null));
        Assert.Equal(["a", "b"], Directory.GetFileSystemEntries(source.Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("bzip2", "app.tar.bz2")]
    [InlineData("xz", "app.tar.xz")]
    public async Task Archive_packed_by_a_host_program_is_unpacked(string program, string name)
    {
        var tar = _temp.Write("app.tar", new RawTar().File("app/a", "hello").ToArray());
        using var process = Process.Start(program, ["-k", tar]);
        await process.WaitForExitAsync(Token);
        _temp.Folder("project");
        File.Move(tar + Path.GetExtension(name), _temp["project", name]);

        var source = await Fetch(new SourceSpec.Archive(name, null, null));
        Assert.Equal("hello", File.ReadAllText(Path.Combine(source.Folder, "a")));

        var packed = File.ReadAllBytes(_temp["project", name]);
        File.WriteAllBytes(_temp["project", name], packed[..^8]);
        Assert.Equal("NUA2108", await CodeOf(new SourceSpec.Archive(name, null, null)));
    }

    [Fact]
    public async Task Missing_host_program_names_the_package()
    {
        _temp.Write("project/app.tar.xz", [1, 2, 3]);
        _environment["PATH"] = _temp.Path;
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch(new SourceSpec.Archive("app.tar.xz", null, null)));
        Assert.Equal("NUA2111", problem.Problems[0].Code);
        Assert.Contains("apt-get install xz-utils", problem.Problems[0].Remedy);
    }

    [Fact]
    public async Task Zip_is_unpacked_with_its_modes_and_links()
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            AddTo(zip, "app/run", "#!", 0x81ED);
            AddTo(zip, "app/data", "x", 0x81A4);
            AddTo(zip, "app/link", "data", 0xA1FF);
        }

        _temp.Write("project/app.zip", bytes.ToArray());
        var source = await Fetch(new SourceSpec.Archive("app.zip", Sha256(bytes.ToArray()).ToUpperInvariant(), null));
        Assert.True(File.GetUnixFileMode(Path.Combine(source.Folder, "run")).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("data", new FileInfo(Path.Combine(source.Folder, "link")).LinkTarget);
    }

    [Theory]
    [InlineData("../evil", 0x81A4)]
    [InlineData("/tmp/evil", 0x81A4)]
    [InlineData("a/../../evil", 0x81A4)]
    [InlineData("..\\evil", 0x81A4)]
    [InlineData("pipe", 0x11A4)]
    public async Task Zip_with_a_hostile_name_is_refused(string name, int mode)
    {
        using var bytes = new MemoryStream();
        using (var zip = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            AddTo(zip, name, "x", mode);
        }

        _temp.Write("project/app.zip", bytes.ToArray());
        Assert.Matches("NUA210[67]", await CodeOf(new SourceSpec.Archive("app.zip", null, null)));
        Assert.Empty(Directory.GetFileSystemEntries(_temp["work"]));
    }

    public static TheoryData<string, byte[]> Hostile => new()
    {
        { "climbs", new RawTar().File("../evil", "x").ToArray() },
        { "climbs inside", new RawTar().File("a/../../evil", "x").ToArray() },
        { "absolute", new RawTar().File("/tmp/nua-evil", "x").ToArray() },
        { "absolute link", new RawTar().Link("a", "/etc/passwd").ToArray() },
        { "escaping link", new RawTar().Folder("d").Link("d/a", "../../etc").ToArray() },
        { "write through a link", new RawTar().Folder("real").Link("a", "real").File("a/evil", "x").ToArray() },
        { "write through chained links", new RawTar().Folder("d").Link("a", "d").Link("b", "a").File("b/c/evil", "x").ToArray() },
        { "link over the root", new RawTar().Link(".", "/tmp").ToArray() },
        { "hard link outside", new RawTar().HardLink("a", "../../../etc/passwd").ToArray() },
        { "hard link absolute", new RawTar().HardLink("a", "/etc/passwd").ToArray() },
        { "hard link to a link", new RawTar().Link("l", "x").HardLink("a", "l").ToArray() },
        { "hard link to nothing", new RawTar().HardLink("a", "b").ToArray() },
        { "hard link to itself", new RawTar().File("a", "x").HardLink("a", "./a").ToArray() },
        { "hard link through a link", new RawTar().Folder("d").File("d/f", "x").Link("l", "d").HardLink("a", "l/f").ToArray() },
        { "character device", new RawTar().Special("a", '3').ToArray() },
        { "block device", new RawTar().Special("a", '4').ToArray() },
        { "pipe", new RawTar().Special("a", '6').ToArray() },
        { "file below a file", new RawTar().File("a", "x").File("a/b", "x").ToArray() },
        { "file over a folder", new RawTar().Folder("a").File("a", "x").ToArray() },
        { "deep", new RawTar().File(string.Join('/', Enumerable.Repeat("d", 49)), "x").ToArray() },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Hostile_tar_is_refused_and_leaves_nothing(string what, byte[] tar)
    {
        _temp.Write("project/app.tar", tar);
        var code = await CodeOf(new SourceSpec.Archive("app.tar", null, null), new SourceLimits { Depth = 40 });
        Assert.True(code is "NUA2106" or "NUA2107", $"{what}: {code}");
        Assert.Empty(Directory.GetFileSystemEntries(_temp["work"]));
        Assert.Equal(["project", "work"], Directory.GetFileSystemEntries(_temp.Path).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Later_entry_replaces_a_link_and_is_not_written_through_it()
    {
        _temp.Write("project/app.tar", new RawTar().File("t", "old").Link("a", "t").File("a", "new").ToArray());
        var source = await Fetch(new SourceSpec.Archive("app.tar", null, null));
        Assert.Equal("old", File.ReadAllText(Path.Combine(source.Folder, "t")));
        Assert.Null(new FileInfo(Path.Combine(source.Folder, "a")).LinkTarget);
    }

    [Fact]
    public async Task Hard_link_to_an_earlier_file_is_kept()
    {
        _temp.Write("project/app.tar", new RawTar().File("d/a", "x").HardLink("e/b", "d/a").ToArray());
        var source = await Fetch(new SourceSpec.Archive("app.tar", null, null));
        Assert.Equal("x", File.ReadAllText(Path.Combine(source.Folder, "e/b")));
    }

    [Fact]
    public async Task Bombs_are_stopped_by_bytes_entries_and_ratio()
    {
        var big = new RawTar().File("a", new string('0', 2_000_000));
        _temp.Write("project/bytes.tar.gz", big.ToGzip());
        Assert.Equal("NUA2105", await CodeOf(new SourceSpec.Archive("bytes.tar.gz", null, null), new SourceLimits { UnpackedBytes = 1 << 20 }));

        var many = new RawTar();
        for (var i = 0; i < 50; i++)
        {
            many.File($"f{i}", "");
        }

        _temp.Write("project/entries.tar", many.ToArray());
        Assert.Equal("NUA2105", await CodeOf(new SourceSpec.Archive("entries.tar", null, null), new SourceLimits { Entries = 49 }));

        var bomb = new RawTar();
        for (var i = 0; i < 70; i++)
        {
            bomb.File($"f{i}", new string('\0', 1 << 20));
        }

        _temp.Write("project/ratio.tar.gz", bomb.ToGzip());
        Assert.Equal("NUA2105", await CodeOf(new SourceSpec.Archive("ratio.tar.gz", null, null), new SourceLimits { Ratio = 100 }));
        Assert.Empty(Directory.GetFileSystemEntries(_temp["work"]));
    }

    [Fact]
    public async Task Damaged_archive_is_an_error_at_every_cut()
    {
        var whole = App();
        foreach (var length in new[] { 0, 5, 20, whole.Length / 2, whole.Length - 9, whole.Length - 1 })
        {
            _temp.Write("project/app.tgz", whole[..length]);
            var code = await CodeOf(new SourceSpec.Archive("app.tgz", null, null));
            Assert.StartsWith("NUA", code);
        }
    }

    [Theory]
    [InlineData("../app.tar.gz")]
    [InlineData("/etc/app.tar.gz")]
    [InlineData("missing.tar.gz")]
    [InlineData("link.tar.gz")]
    [InlineData("linked/app.tar.gz")]
    [InlineData("file:///etc/app.tar")]
    [InlineData("")]
    public async Task Local_archive_must_lie_in_the_project(string address)
    {
        _temp.Write("app.tar.gz", App());
        _temp.Folder("project");
        File.CreateSymbolicLink(_temp["project", "link.tar.gz"], _temp["app.tar.gz"]);
        Directory.CreateSymbolicLink(_temp["project", "linked"], _temp.Path);
        Assert.Equal("NUA2109", await CodeOf(new SourceSpec.Archive(address, null, null)));
    }

    [Fact]
    public async Task Folder_in_the_project_is_used_as_it_is()
    {
        _temp.Write("project/upstream/src/a", "1");
        var source = await Fetch(new SourceSpec.Archive("upstream", null, "src"));
        Assert.Equal(_temp["project", "upstream", "src"], source.Folder);
        Assert.Equal("folder", source.Facts.Kind);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("../project")]
    [InlineData("/etc")]
    [InlineData("file")]
    [InlineData("link")]
    public async Task Subfolder_must_be_a_folder_of_the_source(string subfolder)
    {
        _temp.Write("project/file", "1");
        Directory.CreateSymbolicLink(_temp["project", "link"], "/etc");
        Assert.Equal("NUA2110", await CodeOf(new SourceSpec.Folder(subfolder)));
    }

    [Theory]
    [InlineData("app.rar")]
    [InlineData("app")]
    [InlineData("app.tar.zst")]
    public async Task Unknown_kind_of_archive_is_named(string name)
    {
        _temp.Write("project/" + name, "x");
        Assert.Equal("NUA2101", await CodeOf(new SourceSpec.Archive(name, null, null)));
    }

    [Fact]
    public async Task Checksum_is_verified_before_anything_is_unpacked()
    {
        _temp.Write("project/app.tgz", App());
        var wrong = new string('0', 64);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch(new SourceSpec.Archive("app.tgz", "SHA256:" + wrong, null)));
        Assert.Equal("NUA2103", problem.Problems[0].Code);
        Assert.Contains(Sha256(App()), problem.Problems[0].Remedy);
        Assert.Equal("NUA2104", await CodeOf(new SourceSpec.Archive("app.tgz", "abc", null)));
        Assert.Empty(Directory.GetFileSystemEntries(_temp["work"]));
    }

    [Fact]
    public async Task Download_with_a_checksum_is_kept_and_needs_no_network_again()
    {
        string address;
        await using (var server = new LoopbackServer(_ => LoopbackServer.Ok(App())))
        {
            address = server.Address + "v1/app.tar.gz";
            await Fetch(new SourceSpec.Archive(address, Sha256(App()), null));
        }

        var again = await Fetch(new SourceSpec.Archive(address, Sha256(App()), null));
        Assert.True(File.Exists(Path.Combine(again.Folder, "run.sh")));
    }

    [Fact]
    public async Task Damaged_cached_download_is_fetched_again()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Ok(App()));
        var spec = new SourceSpec.Archive(server.Address + "app.tar.gz", Sha256(App()), null);
        await Fetch(spec);
        var blob = _temp["cache", "sha256", Sha256(App())];
        var bytes = File.ReadAllBytes(blob);
        bytes[^1] ^= 1;
        File.SetUnixFileMode(blob, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllBytes(blob, bytes);

        await Fetch(spec);
        Assert.Equal(2, server.Requests.Count);
        Assert.Equal(App(), File.ReadAllBytes(blob));
    }

    [Fact]
    public async Task Download_without_a_checksum_is_confirmed_by_its_etag()
    {
        await using var server = new LoopbackServer(r => r.Headers.GetValueOrDefault("if-none-match") == "\"1\""
            ? LoopbackServer.Status(304)
            : LoopbackServer.Ok(App(), ("ETag", "\"1\"")));
        var spec = new SourceSpec.Archive(server.Address + "app.tar.gz", null, null);
        var first = await Fetch(spec);
        var second = await Fetch(spec);
        Assert.Equal(first.Facts, second.Facts);
        Assert.Equal("\"1\"", server.Requests[1].Headers["if-none-match"]);
    }

    [Fact]
    public async Task Download_is_tried_again_after_a_cut_and_after_503()
    {
        var count = 0;
        await using var server = new LoopbackServer(_ => ++count switch
        {
            1 => LoopbackServer.Ok(App()) with { CutAfter = 100 },
            2 => LoopbackServer.Status(503),
            _ => LoopbackServer.Ok(App()),
        });
        var source = await Fetch(new SourceSpec.Archive(server.Address + "app.tar.gz", null, null));
        Assert.Equal(Sha256(App()), source.Facts.Sha256);
        Assert.Equal(3, count);
    }

    [Fact]
    public async Task Download_that_is_not_there_is_not_tried_again()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Status(404));
        Assert.Equal("NUA2102", await CodeOf(new SourceSpec.Archive(server.Address + "app.tar.gz", null, null)));
        Assert.Single(server.Requests);
        Assert.Empty(Directory.GetFiles(_temp["cache", "sha256"]));
    }

    [Fact]
    public async Task Download_larger_than_the_limit_is_given_up()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Ok(new byte[5000]));
        var code = await CodeOf(new SourceSpec.Archive(server.Address + "app.tar.gz", null, null), new SourceLimits { DownloadBytes = 4999 });
        Assert.Equal("NUA2105", code);
    }

    [Fact]
    public async Task Redirect_is_followed_without_the_credentials()
    {
        await using var other = new LoopbackServer(_ => LoopbackServer.Ok(App()));
        await using var server = new LoopbackServer(_ =>
            LoopbackServer.Status(302) with { Headers = new Dictionary<string, string> { ["Location"] = other.Address + "real" } });
        var address = server.Address.Replace("http://", "http://user:s3cret@") + "app.tar.gz?token=canary";
        var source = await Fetch(new SourceSpec.Archive(address, null, null));

        Assert.StartsWith("Basic ", server.Requests[0].Headers["authorization"]);
        Assert.False(other.Requests[0].Headers.ContainsKey("authorization"));
        Assert.Equal(server.Address + "app.tar.gz", source.Facts.Address);
    }

    [Fact]
    public async Task Endless_redirect_ends()
    {
        await using var server = new LoopbackServer(_ =>
            LoopbackServer.Status(302) with { Headers = new Dictionary<string, string> { ["Location"] = "/again" } });
        Assert.Equal("NUA2102", await CodeOf(new SourceSpec.Archive(server.Address + "app.tar.gz", null, null)));
    }

    [Fact]
    public async Task Credentials_of_an_address_are_in_no_message()
    {
        await using var server = new LoopbackServer(_ => LoopbackServer.Status(403));
        var address = server.Address.Replace("http://", "http://user:s3cret@") + "app.tar.gz?token=canary";
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch(new SourceSpec.Archive(address, null, null)));
        Assert.DoesNotContain("s3cret", problem.ToString());
        Assert.DoesNotContain("canary", problem.ToString());
    }

    private static void AddTo(ZipArchive zip, string name, string content, int mode)
    {
        var entry = zip.CreateEntry(name);
        entry.ExternalAttributes = mode << 16;
        using var writer = new StreamWriter(entry.Open());
        writer.Write(content);
    }
}
