using Nua.Acceptance.Running;

namespace Nua.Acceptance.Judges;

/// <summary>What others say about our images.</summary>
public sealed class JudgementTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => Example.Names;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Oci_image_tool_validates_the_image(string name)
    {
        var built = await images.BuildAsync(name);
        await Judge.OciImageToolAsync(built.Layout, built.Tag);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Skopeo_copies_the_image_and_finds_the_same_digest(string name)
    {
        var built = await images.BuildAsync(name);
        Assert.Equal(built.Digest, await Judge.SkopeoAsync(built.Layout, built.Tag));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Umoci_unpacks_all_that_the_image_must_have(string name)
    {
        var built = await images.BuildAsync(name);
        await Judge.UmociAsync(built.Layout, built.Tag, _folder["bundle"]);
        var nua = _folder["bundle/rootfs/nua"];
        Assert.False(Path.Exists(Path.Combine(nua, "build")));
        string[] verbs = ["start", "stop", "restart", "healthcheck", "upgrade", "rollback", "backup", "restore"];
        Assert.All(verbs, verb => Assert.True(IsExecutable(Path.Combine(nua, "scripts", verb)), verb));
        string[] documents = ["nua-config.json", "sbom.json", "build.json", "files.json"];
        Assert.All(documents, document => Assert.True(File.Exists(Path.Combine(nua, "metadata", document)), document));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Cyclonedx_validates_the_sbom(string name)
    {
        var built = await images.BuildAsync(name);
        var sbom = (await images.Nua.RunAsync("sbom", built.Digest)).Expect(0);
        await Judge.CycloneDxAsync(_folder.Write("sbom.json", sbom.Out));
    }

    [Fact]
    public async Task Podman_runs_every_image_hardened()
    {
        foreach (var example in Example.All)
        {
            var built = await images.BuildAsync(example.Folder);
            await using var podman = new PodmanEngine();
            await RunsAsync(podman, built);
        }
    }

    [Fact]
    public async Task Docker_runs_every_image_hardened()
    {
        await using var docker = await DockerEngine.StartAsync();
        foreach (var example in Example.All)
        {
            await RunsAsync(docker, await images.BuildAsync(example.Folder));
        }
    }

    [Fact]
    public async Task Docker_loads_what_save_writes_as_a_docker_archive()
    {
        var built = await images.BuildAsync("notes");
        var archive = _folder["notes.tar"];
        (await images.Nua.RunAsync("save", built.Digest, $"docker-archive:{archive}:judged:1")).Expect(0);
        await using var docker = await DockerEngine.StartAsync();
        await docker.LoadArchiveAsync(archive);
        (await docker.RunAsync(new ContainerRequest(["healthcheck", "nonsense"]))).Expect(64);
    }

    [Fact]
    public async Task Containerd_imports_an_archive_completely_and_finds_the_same_digest()
    {
        var built = await images.BuildAsync("notes");
        var archive = _folder["notes.tar"];
        (await images.Nua.RunAsync("save", built.Digest, $"oci-archive:{archive}:1")).Expect(0);
        await using var containerd = await ContainerdEngine.StartAsync();
        Assert.Equal(built.Digest, await containerd.LoadAsync(archive));
        (await containerd.RunAsync("1", "/nua/bin/nua-agent", "version")).Expect(0);
    }

    /// <summary>Its own user and an arbitrary one of group 0; a read-only root, no capability; asked, then ended by SIGTERM in time.</summary>
    private static async Task RunsAsync(IContainerEngine engine, BuiltExample built)
    {
        await engine.LoadAsync(built.Layout, built.Tag);
        foreach (var user in new[] { null, "12345:0" })
        {
            var port = Web.FreePort();
            var request = new ContainerRequest([])
            {
                User = user,
                Environment = new Dictionary<string, string> { ["PORT"] = $"{port}" },
            };
            await engine.StartAsync("judged", request);
            var answer = "";
            try
            {
                answer = await Web.AskAsync(port, built.Example.Path);
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                Assert.Fail($"{built.Example.Folder} as {user ?? "its own user"} does not answer; it said:\n{await engine.LogsAsync("judged")}");
            }

            Assert.Contains(built.Example.Answer, answer, StringComparison.Ordinal);
            Assert.Contains(await engine.StopAsync("judged"), new[] { 0, 143 });
        }
    }

    private static bool IsExecutable(string path) =>
        new FileInfo(path) is { LinkTarget: not null } || (File.Exists(path) && (File.GetUnixFileMode(path) & UnixFileMode.UserExecute) != 0);
}
