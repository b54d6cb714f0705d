using Nua.Acceptance.Running;

namespace Nua.Acceptance.Building;

/// <summary>One byte of the store is another one: whoever reads it says so, and building or loading again mends it.</summary>
public sealed class DamagedStoreTests(ExampleImages images) : IDisposable
{
    private const string Name = "whole:1";
    private readonly TemporaryFolder _folder = new();

    private NuaProgram Nua => new(_folder["home"]);

    public void Dispose() => _folder.Dispose();

    /// <summary>Blobs of the image: manifest, configuration, the base's layer, the agent's, the application's, the metadata's.</summary>
    [Fact]
    public async Task Flipped_byte_is_named_by_whoever_reads_it_and_mended_by_a_build_without_caches()
    {
        var app = new SmallApplications(_folder).Commands("build = [\"cp source.txt made\"]");
        string[] build = ["build", app, "-t", Name, "--base", await images.BaseAsync()];
        var digest = (await Nua.RunAsync(build)).Expect(0).Out.Trim();
        var layout = _folder["layout"];
        (await Nua.RunAsync("save", Name, $"oci:{layout}:1")).Expect(0);
        var blobs = Directory.EnumerateFiles(Path.Combine(layout, "blobs/sha256")).Select(path => Path.GetFileName(path)!).ToList();
        Assert.Equal(6, blobs.Count);
        foreach (var blob in blobs)
        {
            await FlipAsync(blob);
            await NamesAsync(blob, "store", "verify");
            await NamesAsync(blob, "save", Name, $"oci:{_folder[Guid.NewGuid().ToString("n")]}:1");
            await MendsAsync(digest, [.. build, "--no-cache"]);

            await FlipAsync(blob);
            await MendsAsync(digest, "load", $"oci:{layout}:1", "-t", Name);
        }
    }

    [Fact]
    public async Task Damaged_documents_stop_inspect_and_run_and_the_next_build_makes_them_anew()
    {
        var app = new SmallApplications(_folder).Site();
        string[] build = ["build", app, "-t", Name, "--base", await images.BaseAsync()];
        var digest = (await Nua.RunAsync(build)).Expect(0).Out.Trim();
        var config = (await Shell.ScriptAsync($"grep -o '\"config\":{{[^}}]*}}' {Blob(digest[7..])} | grep -o '[0-9a-f]\\{{64\\}}'")).Expect(0).Out.Trim();
        foreach (var blob in (string[])[digest[7..], config])
        {
            await FlipAsync(blob);
            await NamesAsync(blob, "inspect", Name);
            await NamesAsync(blob, "run", Name, "healthcheck");
            await MendsAsync(digest, build);
        }
    }

    private string Blob(string name) => _folder[$"home/blobs/sha256/{name}"];

    private async Task NamesAsync(string blob, params string[] words)
    {
        var outcome = (await Nua.RunAsync(words)).Expect(1);
        Assert.Contains(blob, outcome.Error, StringComparison.Ordinal);
        Assert.Contains("error NUA3", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("fix: ", outcome.Error, StringComparison.Ordinal);
    }

    private async Task MendsAsync(string digest, params string[] words)
    {
        Assert.Equal(digest, (await Nua.RunAsync(words)).Expect(0).Out.Trim());
        (await Nua.RunAsync("store", "verify")).Expect(0);
    }

    private async Task FlipAsync(string name)
    {
        var bytes = await File.ReadAllBytesAsync(Blob(name));
        bytes[bytes.Length / 2] ^= 1;
        File.Delete(Blob(name));
        await File.WriteAllBytesAsync(Blob(name), bytes);
    }
}
