using System.Text;
using Nua.Engine.Contracts;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Logs;
using Nua.Engine.Verifying;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Tests.Engine.Verifying;

public sealed class VerifierTests
{
    private const string Document = """
        {
          "lifecycle": { "contract": 1 },
          "runtime": { "app_id": "notes" },
          "verify": {
            "seed": [{ "method": "POST", "path": "/notes", "body": "{\"text\": \"seed {seed}\"}", "status": 201, "capture": { "id": "json:/id", "at": "header:Location" } }],
            "check": [{ "path": "/notes/{id}", "contains": ["seed {seed}", "{other}"], "lacks": ["gone"] }]
          }
        }
        """;

    private readonly List<string> _asked = [];

    [Fact]
    public async Task What_was_captured_is_used_and_other_braces_stay()
    {
        var verifier = Verifier(request => request.StartsWith("POST", StringComparison.Ordinal)
            ? "HTTP/1.1 201 Created\r\nLocation: /notes/7\r\nContent-Length: 8\r\n\r\n{\"id\":7}"
            : "HTTP/1.0 200 OK\r\n\r\nseed 2 {other}");
        var seeding = await verifier.SeedAsync(2, default);
        Assert.Equal(("7", "/notes/7"), (seeding.Values["id"], seeding.Values["at"]));
        await verifier.CheckAsync(seeding, default);
        Assert.StartsWith("POST /notes HTTP/1.0\r\n", _asked[0]);
        Assert.Contains("Content-Type: application/json\r\n", _asked[0]);
        Assert.EndsWith("\r\n\r\n{\"text\": \"seed 2\"}", _asked[0]);
        Assert.StartsWith("GET /notes/7 HTTP/1.0\r\n", _asked[1]);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "404")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nsomething else", "lacks 'seed 1'")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nseed 1 {other} gone", "has 'gone'")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nseed 1 {other}", "no HTTP answer")]
    [InlineData("SSH-2.0-x\r\n", "no HTTP answer")]
    [InlineData("", "no HTTP answer")]
    public async Task Data_that_is_not_there_is_said(string answer, string why)
    {
        var verifier = Verifier(_ => answer);
        var failure = await Assert.ThrowsAsync<ProblemException>(
            () => verifier.CheckAsync(new Seeding(1, new Dictionary<string, string> { ["id"] = "7" }), default));
        Assert.Equal("NUA5141", failure.Problems[0].Code);
        Assert.Contains(why, failure.Problems[0].Why);
        Assert.Contains("GET /notes/7", failure.Problems[0].Where);
    }

    [Fact]
    public async Task Seed_that_is_refused_is_said()
    {
        var failure = await Assert.ThrowsAsync<ProblemException>(
            () => Verifier(_ => "HTTP/1.1 201 Created\r\n\r\n{}").SeedAsync(1, default));
        Assert.Equal("NUA5140", failure.Problems[0].Code);
        Assert.Contains("header:Location", failure.Problems[0].Why);
    }

    [Fact]
    public void Image_that_does_not_say_how_has_no_plan() =>
        Assert.Null(VerifyPlan.Of(AppContract.Parse("""{"lifecycle":{},"runtime":{"app_id":"x"}}"""u8.ToArray(), "test")));

    private Verifier Verifier(Func<string, string> answer)
    {
        var contract = AppContract.Parse(Encoding.UTF8.GetBytes(Document), "test");
        return new Verifier(new Asked(request =>
        {
            _asked.Add(request);
            return answer(request);
        }), new InstanceFolder("/nowhere", InstanceName.Parse("notes")), VerifyPlan.Of(contract)!);
    }

    /// <summary>An engine whose only container answers requests.</summary>
    private sealed class Asked(Func<string, string> answer) : IEngine
    {
        public string Name => "asked";

        public VolumeIds VolumeIds => VolumeIds.Host;

        public Task<int> ExecAsync(InstanceFolder instance, IReadOnlyList<string> argv, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel)
        {
            Assert.Equal(["/nua/bin/nua-agent", "request"], argv.Take(2));
            onOutput(1, Encoding.UTF8.GetBytes(answer(Encoding.UTF8.GetString(Convert.FromBase64String(argv[2])))));
            return Task.FromResult(0);
        }

        public Task PrepareAsync(Image image, CancellationToken cancel) => throw new NotSupportedException();

        public Task StartAsync(Service service, CancellationToken cancel) => throw new NotSupportedException();

        public Task LeadToAsync(InstanceFolder instance, string release, CancellationToken cancel) => throw new NotSupportedException();

        public Task StopBesideAsync(InstanceFolder instance, CancellationToken cancel) => throw new NotSupportedException();

        public Task<int?> StopAsync(InstanceFolder instance, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ServiceStatus> StatusAsync(InstanceFolder instance, CancellationToken cancel) => throw new NotSupportedException();

        public Task SetGateAsync(InstanceFolder instance, bool isOpen, CancellationToken cancel) => throw new NotSupportedException();

        public Task<VerbResult> RunAsync(VerbRun run, Action<int, ReadOnlyMemory<byte>> onOutput, CancellationToken cancel) => throw new NotSupportedException();

        public Task LogAsync(InstanceFolder instance, int? last, bool isFollowed, Action<LogLine> onLine, CancellationToken cancel) => throw new NotSupportedException();

        public Task RemoveAsync(InstanceFolder instance, CancellationToken cancel) => throw new NotSupportedException();
    }
}
