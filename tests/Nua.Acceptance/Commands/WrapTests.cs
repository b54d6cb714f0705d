using System.Text.Json;
using Nua.Acceptance.Judges;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>Images of others, made into Nua images and run by other engines as they were before.</summary>
public sealed class WrapTests(WrapTests.Images images) : IClassFixture<WrapTests.Images>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    public async Task Wrapped_image_is_a_nua_image_on_top_of_the_very_same_layers(string form)
    {
        var made = form == "oci-archive" ? await MadeImages.MakeAsync(_folder, MadeImages.Alpine(images.Port), form) : await images.Alpine;
        (await Nua.RunAsync("load", made, "-t", "made:1")).Expect(0);
        var wrapped = await WrapAsync("made:1");
        (await Nua.RunAsync("check", wrapped)).Expect(0);

        var before = (await Nua.JsonAsync("inspect", "made:1")).GetProperty("layers").EnumerateArray().ToList();
        var after = (await Nua.JsonAsync("inspect", wrapped)).GetProperty("layers").EnumerateArray().ToList();
        Assert.True(after.Count > before.Count);
        Assert.All(before.Zip(after), pair => Assert.Equal(
            pair.First.GetProperty("digest").GetString(), pair.Second.GetProperty("digest").GetString()));

        var sbom = (await Nua.RunAsync("sbom", wrapped)).Expect(0).Out;
        Assert.Contains("pkg:apk/alpine/musl@1.2.5-r0", sbom, StringComparison.Ordinal);
        await Judge.CycloneDxAsync(_folder.Write("sbom.json", sbom));
    }

    [Fact]
    public async Task Wrapping_again_gives_the_same_digest_whatever_the_store_knows()
    {
        var made = await images.Alpine;
        var first = await WrapAsync(made);
        Assert.Equal(first, await WrapAsync(made));
        Assert.Equal(first, await WrapAsync(made, new NuaProgram(_folder["other-home"])));
    }

    [Fact]
    public async Task Nothing_is_unpacked_and_no_container_started()
    {
        var made = await images.Distroless;
        // Without them no worker and no container can start.
        var bare = _folder["bare"];
        Directory.CreateDirectory(bare);
        var outcome = await Nua.Shell.Set("PATH", bare).With("build", App(made)).RunAsync();
        outcome.Expect(0);
        Assert.False(Directory.Exists(_folder["home/sandbox"]) && Directory.EnumerateFileSystemEntries(_folder["home/sandbox"]).Any(), outcome.ToString());
    }

    [Fact]
    public async Task Podman_and_docker_run_it_as_the_image_was()
    {
        var made = await images.Alpine;
        var layout = await SavedAsync(await WrapAsync(made));
        await using (var podman = new PodmanEngine())
        {
            await RunsAsync(podman, layout);
        }

        await using var docker = await DockerEngine.StartAsync();
        await RunsAsync(docker, layout);
    }

    [Fact]
    public async Task Image_without_a_shell_runs_and_answers_every_verb()
    {
        var made = await images.Distroless;
        var layout = await SavedAsync(await WrapAsync(made));
        await using var podman = new PodmanEngine();
        await podman.LoadAsync(layout, "1");
        var free = new ContainerRequest(["healthcheck"]) { IsHardened = false };
        (await podman.RunAsync(free)).Expect(1);
        (await podman.RunAsync(free with { Arguments = ["rollback"] })).Expect(3);
        (await podman.RunAsync(free with { Arguments = ["start", "nonsense"] })).Expect(64);
        await podman.StartAsync("judged", free with { Arguments = [] });
        Assert.Contains("plain page", await Web.AskAsync(images.Port, "/"), StringComparison.Ordinal);
        await podman.StopAsync("judged");
    }

    [Fact]
    public async Task Nua_runs_it_with_its_own_user_and_a_root_it_may_write()
    {
        var made = await images.Alpine;
        var wrapped = await WrapAsync(made);
        var outcome = (await Nua.RunAsync("run", wrapped, "--", "/bin/sh", "-c", "id -u; pwd; echo > /var/lib/web/x && cat /var/lib/web/seed")).Expect(0);
        Assert.Equal("1000\n/srv\nseeded\n", outcome.Out);
    }

    /// <summary>As most images of others: it begins as root, takes possession of files and writes beside its volume; what it wrote there is thrown away.</summary>
    [Fact]
    public async Task Instance_of_it_writes_its_root_and_keeps_its_volume()
    {
        var made = await MadeImages.MakeAsync(_folder, MadeImages.Alpine(images.Port).Replace("USER web\n", "", StringComparison.Ordinal));
        var port = Web.FreePort();
        (await Nua.RunAsync("up", await WrapAsync(made), "guest", "-p", $"{port}:{images.Port}")).Expect(0);
        try
        {
            const string Write = "echo kept > /var/lib/web/kept && echo lost > /lost && busybox chown web /lost /var/lib/web/kept && id -u";
            Assert.Equal("0\n", (await Nua.RunAsync("exec", "guest", "--", "/bin/sh", "-c", Write)).Expect(0).Out);
            Assert.Contains("uid=0", await Web.AskAsync(port, "/"), StringComparison.Ordinal);
            (await Nua.RunAsync("restart", "guest")).Expect(0);
            Assert.Equal("kept\n", (await Nua.RunAsync("exec", "guest", "--", "/bin/sh", "-c", "cat /var/lib/web/kept; cat /lost")).Expect(1).Out);
        }
        finally
        {
            (await Nua.RunAsync("destroy", "guest", "--yes", "--no-backup")).Expect(0);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_folder["home/instances"]));
    }

    [Fact]
    public async Task What_cannot_be_wrapped_says_why()
    {
        var made = await MadeImages.MakeAsync(_folder, "FROM scratch\nCOPY root /nua\nCMD [\"/nua/bin/sh\"]");
        await RefusedAsync(made, "NUA2214");
        await RefusedAsync(await MadeImages.MakeAsync(_folder, "FROM scratch\nCOPY root /"), "NUA2215");
        await RefusedAsync(await MadeImages.MakeAsync(_folder, "FROM scratch\nCOPY root /\nUSER ghost\nCMD [\"sh\"]"), "NUA2216");
    }

    private async Task RefusedAsync(string image, string code)
    {
        var outcome = (await Nua.RunAsync("build", App(image))).Expect(1);
        Assert.Contains(code, outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Out);
    }

    private async Task RunsAsync(IContainerEngine engine, string layout)
    {
        await engine.LoadAsync(layout, "1");
        await engine.StartAsync("judged", new ContainerRequest([]) { IsHardened = false });
        var answer = await Web.AskAsync(images.Port, "/");
        Assert.Contains("greeting=a $b dir=/srv uid=1000 home=/home/web args=$(not run) -p " + images.Port, answer, StringComparison.Ordinal);
        Assert.Contains("seeded", answer, StringComparison.Ordinal);
        Assert.Equal(0, await engine.StopAsync("judged"));
    }

    private async Task<string> SavedAsync(string digest)
    {
        var layout = _folder["layout"];
        (await Nua.RunAsync("save", digest, $"oci:{layout}:1")).Expect(0);
        return layout;
    }

    private async Task<string> WrapAsync(string image, NuaProgram? nua = null) =>
        (await (nua ?? Nua).RunAsync("build", App(image))).Expect(0).Out.Trim();

    private string App(string image)
    {
        _folder.Write("app/nua-config.toml",
            $"[metadata]\nid = \"wrapped\"\nversion = \"1\"\ntitle = \"Wrapped\"\nauthor = \"a\"\n[build]\nbase-image = {JsonSerializer.Serialize(image)}\n");
        return _folder["app"];
    }

    /// <summary>Made once for all tests of the class.</summary>
    public sealed class Images : IDisposable
    {
        private readonly TemporaryFolder _folder = new();
        private readonly Lazy<Task<string>> _alpine;
        private readonly Lazy<Task<string>> _distroless;

        public Images()
        {
            _alpine = new(() => MadeImages.MakeAsync(_folder, MadeImages.Alpine(Port)));
            _distroless = new(() => MadeImages.MakeAsync(_folder, MadeImages.Distroless(Port)));
        }

        public int Port { get; } = Web.FreePort();

        public Task<string> Alpine => _alpine.Value;

        public Task<string> Distroless => _distroless.Value;

        public void Dispose() => _folder.Dispose();
    }
}
