using System.Diagnostics;
using System.Globalization;
using Nua.Acceptance.Running;
using Nua.Testing.Hostile;

namespace Nua.Acceptance.Commands;

/// <summary>Peak memory of the published program on images that want all of it.</summary>
/// <remarks><c>./test acceptance -k MemoryTests</c> also says how long each took.</remarks>
public sealed class MemoryTests : IDisposable
{
    private const int MostKilobytes = 256 << 10;

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Layers => [.. LargeImages.Layers.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Layers))]
    public async Task Looking_into_an_image_takes_a_quarter_gigabyte_at_most(string kind)
    {
        LargeImages.Write(_folder["large"], LargeImages.Layers[kind]());
        await PeakAsync("check", $"oci:{_folder["large"]}");
        await PeakAsync("sbom", $"oci:{_folder["large"]}");
    }

    [Fact]
    public async Task No_other_command_needs_more()
    {
        LargeImages.Write(_folder["large"], LargeImages.Layers["names of a kilobyte"]());
        LargeImages.Write(_folder["other"], LargeImages.Layers["a quarter million links"]());
        var place = $"oci:{_folder["large"]}";
        await PeakAsync("inspect", place, "--json");
        await PeakAsync("diff", place, $"oci:{_folder["other"]}", "--json");
        await PeakAsync("load", place);
    }

    [Theory]
    [InlineData("one folder of four kilobytes for all")]
    [InlineData("an attribute for each file")]
    public async Task Wrapping_an_image_takes_no_more(string kind)
    {
        LargeImages.Write(_folder["large"], LargeImages.Layers[kind]());
        _folder.Write(
            "app/nua-config.toml",
            $"[metadata]\nid = \"large\"\nversion = \"1\"\ntitle = \"l\"\nauthor = \"a\"\n[build]\nbase-image = \"oci:{_folder["large"]}:large:1\"\n");
        await PeakAsync("build", _folder["app"]);
    }

    [Fact]
    public async Task A_manifest_with_thousands_of_layers_takes_no_more()
    {
        LargeImages.WriteManifest(_folder["large"], 5_000);
        await PeakAsync("check", $"oci:{_folder["large"]}");
        await PeakAsync("sbom", $"oci:{_folder["large"]}");
    }

    [Fact]
    public async Task A_gzip_bomb_takes_no_memory()
    {
        LargeImages.WriteBomb(_folder["large"], [], megabytes: 512);
        Assert.InRange(await PeakAsync("check", $"oci:{_folder["large"]}"), 0, 100 << 10);
    }

    /// <summary>Reading on would take minutes: 30 GB of zeros come after the last entry that is taken.</summary>
    [Fact]
    public async Task Beyond_a_limit_nothing_more_is_read()
    {
        LargeImages.WriteBomb(_folder["large"], LargeImages.Layers["half a million files"](), megabytes: 30_000);
        var clock = Stopwatch.StartNew();
        await PeakAsync("check", $"oci:{_folder["large"]}");
        await PeakAsync("sbom", $"oci:{_folder["large"]}");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    /// <returns>Kilobytes, of the program or what it started, whichever had more.</returns>
    private async Task<int> PeakAsync(params string[] arguments)
    {
        const string Measure = "import resource, subprocess, sys; done = subprocess.run(sys.argv[2:]).returncode; "
            + "open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)); sys.exit(done & 127)";
        var note = _folder["peak"];
        var outcome = await new NuaProgram(_folder["home"]).Shell.With(arguments).Wrapped("python3", "-c", Measure, note).RunAsync();
        var peak = int.Parse(File.ReadAllText(note), CultureInfo.InvariantCulture);
        Assert.True(outcome.Status is not (134 or 6 or 137 or 9 or 139 or 11), outcome.ToString());
        TestContext.Current.TestOutputHelper?.WriteLine($"nua {arguments[0]}: exit {outcome.Status}, {outcome.Time.TotalSeconds:0.0} s in all, {peak >> 10} MB");
        Assert.True(peak <= MostKilobytes, $"nua {arguments[0]}: {peak} kB");
        return peak;
    }
}
