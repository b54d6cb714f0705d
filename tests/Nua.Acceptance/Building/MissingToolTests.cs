using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>Machines that lack what a build takes: all of it is said at once, each with the command that installs it.</summary>
public sealed class MissingToolTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Everything_that_the_sandbox_misses_is_said_at_once_with_the_command_that_installs_it()
    {
        var outcome = await BuildWithoutAsync("/usr/sbin/runc /usr/bin/runc /usr/bin/newuidmap /etc/subuid /etc/subgid", await images.BaseAsync());

        Assert.Contains("NUA4002", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: apt-get install runc\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("NUA4003", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: apt-get install uidmap\n", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: echo root:100000:65536 >> /etc/subuid", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: echo root:100000:65536 >> /etc/subgid", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_of_the_base_are_missed_before_anything_is_downloaded()
    {
        var outcome = await BuildWithoutAsync(
            "/usr/share/keyrings/debian-archive-keyring.gpg /usr/share/keyrings/debian-archive-keyring.pgp", baseImage: null);

        Assert.Contains("NUA2202", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: apt-get install apt debian-archive-keyring\n", outcome.Error, StringComparison.Ordinal);
    }

    /// <summary>What compiling nua itself takes, for somebody who may not install it.</summary>
    [Fact]
    public async Task Linker_that_compiling_needs_is_named_with_the_command_that_installs_it()
    {
        Assert.SkipWhen(Environment.UserName != "root", "only root can become somebody else");
        (await Shell.ScriptAsync($"mkdir '{_folder["bin"]}'; ln -s /usr/bin/* '{_folder["bin"]}'; rm '{_folder["bin"]}'/*lld*; cp '{Repository.Root}/eng/requirements.sh' '{_folder.Path}'")).Expect(0);
        const string Compile = """
            . "$1/requirements.sh"
            mapfile -t missing < <(build_requirements)
            install_packages "building nua" "${missing[@]}"
            """;

        var outcome = await new Shell("/bin/bash").With("-euc", Compile, "bash", _folder.Path).Set("PATH", _folder["bin"])
            .Wrapped("/usr/bin/setpriv", "--reuid", "nua-test", "--regid", "nua-test", "--clear-groups").RunAsync();

        Assert.Equal(
            "nua: building nua needs packages that are not installed. As root, run:\nnua:   apt-get install --no-install-recommends lld\n",
            outcome.Expect(1).Error);
    }

    private async Task<Outcome> BuildWithoutAsync(string files, string? baseImage)
    {
        var app = new SmallApplications(_folder).Commands("build = [\"cp source.txt made\"]");
        string[] words = ["build", app, .. baseImage is null ? (string[])[] : ["--base", baseImage]];
        var outcome = (await new NuaProgram(_folder["home"]).Shell.With(words)
            .Without(files, _folder).RunAsync()).Expect(1);
        Assert.Empty(outcome.Out);
        Assert.Empty(Directory.Exists(_folder["home/sandbox/tmp"]) ? Directory.EnumerateFileSystemEntries(_folder["home/sandbox/tmp"]) : []);
        return outcome;
    }
}
