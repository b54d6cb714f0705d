using Nua.Foundation;
using Nua.Oci;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

/// <summary>Scripted faults of a registry while an image is pushed to it. The end is a whole image or a coded problem; never a tag on a part of one.</summary>
public sealed class PushFaultTests
{
    private static readonly Dictionary<string, Func<TestAnswer, TestAnswer>> _passing = new(StringComparer.Ordinal)
    {
        ["status 500"] = _ => new TestAnswer(500),
        ["status 502"] = _ => new TestAnswer(502, "<html>"),
        ["status 503"] = _ => new TestAnswer(503).With("Retry-After", "2"),
        ["status 504"] = _ => new TestAnswer(504),
        ["status 429"] = _ => new TestAnswer(429).With("Retry-After", "1000000000"),
        ["a reset"] = answer => answer with { CutAfter = 0, IsReset = true, Body = [1, 2, 3] },
        ["no answer"] = answer => answer with { Raw = [] },
        ["half a head"] = answer => answer with { Raw = "HTTP/1.1 20"u8.ToArray() },
    };

    private static readonly Dictionary<string, Func<TestAnswer, TestAnswer>> _lasting = new(StringComparer.Ordinal)
    {
        ["status 400"] = _ => new TestAnswer(400, """{"errors":[{"code":"MANIFEST_BLOB_UNKNOWN","message":"\u001b[1m"}]}"""),
        ["status 401"] = _ => new TestAnswer(401),
        ["status 403"] = _ => new TestAnswer(403, """{"errors":[{"code":"DENIED"}]}"""),
        ["status 404"] = _ => new TestAnswer(404),
        ["status 405"] = _ => new TestAnswer(405),
        ["status 413"] = _ => new TestAnswer(413),
        ["status 500 for ever"] = _ => new TestAnswer(500, new string('y', 100_000)),
        ["status 507"] = _ => new TestAnswer(507),
        ["a reset for ever"] = answer => answer with { Raw = [], IsReset = true },
        ["a redirect elsewhere"] = _ => new TestAnswer(307).With("Location", "http://127.0.0.9:1/"),
    };

    /// <summary>Lies of answers that say that all is well.</summary>
    private static readonly Dictionary<string, (string Method, string Path, Func<TestAnswer, TestAnswer> Lie)> _lies = new(StringComparer.Ordinal)
    {
        ["no place to send to"] = ("POST", "/uploads/", answer => answer.Without("Location")),
        ["a place that is no address"] = ("POST", "/uploads/", answer => answer.With("Location", "http://[::1")),
        ["a place of another scheme"] = ("POST", "/uploads/", answer => answer.With("Location", "ftp://127.0.0.1/x")),
        ["a place that is unknown"] = ("POST", "/uploads/", answer => answer.With("Location", "/v2/team/app/blobs/uploads/none")),
        ["a place on a host without TLS"] = ("POST", "/uploads/", answer => answer.With("Location", "http://upload.example/x")),
        ["more taken than sent"] = ("PATCH", "/uploads/", answer => answer.With("Range", "0-999999999")),
        ["nothing taken ever"] = ("PATCH", "/uploads/", answer => answer.With("Range", "0-0")),
        ["less taken than it has"] = ("PATCH", "/uploads/", answer => answer.With("Range", "0-99999")),
        ["another digest of the manifest"] = ("PUT", "/manifests/", answer => answer.With("Docker-Content-Digest", Digest.Sha256("other"u8).ToString())),
        ["a manifest that is forgotten"] = ("HEAD", "/manifests/", _ => new TestAnswer(404)),
        ["blobs that are forgotten"] = ("HEAD", "/blobs/", _ => new TestAnswer(404)),
        ["blobs of another size"] = ("HEAD", "/blobs/", answer => answer.Status == 200 ? answer.With("Content-Length", "7") : answer),
    };

    public static TheoryData<string, string, string> Passing => Cases(_passing.Keys);

    public static TheoryData<string, string, string> Lasting => Cases(_lasting.Keys);

    public static TheoryData<string> Lies => [.. _lies.Keys];

    [Theory]
    [MemberData(nameof(Passing))]
    public async Task Fault_that_passes_is_survived(string fault, string method, string where)
    {
        using var world = new RegistryWorld();
        var root = world.Large(400_000);
        var left = 2;
        Break(world, method, where, answer => Interlocked.Decrement(ref left) >= 0 ? _passing[fault](answer) : answer);

        await world.PushAsync(root, "team/app:1.0");

        Assert.True(left < 2, "the fault was not met");
        Assert.True(world.Has("team/app", root));
        Assert.True(world.Registry.Manifests.ContainsKey("team/app:1.0"));
    }

