using Nua.Acceptance.Judges;
using Nua.Acceptance.Running;

namespace Nua.Acceptance.Commands;

/// <summary>A finished image on other bases: what fits runs there, what does not is refused with the reason.</summary>
public sealed class RebaseTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Site_with_a_program_moves_between_bases_with_its_c_library_and_to_no_other()
    {
        await LoadAsync(MadeImages.Glibc, "glibc:1");
        await LoadAsync(MadeImages.Glibc + "\nLABEL newer=yes\nCOPY root/srv /srv\n", "glibc:2");
        await LoadAsync(MadeImages.Alpine(8000), "alpine:1");
        _folder.Write("app/index.html", "a page on a base\n");
        _folder.Write("app/nua-config.toml", "[metadata]\nid = \"moved\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n");
        (await Shell.ScriptAsync("mkdir -p nua/bin && cp -L /bin/true nua/bin/tool", _folder["app"])).Expect(0);
        (await Nua.RunAsync("build", _folder["app"], "--base", "glibc:1", "-t", "moved:1")).Expect(0);

        var moved = (await Nua.RunAsync("rebase", "moved:1", "--base", "glibc:2", "-t", "moved:2")).Expect(0).Out.Trim();
        (await Nua.RunAsync("check", moved)).Expect(0);
        Assert.Contains("glibc:2", (await Nua.RunAsync("inspect", moved, "--json")).Expect(0).Out, StringComparison.Ordinal);
        (await Nua.RunAsync("save", moved, $"oci:{_folder["layout"]}:1")).Expect(0);
        await Judge.OciImageToolAsync(_folder["layout"], "1");
        await using var podman = new PodmanEngine();
        await podman.LoadAsync(_folder["layout"], "1");
        var port = Web.FreePort();
        await podman.StartAsync("judged", new ContainerRequest([]) { Environment = new Dictionary<string, string> { ["PORT"] = $"{port}" } });
        Assert.Contains("a page on a base", await Web.AskAsync(port, "/"), StringComparison.Ordinal);
        await podman.StopAsync("judged");

        var refused = (await Nua.RunAsync("rebase", "moved:1", "--base", "alpine:1")).Expect(1);
        Assert.Contains("NUA2404", refused.Error, StringComparison.Ordinal);
        Assert.Contains("ld-linux-x86-64.so.2", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Out);
    }

    [Fact]
    public async Task Image_with_debian_packages_says_which_the_base_lacks()
    {
        var built = await images.BuildAsync("notes");
        var other = await MadeImages.MakeAsync(_folder, MadeImages.Glibc);
        var refused = (await images.Nua.RunAsync("rebase", built.Digest, "--base", other, "-t", "notes-moved:1")).Expect(1);
        Assert.Contains("NUA2403", refused.Error, StringComparison.Ordinal);
        Assert.Contains("python3", refused.Error, StringComparison.Ordinal);
    }

    private async Task LoadAsync(string containerfile, string name) =>
        (await Nua.RunAsync("load", await MadeImages.MakeAsync(_folder, containerfile), "-t", name)).Expect(0);
}
