using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

/// <summary>
/// Scripted faults of a registry while an image is pulled from it. Whatever happens, the end is the right image or a coded
/// problem, no wrong byte is in the store, and it takes neither all the time nor all the memory.
/// </summary>
public sealed class PullFaultTests
{
    /// <summary>Answers that pass, with the fault in the first two: the pull must succeed in spite of them.</summary>
    private static readonly Dictionary<string, Func<TestAnswer, TestAnswer>> _passing = new(StringComparer.Ordinal)
    {
        ["status 500"] = _ => new TestAnswer(500, "oops"),
        ["status 502"] = _ => new TestAnswer(502),
        ["status 503 and a time to wait"] = _ => new TestAnswer(503).With("Retry-After", "7"),
        ["status 503 and a date long gone"] = _ => new TestAnswer(503).With("Retry-After", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ["status 504"] = _ => new TestAnswer(504),
        ["status 408"] = _ => new TestAnswer(408),
        ["status 429"] = _ => new TestAnswer(429, """{"errors":[{"code":"TOOMANYREQUESTS"}]}"""),
        ["status 429 and 10^9 seconds to wait"] = _ => new TestAnswer(429).With("Retry-After", "1000000000"),
        ["status 429 and junk to wait"] = _ => new TestAnswer(429).With("Retry-After", "soon, maybe"),
        ["a reset before the first byte"] = answer => answer with { CutAfter = 0, IsReset = true },
        ["a close before the first byte"] = answer => answer with { CutAfter = 0 },
        ["a cut after one byte"] = answer => answer with { CutAfter = 1 },
        ["a cut in the middle"] = answer => answer with { CutAfter = answer.Body.Length / 2 },
        ["a reset in the middle"] = answer => answer with { CutAfter = answer.Body.Length / 2, IsReset = true },
        ["a cut before the last byte"] = answer => answer with { CutAfter = answer.Body.Length - 1 },
        ["a cut in a chunk"] = answer => answer with { IsChunked = true, CutAfter = answer.Body.Length / 2 },
        ["a body that ends with its connection too early"] = answer => answer with { EndsWithConnection = true, Body = answer.Body[..(answer.Body.Length / 2)] },
        ["nothing that is HTTP"] = answer => answer with { Raw = "220 mail.example ESMTP\r\n"u8.ToArray() },
        ["half a head"] = answer => answer with { Raw = "HTTP/1.1 200 OK\r\nContent-Le"u8.ToArray() },
        ["no answer at all"] = answer => answer with { Raw = [] },
    };

    /// <summary>Answers that are odd and right.</summary>
    private static readonly Dictionary<string, Func<TestAnswer, TestAnswer>> _odd = new(StringComparer.Ordinal)
    {
        ["chunks"] = answer => answer with { IsChunked = true },
        ["no length"] = answer => answer with { EndsWithConnection = true },
        ["no digest in the head"] = answer => answer.Without("Docker-Content-Digest"),
        ["parameters of the type"] = answer => answer.Headers.FirstOrDefault(header => header.Name == "Content-Type") is { Value: { } type }
            ? answer.With("Content-Type", type + "; charset=utf-8") : answer,
        ["a warning"] = answer => answer.With("Warning", "299 - \"will be shut down\u001b[31m\""),
        ["many headers"] = answer => answer with { Headers = [.. answer.Headers, .. Enumerable.Range(0, 300).Select(i => ($"X-{i}", "y"))] },
        ["cookies"] = answer => answer.With("Set-Cookie", "a=b"),
        ["a body that drips"] = answer => answer.Body.Length < 2000 ? answer with { Drip = TimeSpan.FromTicks(1) } : answer,
    };

    /// <summary>Answers that stay wrong: the pull must end in a problem.</summary>
    private static readonly Dictionary<string, Func<TestAnswer, TestAnswer>> _lasting = new(StringComparer.Ordinal)
    {
        ["status 404"] = _ => new TestAnswer(404, """{"errors":[{"code":"UNKNOWN"}]}"""),
        ["status 401 without a challenge"] = _ => new TestAnswer(401),
        ["status 401 with a junk challenge"] = _ => new TestAnswer(401).With("WWW-Authenticate", "Bearer realm=\"\\"),
        ["status 401 with a scheme nobody knows"] = _ => new TestAnswer(401).With("WWW-Authenticate", "Negotiate"),
        ["status 403"] = _ => new TestAnswer(403, """{"errors":[{"code":"DENIED","message":"no \u001b[2J"}]}"""),
        ["status 400"] = _ => new TestAnswer(400, "<html>"),
        ["status 405"] = _ => new TestAnswer(405),
        ["status 410"] = _ => new TestAnswer(410),
        ["status 451"] = _ => new TestAnswer(451),
        ["status 500 for ever"] = _ => new TestAnswer(500, new string('x', 200_000)),
        ["status 503 for ever"] = _ => new TestAnswer(503).With("Retry-After", "3600"),
        ["status 429 for ever"] = _ => new TestAnswer(429),
        ["status 501"] = _ => new TestAnswer(501),
        ["status 200 and nothing"] = answer => answer with { Body = [] },
        ["status 204"] = _ => new TestAnswer(204),
        ["status 304"] = _ => new TestAnswer(304),
        ["a first bit flipped"] = answer => Flip(answer, 0),
        ["a middle bit flipped"] = answer => Flip(answer, answer.Body.Length / 2),
        ["a last bit flipped"] = answer => Flip(answer, answer.Body.Length - 1),
        ["a byte more"] = answer => answer with { Body = [.. answer.Body, 0] },
        ["a byte more in chunks"] = answer => answer with { Body = [.. answer.Body, 0], IsChunked = true },
        ["a byte less"] = answer => answer with { Body = answer.Body[..^1] },
        ["a byte less in chunks"] = answer => answer with { Body = answer.Body[..^1], IsChunked = true },
        ["bytes of something else"] = _ => new TestAnswer(200, "<html>log in to the hotel's network</html>").With("Content-Type", "text/html"),
        ["an endless body"] = answer => answer with { IsEndless = true },
        ["endless headers"] = answer => answer with { Raw = Headers(2_000_000) },
        ["a compressed body"] = answer => answer.With("Content-Encoding", "gzip"),
        ["a length far too large"] = answer => answer with { StatedLength = 1L << 40 },
        ["a length too small"] = answer => answer with { StatedLength = Math.Max(0, answer.Body.Length - 5) },
        ["a redirect to itself"] = _ => new TestAnswer(307).With("Location", "?again"),
        ["a redirect to nowhere"] = _ => new TestAnswer(302),
        ["a redirect to a file"] = _ => new TestAnswer(302).With("Location", "file:///etc/passwd"),
        ["a redirect to a link-local address"] = _ => new TestAnswer(302).With("Location", "http://169.254.169.254/latest"),
        ["a redirect to a host without TLS"] = _ => new TestAnswer(302).With("Location", "http://mirror.example/blob"),
        ["a connection that is always reset"] = answer => answer with { CutAfter = 0, IsReset = true },
        ["always half"] = answer => answer with { CutAfter = answer.Body.Length / 2, Body = answer.Body },
        ["never HTTP"] = answer => answer with { Raw = "SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray() },
    };

    /// <summary>Lies that only documents can tell.</summary>
    private static readonly Dictionary<string, Func<TestAnswer, TestAnswer>> _documents = new(StringComparer.Ordinal)
    {
        ["another digest in the head"] = answer => answer.With("Docker-Content-Digest", Digest.Sha256("other"u8).ToString()),
        ["a digest in the head that is none"] = answer => answer.With("Docker-Content-Digest", "sha256:../../etc/passwd"),
        ["an upper-case digest in the head"] = answer => answer.With("Docker-Content-Digest", Digest.Sha256(answer.Body).ToString().ToUpperInvariant()),
        ["another kind in the head"] = answer => answer.With("Content-Type", MediaTypes.Index),
        ["an old kind of manifest"] = answer => answer.With("Content-Type", "application/vnd.docker.distribution.manifest.v1+prettyjws"),
        ["a kind that is none"] = answer => answer.With("Content-Type", "what/ever/else"),
        ["a manifest of 5 MiB"] = answer => answer with { Body = [.. answer.Body, .. Enumerable.Repeat((byte)' ', 5 << 20)] },
        ["a manifest of 5 MiB in chunks"] = answer => answer with { Body = [.. answer.Body, .. Enumerable.Repeat((byte)' ', 5 << 20)], IsChunked = true },
        ["two fields of one name"] = answer => Text(answer, """{"schemaVersion":2,"schemaVersion":2,"config":{},"layers":[]}"""),
        ["a field that differs by case"] = answer => Text(answer, """{"schemaVersion":2,"Layers":[],"layers":[],"config":{}}"""),
        ["a manifest that is an index, too"] = answer => Text(answer, """{"schemaVersion":2,"layers":[],"config":{},"manifests":[]}"""),
        ["no manifest"] = answer => Text(answer, "[]"),
        ["null"] = answer => Text(answer, "null"),
        ["no JSON"] = answer => Text(answer, "{"),
        ["JSON in JSON in JSON"] = answer => Text(answer, new string('[', 10_000)),
        ["a byte order mark"] = answer => answer with { Body = [0xEF, 0xBB, 0xBF, .. answer.Body] },
        ["a layer with a path for a digest"] = answer => Manifest(answer, "sha256:../../../etc/shadow", 5),
        ["a layer with a digest nobody can check"] = answer => Manifest(answer, "md5:d41d8cd98f00b204e9800998ecf8427e", 5),
        ["a layer of negative size"] = answer => Manifest(answer, Digest.Sha256("x"u8).ToString(), -1),
        ["a layer of a petabyte"] = answer => Manifest(answer, Digest.Sha256("x"u8).ToString(), 1L << 50),
        ["a layer of all that a number can hold"] = answer => Manifest(answer, Digest.Sha256("x"u8).ToString(), long.MaxValue),
        ["a layer that is not there"] = answer => Manifest(answer, Digest.Sha256("x"u8).ToString(), 1),
    };

    /// <summary>Answers to a request for the rest of a blob.</summary>
    private static readonly Dictionary<string, Func<TestRequest, TestAnswer, byte[], TestAnswer>> _ranges = new(StringComparer.Ordinal)
    {
        ["all of it, as old registries do"] = (_, answer, blob) => (answer with { Status = 200, Body = blob }).Without("Content-Range"),
        ["another range"] = (_, answer, blob) => answer.With("Content-Range", $"bytes {blob.Length - answer.Body.Length + 7}-{blob.Length - 1}/{blob.Length}"),
        ["a range that begins earlier"] = (_, answer, blob) => (answer with { Body = blob[100..] }).With("Content-Range", $"bytes 100-{blob.Length - 1}/{blob.Length}"),
        ["no range in the head"] = (_, answer, _) => answer.Without("Content-Range"),
        ["a junk range"] = (_, answer, _) => answer.With("Content-Range", "bytes what-ever/else"),
        ["a range of something larger"] = (_, answer, blob) => answer.With("Content-Range", $"bytes {blob.Length - answer.Body.Length}-{blob.Length - 1}/{blob.Length * 2}"),
        ["the right range and wrong bytes"] = (_, answer, _) => answer with { Body = [.. answer.Body.Select(value => (byte)~value)] },
        ["the right range and the bytes from the beginning"] = (_, answer, blob) => answer with { Body = blob[..answer.Body.Length] },
        ["a refusal"] = (_, _, _) => new TestAnswer(416),
        ["a refusal of another kind"] = (_, _, _) => new TestAnswer(416, "no ranges here").With("Content-Range", "bytes */*"),
        ["a cut again and again"] = (_, answer, _) => answer with { CutAfter = 5000 },
        ["a server error once"] = (_, answer, _) => answer,
    };

    public static TheoryData<string, string> Passing => Cases(_passing.Keys);

    public static TheoryData<string, string> Odd => Cases(_odd.Keys);

    public static TheoryData<string, string> Lasting => Cases(_lasting.Keys);

    public static TheoryData<string> Documents => [.. _documents.Keys];

    public static TheoryData<string> Ranges => [.. _ranges.Keys];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Fault_that_passes_is_survived(string fault, string where)
    {
        using var world = new RegistryWorld();
        var root = world.Serve("team/app", "1.0");
        var left = 2;
        Break(world, where, answer => Interlocked.Decrement(ref left) >= 0 ? _passing[fault](answer) : answer);

        var pulled = await world.PullAsync("team/app:1.0");

        Assert.Equal(root, pulled.Digest);
        Assert.Empty(world.Store.Verify(VerifyDepth.Layers));
        Assert.All(world.Time.Waits, wait => Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(30)));
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task Odd_and_right_is_right(string oddity, string where)
    {
        using var world = new RegistryWorld();
        var root = world.Serve("team/app", "1.0");
        Break(world, where, _odd[oddity]);

        Assert.Equal(root, (await world.PullAsync("team/app:1.0")).Digest);

        Assert.Empty(world.Store.Verify(VerifyDepth.Layers));
        Assert.DoesNotContain('\u001b', string.Concat(world.Told));
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task Fault_that_stays_is_a_problem_and_leaves_no_wrong_byte(string fault, string where)
    {
        using var world = new RegistryWorld();
        world.Serve("team/app", "1.0");
        Break(world, where, _lasting[fault]);
        await FailsAsync(world);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public async Task Document_that_lies_is_a_problem_and_leaves_no_wrong_byte(string fault)
    {
        using var world = new RegistryWorld();
        world.Serve("team/app", "1.0");
        Break(world, "/manifests/", _documents[fault]);
        await FailsAsync(world);
    }

    [Theory]
    [MemberData(nameof(Ranges))]
    public async Task Odd_answer_to_a_range_never_gives_wrong_bytes(string fault)
    {
        using var world = new RegistryWorld();
        var root = world.Large(300_000);
        world.Upload("team/app", "1.0", root);
        var whole = 0;
        world.Registry.Script = (request, answer) =>
        {
            if (!request.Path.Contains("/blobs/", StringComparison.Ordinal) || request.Method != "GET")
            {
                return answer;
            }

            var blob = world.Registry.Blobs[request.Path[4..].Replace("/blobs/", "@", StringComparison.Ordinal)];
            return request["range"] is not null ? _ranges[fault](request, answer, blob)
                : blob.Length > 100_000 && Interlocked.Increment(ref whole) == 1 ? answer with { CutAfter = 100_000 } : answer;
        };

        Assert.Equal(root.Digest, (await world.PullAsync("team/app:1.0")).Digest);

        Assert.Empty(world.Store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public async Task Tag_that_moves_during_the_pull_mixes_nothing_and_is_told()
    {
        using var world = new RegistryWorld();
        var first = world.Serve("team/app", "1.0");
        var hasMoved = false;
        world.Registry.Script = (request, answer) =>
        {
            if (request.Path.Contains("/blobs/", StringComparison.Ordinal) && !hasMoved)
            {
                hasMoved = true;
                world.Serve("team/app", "1.0", seed: 2);
            }

            return answer;
        };

        var pulled = await world.PullAsync("team/app:1.0");

        Assert.Equal(first, pulled.Digest);
        Assert.Equal("NUA3620", Assert.Single(world.Told).Code);
        Assert.Empty(world.Store.Verify(VerifyDepth.Layers));
    }

    [Fact]
    public async Task Registry_that_says_nothing_is_left()
    {
        using var world = new RegistryWorld();
        world.Serve("team/app", "1.0");
        world.Options = world.Options with { Inactivity = TimeSpan.FromMilliseconds(200) };
        Break(world, "/blobs/", answer => answer with { Hangs = true });
        await FailsAsync(world, status: 75);
    }

    [Fact]
    public async Task Registry_that_drips_is_left()
    {
        using var world = new RegistryWorld();
        world.Serve("team/app", "1.0");
        world.Options = world.Options with { Inactivity = TimeSpan.FromMilliseconds(300), SlowestRate = 1 << 20 };
        Break(world, "/blobs/", answer => answer with { Drip = TimeSpan.FromMilliseconds(50) });
        await FailsAsync(world, status: 75);
    }

    [Fact]
    public async Task Nobody_there_is_told_at_once()
    {
        using var world = new RegistryWorld();
        world.Registry.Dispose();
        await FailsAsync(world, status: 75);
    }

    /// <summary>Cuts each answer once after every so many bytes, over the whole of the stream.</summary>
    [Theory]
    [InlineData("/manifests/", 97)]
    [InlineData("/blobs/", 4099)]
    public async Task Pull_that_is_cut_anywhere_once_completes(string where, int step)
    {
        using var world = new RegistryWorld();
        var root = world.Serve("team/app", "1.0");
        var longest = where == "/blobs/" ? world.Registry.Blobs.Values.Max(blob => blob.Length) : world.Registry.Manifests.Values.Max(found => found.Bytes.Length);
        for (var at = 0; at < longest; at += step)
        {
            using var folder = new TempDirectory();
            var store = ImageStore.Open(folder.Path);
            var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();
            var cut = at;
            Break(world, where, answer => answer.Body.Length > cut && seen.TryAdd($"{answer.Body.Length}", true) ? answer with { CutAfter = cut } : answer);
            using var network = new Nua.Registry.RegistryNetwork(world.Options);
            var pulled = await Nua.Registry.RegistryPull.IntoAsync(
                network, store, world.Reference("team/app:1.0"), Nua.Registry.Transfer.PullOptions.Default, default);
            Assert.Equal(root, pulled.Digest);
            Assert.Empty(store.Verify(VerifyDepth.Content));
        }
    }

    private static async Task FailsAsync(RegistryWorld world, int? status = null)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PullAsync("team/app:1.0"));

        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Matches("^NUA3[06]", error.Problems[0].Code);
        Assert.Contains(error.ExitCode, status is { } only ? [only] : new[] { 1, 66, 75, 77 });
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.True(error.Message.Length < 2000, error.Message);
        Assert.Empty(world.Store.List());
        Assert.Empty(world.Store.Verify(VerifyDepth.Content));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(world.Store.Home, "ingest")));
    }

    private static void Break(RegistryWorld world, string where, Func<TestAnswer, TestAnswer> change) =>
        world.Registry.Script = (request, answer) => request.Method == "GET" && request.Path.Contains(where, StringComparison.Ordinal) ? change(answer) : answer;

    private static TheoryData<string, string> Cases(IEnumerable<string> names)
    {
        var data = new TheoryData<string, string>();
        foreach (var name in names)
        {
            data.Add(name, "/manifests/");
            data.Add(name, "/blobs/");
        }

        return data;
    }

    private static TestAnswer Flip(TestAnswer answer, int at)
    {
        var bytes = answer.Body.ToArray();
        bytes[at] ^= 1;
        return answer with { Body = bytes };
    }

    private static TestAnswer Text(TestAnswer answer, string json) =>
        answer.Without("Docker-Content-Digest") with { Body = System.Text.Encoding.UTF8.GetBytes(json) };

    private static TestAnswer Manifest(TestAnswer answer, string digest, long size) => Text(answer, $$"""
        {"schemaVersion":2,"mediaType":"{{MediaTypes.Manifest}}",
         "config":{"mediaType":"{{MediaTypes.Config}}","digest":"{{Digest.Sha256("{}"u8)}}","size":2},
         "layers":[{"mediaType":"{{MediaTypes.LayerGzip}}","digest":"{{digest}}","size":{{size}}}]}
        """);

    private static byte[] Headers(int count)
    {
        var text = new System.Text.StringBuilder("HTTP/1.1 200 OK\r\n");
        for (var i = 0; text.Length < count; i++)
        {
            text.Append($"X-{i}: y\r\n");
        }

        return System.Text.Encoding.ASCII.GetBytes(text.ToString());
    }
}
