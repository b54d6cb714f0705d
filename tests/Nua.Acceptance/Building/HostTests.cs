using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>Nothing of the machine that builds gets into an image, and nothing of a build gets onto the machine.</summary>
public sealed class HostTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Canaries stand where a person's credentials are; the build asks for the network, so that it gets all of the host that any build gets.</summary>
    [Fact]
    public async Task Credentials_and_environment_of_the_host_are_in_no_blob_record_or_log()
    {
        var canary = $"canary{Guid.NewGuid():n}";
        var user = _folder["person"];
        foreach (var file in (string[])[".ssh/id_ed25519", ".aws/credentials", ".docker/config.json", ".netrc", ".git-credentials", ".bash_history", ".config/gh/hosts.yml"])
        {
            _folder.Write($"person/{file}", file == ".docker/config.json" ? $$"""{"auths":{"registry.example":{"auth":"{{canary}}"} } }""" : canary);
        }

        var script = "set +e; env > environment; id > who; cat /proc/self/mountinfo > mounts; cp /etc/hosts /etc/passwd .; "
            + $"find / -xdev -maxdepth 3 > found; ls -A {user} >> found 2>&1; echo broken > {user}/.netrc; echo broken > /etc/broken-{canary[..12]}; true";
        var app = new SmallApplications(_folder).Commands($"network = true\nbuild = [\"{script}\"]");
        var before = await ListingAsync(user);
        var home = new NuaProgram(_folder["home"]);
        var outcome = (await home.Shell.With("build", app, "--base", await images.BaseAsync())
            .Set("HOME", user).Set("AWS_SECRET_ACCESS_KEY", canary).Set("NPM_TOKEN", canary).Set("CANARY", canary).RunAsync()).Expect(0);

        Assert.Equal(before, await ListingAsync(user));
        Assert.False(File.Exists($"/etc/broken-{canary[..12]}"));
        Assert.DoesNotContain(canary, outcome.Out + outcome.Error, StringComparison.Ordinal);
        Assert.Empty(await FoundAsync(canary));
    }

    [Fact]
    public async Task Localhost_has_its_address_in_a_step_without_network()
    {
        var app = new SmallApplications(_folder).Commands("build = [\"getent ahosts localhost > found && test -s found\"]");
        (await new NuaProgram(_folder["home"]).RunAsync("build", app, "--base", await images.BaseAsync())).Expect(0);
    }

    /// <summary>Every file of the store, every blob also unpacked.</summary>
    private async Task<string> FoundAsync(string text) =>
        (await Shell.ScriptAsync(
            $"grep -rlaF '{text}' '{_folder["home"]}' || true; for blob in '{_folder["home/blobs/sha256"]}'/*; do zcat -f \"$blob\" | grep -qaF '{text}' && echo \"$blob\" || true; done")).Expect(0).Out;

    private static async Task<string> ListingAsync(string folder) =>
        (await Shell.ScriptAsync("find . -type f -exec sha256sum {} + | sort; find . -printf '%P %m %U:%G %s %T@\\n' | sort", folder)).Expect(0).Out;
}
