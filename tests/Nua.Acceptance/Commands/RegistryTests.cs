using Nua.Acceptance.Judges;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>Against Debian's docker-registry, with skopeo, podman and dockerd as witnesses.</summary>
public sealed class RegistryTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    private NuaProgram Other => new(_folder["other"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Image_goes_to_a_registry_and_comes_back_byte_for_byte()
    {
        await using var registry = await RealRegistry.StartAsync();
        var digest = await LoadAsync();
        var reference = $"{registry.Host}/team/site:1.0";

        Assert.Equal(digest, (await Nua.RunAsync("push", "site:1", reference)).Expect(0).Out.Trim());
        var raw = (await Shell.ScriptAsync($"skopeo inspect --tls-verify=false --raw docker://{reference} | sha256sum")).Expect(0);
        Assert.Equal(digest, "sha256:" + raw.Out[..64]);

        var again = await Nua.JsonAsync("push", "site:1", reference);
        Assert.Equal((0, 0, 0), (again.GetProperty("sent").GetInt32(), again.GetProperty("sent_bytes").GetInt32(), again.GetProperty("documents").GetInt32()));

        var mounted = await Nua.JsonAsync("push", $"docker://{reference}", $"{registry.Host}/team/mounted:1.0");
        Assert.Equal(0, mounted.GetProperty("sent").GetInt32());
        Assert.True(mounted.GetProperty("mounted").GetInt32() > 0);

        Assert.Equal(digest, (await Other.RunAsync("pull", reference)).Expect(0).Out.Trim());
        (await Other.RunAsync("store", "verify")).Expect(0);
        Assert.Equal(digest, (await Other.JsonAsync("inspect", reference)).GetProperty("image").GetString());
        (await Other.RunAsync("save", reference, $"oci-archive:{_folder["a.tar"]}:1")).Expect(0);
        Assert.Equal(digest, (await Nua.RunAsync("load", $"oci-archive:{_folder["a.tar"]}:1", "-t", "back:1")).Expect(0).Out.Trim());
        Assert.Equal(digest, (await Other.JsonAsync("check", $"docker://{registry.Host}/team/mounted:1.0")).GetProperty("image").GetString());
    }

    [Fact]
    public async Task Registry_with_TLS_and_passwords_lets_in_who_logged_in()
    {
        await using var registry = await RealRegistry.StartAsync(hasTls: true, hasPassword: true);
        await LoadAsync();
        var reference = $"{registry.Host}/team/site:1.0";
        var nua = Nua.Shell.Set("DOCKER_CONFIG", _folder["docker"]).Set("REGISTRY_AUTH_FILE", null);

        var untrusted = (await nua.With("push", "site:1", reference).RunAsync()).Expect(1);
        Assert.Contains("NUA3603", untrusted.Error, StringComparison.Ordinal);

        _folder.Write($"home/certs.d/{registry.Host}/ca.crt", registry.Authority!);
        var unknown = (await nua.With("push", "site:1", reference).RunAsync()).Expect(77);
        Assert.Contains($"nua login {registry.Host}", unknown.Error, StringComparison.Ordinal);

        var wrong = await LogInAsync(nua, registry.Host, "wrong");
        wrong.Expect(77);
        Assert.False(File.Exists(_folder["docker/config.json"]));
        (await LogInAsync(nua, registry.Host, RealRegistry.Password)).Expect(0);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["docker/config.json"]));

        (await nua.With("push", "site:1", reference).RunAsync()).Expect(0);
        (await new Shell("skopeo").With("inspect", "--cert-dir", _folder[$"home/certs.d/{registry.Host}"], "--authfile", _folder["docker/config.json"],
            $"docker://{reference}").RunAsync()).Expect(0);
        (await nua.With("pull", $"{registry.Host}/team/none:1.0").RunAsync()).Expect(66);
        (await nua.With("logout", registry.Host).RunAsync()).Expect(0);
        (await nua.With("pull", reference, "-t", "again:1").RunAsync()).Expect(77);
    }

    [Fact]
    public async Task Pushed_image_is_pulled_and_run_by_podman_and_by_dockerd()
    {
        await using var registry = await RealRegistry.StartAsync();
        await LoadAsync();
        var reference = $"{registry.Host}/team/site:1.0";
        (await Nua.RunAsync("push", "site:1", reference)).Expect(0);

        await using (var podman = new PodmanEngine())
        {
            await podman.PullAsync(reference);
            (await podman.RunAsync(new ContainerRequest(["healthcheck", "nonsense"]))).Expect(64);
        }

        await using var docker = await DockerEngine.StartAsync();
        await docker.PullAsync(reference);
        (await docker.RunAsync(new ContainerRequest(["healthcheck", "nonsense"]))).Expect(64);
    }

    [Fact]
    public async Task Image_goes_into_the_docker_engine_and_comes_back_with_the_same_content()
    {
        await LoadAsync();
        await using var docker = await DockerEngine.StartAsync();
        var nua = Nua.Shell.Set("DOCKER_HOST", docker.Socket);

        var copied = (await nua.With("copy", "site:1", "docker-daemon:judged:1").RunAsync()).Expect(0);
        Assert.Contains("NUA3210", copied.Error, StringComparison.Ordinal);
        (await docker.RunAsync(new ContainerRequest(["healthcheck", "nonsense"]))).Expect(64);

        (await nua.With("load", "docker-daemon:judged:1", "-t", "back:1").RunAsync()).Expect(0);
        Assert.True((await Nua.JsonAsync("diff", "site:1", "back:1")).GetProperty("same_content").GetBoolean());
        (await nua.With("load", "docker-daemon:missing:1").RunAsync()).Expect(66);
        (await nua.Set("DOCKER_HOST", $"unix://{_folder["none"]}").With("load", "docker-daemon:missing:1").RunAsync()).Expect(75);
    }

    private async Task<string> LoadAsync()
    {
        var built = await images.BuildAsync("site");
        return (await Nua.RunAsync("load", $"oci:{built.Layout}:{built.Tag}", "-t", "site:1")).Expect(0).Out.Trim();
    }

    private Task<Outcome> LogInAsync(Shell nua, string host, string password)
    {
        var file = _folder.Write("password", password + "\n");
        return nua.With("login", host, "-u", RealRegistry.User, "--password-stdin").Wrapped("/bin/sh", "-c", $"exec \"$@\" < '{file}'", "sh").RunAsync();
    }
}