    [Theory]
    [MemberData(nameof(Lasting))]
    public async Task Fault_that_stays_is_a_problem(string fault, string method, string where)
    {
        using var world = new RegistryWorld();
        var root = world.Large(400_000);
        world.Registry.Instead = request => request.Method == method && request.Path.Contains(where, StringComparison.Ordinal)
            ? _lasting[fault](new TestAnswer(200)) : null;
        await FailsAsync(world, root);
    }

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task Lie_ends_in_a_whole_image_or_a_problem(string lie)
    {
        using var world = new RegistryWorld();
        var root = world.Large(400_000);
        var (method, path, change) = _lies[lie];
        Break(world, method, path, change);
        if (await Record.ExceptionAsync(() => world.PushAsync(root, "team/app:1.0")) is { } error)
        {
            Assert.Matches("^NUA36", Assert.IsType<ProblemException>(error).Problems[0].Code);
        }
        else
        {
            Assert.True(world.Has("team/app", root));
        }
    }

    /// <summary>The registry got all of it and its answer is lost: it is asked, and nothing is sent twice.</summary>
    [Theory]
    [InlineData("PUT", "/blobs/uploads/")]
    [InlineData("PUT", "/manifests/")]
    public async Task Lost_answer_is_no_lost_upload(string method, string where)
    {
        using var world = new RegistryWorld();
        var root = world.Large(400_000);
        var left = 1;
        Break(world, method, where, answer => Interlocked.Decrement(ref left) >= 0 ? answer with { Raw = [] } : answer);

        await world.PushAsync(root, "team/app:1.0");

        Assert.True(world.Has("team/app", root));
        Assert.True(world.Registry.Requests.Count(request => request.Method == "PATCH") <= 2);
    }

    [Fact]
    public async Task Damaged_blob_of_ours_is_never_sent_whole()
    {
        using var world = new RegistryWorld();
        var root = world.Large(400_000);
        var layer = Image.Load(world.Source.Blobs, root).Layers[0].Blob;
        var path = world.Source.PathOf(layer.Digest);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[200_000] ^= 1;
        File.Delete(path);
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PushAsync(root, "team/app:1.0"));

        Assert.Equal("NUA3062", error.Problems[0].Code);
        Assert.DoesNotContain(world.Registry.Blobs.Keys, key => key.EndsWith(layer.Digest.ToString(), StringComparison.Ordinal));
        Assert.Empty(world.Registry.Manifests);
    }

    /// <summary>Cuts the stream once after every so many bytes.</summary>
    [Fact]
    public async Task Push_that_is_cut_anywhere_once_completes()
    {
        for (var at = 1; at < 400_000; at += 32_003)
        {
            using var world = new RegistryWorld();
            var root = world.Large(400_000);
            var left = 1;
            var cut = at;
            world.Registry.CutsBodyAfter = request => request.Method == "PATCH" && Interlocked.Decrement(ref left) >= 0 ? cut : null;
            await world.PushAsync(root, "team/app:1.0");
            Assert.True(world.Has("team/app", root));
        }
    }

    private static async Task FailsAsync(RegistryWorld world, Descriptor root)
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        var error = await Assert.ThrowsAsync<ProblemException>(() => world.PushAsync(root, "team/app:1.0"));
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(begun), TimeSpan.Zero, TimeSpan.FromSeconds(60));
        Assert.Matches("^NUA36", error.Problems[0].Code);
        Assert.DoesNotContain('\u001b', error.Message);
        Assert.True(error.Message.Length < 2000, error.Message);
    }

    private static void Break(RegistryWorld world, string method, string where, Func<TestAnswer, TestAnswer> change) =>
        world.Registry.Script = (request, answer) =>
            request.Method == method && request.Path.Contains(where, StringComparison.Ordinal) ? change(answer) : answer;

    private static TheoryData<string, string, string> Cases(IEnumerable<string> names)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var name in names)
        {
            data.Add(name, "POST", "/uploads/");
            data.Add(name, "PATCH", "/uploads/");
            data.Add(name, "PUT", "/uploads/");
            data.Add(name, "PUT", "/manifests/");
        }

        return data;
    }
}
