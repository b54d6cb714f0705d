using Nua.Config;
using Xunit;

namespace Nua.Tests.Config;

public sealed class LocatorTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("nua-locator-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("nua-config.json", "nua-config.toml", "nua-config.yaml", "nua-config.yml")]
    [InlineData("nua-config.toml", "nua/nua-config.json", "nua/metadata/nua-config.json")]
    [InlineData("nua/nua-config.yml", "nua/metadata/nua-config.json")]
    [InlineData("nua/metadata/nua-config.toml", "nua/metadata/nua-config.yaml")]
    public void Folder_is_searched_in_order(string read, params string[] others)
    {
        foreach (var file in others.Append(read).Reverse())
        {
            Write(file);
        }

        var location = ConfigLocator.Locate(_root)!;

        Assert.Equal(At(read), location.File);
        Assert.Equal(others.Select(At), location.OtherCandidates);
        Assert.Equal(_root, location.Root);
    }

    [Fact]
    public void Others_are_warned_about()
    {
        Write("nua-config.toml");
        Write("nua/nua-config.yaml");

        var result = ConfigReader.Read(_root);

        var warning = Assert.Single(result.Problems, problem => problem.Code == "NUA1002");
        Assert.Contains(At("nua/nua-config.yaml"), warning.What, StringComparison.Ordinal);
        Assert.NotNull(result.Config);
    }

    [Fact]
    public void Named_file_is_read_itself_without_a_warning()
    {
        Write("nua-config.json", "{}");
        Write("nua/nua-config.toml", "[metadata]\nid = \"named\"\n");

        var result = ConfigReader.Read(At("nua/nua-config.toml"));

        Assert.Equal("named", result.Config!.Metadata.Id);
        Assert.Equal(_root, result.Root);
        Assert.Equal([At("nua-config.json")], result.OtherCandidates);
        Assert.DoesNotContain(result.Problems, problem => problem.Code == "NUA1002");
    }

    [Fact]
    public void Path_that_does_not_exist_is_refused()
    {
        Write("nua-config.toml");

        var result = ConfigReader.Read(At("nua-confg.toml"));

        Assert.Null(result.Config);
        Assert.Equal("NUA1001", Assert.Single(result.Problems).Code);
    }

    [Theory]
    [InlineData("nua")]
    [InlineData("nua/metadata")]
    public void Packaging_folder_stands_for_its_project(string folder)
    {
        Write("nua/nua-config.toml");
        Directory.CreateDirectory(At(folder));

        var result = ConfigReader.Read(At(folder));

        Assert.Equal(_root, result.Root);
        Assert.Equal(At("nua/nua-config.toml"), result.File);
        Assert.Contains(result.Problems, problem => problem.Code == "NUA1006");
    }

    [Fact]
    public void Application_called_nua_is_itself()
    {
        Directory.CreateDirectory(At("nua"));

        var result = ConfigReader.Read(At("nua"));

        Assert.Equal(At("nua"), result.Root);
        Assert.Null(result.File);
        Assert.Empty(result.Problems);
    }

    [Fact]
    public void Folder_without_configuration_gives_an_empty_one()
    {
        var result = ConfigReader.Read(_root);

        Assert.NotNull(result.Config);
        Assert.Empty(result.Problems);
        Assert.Null(result.File);
    }

    [Fact]
    public void File_of_another_kind_is_refused()
    {
        Write("app.py");

        Assert.Equal(["NUA1003 -"], Reading.Findings(ConfigReader.Read(At("app.py"))));
    }

    [Fact]
    public async Task Fifo_is_refused_without_waiting()
    {
        using var mkfifo = System.Diagnostics.Process.Start("mkfifo", At("nua-config.toml"));
        await mkfifo.WaitForExitAsync(TestContext.Current.CancellationToken);

        var result = await Task.Run(() => ConfigReader.Read(_root), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);

        Assert.Equal(["NUA1004 -"], Reading.Findings(result));
    }

    [Fact]
    public void Device_is_refused()
    {
        File.CreateSymbolicLink(At("nua-config.json"), "/dev/zero");

        Assert.Equal(["NUA1004 -"], Reading.Findings(ConfigReader.Read(_root)));
    }

    [Fact]
    public void Large_file_is_refused_without_reading_it_all()
    {
        using (var file = File.Create(At("nua-config.toml")))
        {
            file.SetLength(10L << 30);
        }

        Assert.Equal(["NUA1005 -"], Reading.Findings(ConfigReader.Read(_root)));
    }

    [Fact]
    public void Settings_override_the_file_and_need_none()
    {
        var result = ConfigReader.Read(
            _root, ["build.stack=static", "run.packages=[\"a\", \"b\"]", "metadata.version=1.10", "env.A_b=x=y"]);

        Assert.Empty(result.Problems);
        Assert.Equal("static", result.Config!.Build.Stack);
        Assert.Equal(["a", "b"], result.Config.Run.Packages);
        Assert.Equal("1.10", result.Config.Metadata.Version);
        Assert.Equal(new EnvEntry("A_b", "x=y", null), Assert.Single(result.Config.Env));

        Write("nua-config.toml", "[metadata]\nversion = \"1\"\n[build]\nSTACK = \"python\"\nnetwork = true\n");
        var both = ConfigReader.Read(_root, ["build.stack=node"]);
        Assert.Equal(
            ("node", true, "1"),
            (both.Config!.Build.Stack, both.Config.Build.Network, both.Config.Metadata.Version));
    }

    [Theory]
    [InlineData("build.stack=cobol", "NUA1108")]
    [InlineData("build.stak=node", "NUA1102")]
    [InlineData("nonsense", "NUA1190")]
    [InlineData("=x", "NUA1190")]
    [InlineData("build..x=1", "NUA1190")]
    public void Bad_setting_is_reported_as_such(string setting, string code)
    {
        var problem = Assert.Single(ConfigReader.Read(_root, [setting]).Problems);

        Assert.Equal((code, "--set"), (problem.Code, problem.Where));
    }

    private string At(string path) => Path.Combine(_root, path);

    private void Write(string path, string? text = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text ?? (path.EndsWith(".json", StringComparison.Ordinal) ? "{}" : ""));
    }
}
