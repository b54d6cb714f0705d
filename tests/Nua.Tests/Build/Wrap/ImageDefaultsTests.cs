using System.Text;
using Nua.Build.Packages;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Wrap;
using Nua.Config;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Testing;
using Xunit;
using RunConfig = Nua.Oci.RunConfig;

namespace Nua.Tests.Build.Wrap;

/// <summary>What a wrapped image takes over from the image it was made from.</summary>
public sealed class ImageDefaultsTests
{
    private const string Passwd = "root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/srv:/bin/sh\n";

    [Fact]
    public void Start_is_entrypoint_and_command_in_the_images_folder()
    {
        var plan = Complete(new RunConfig { Entrypoint = ["/entry.sh", "$x"], Cmd = ["serve"], WorkingDir = "/srv" });
        Assert.Equal(["/entry.sh", "$x", "serve"], plan.Start.Argv);
        Assert.Equal("/srv", plan.Start.WorkDir);
    }

    [Fact]
    public void Command_alone_is_the_start_and_the_root_its_folder()
    {
        var plan = Complete(new RunConfig { Cmd = ["serve"] });
        Assert.Equal(["serve"], plan.Start.Argv);
        Assert.Equal("/", plan.Start.WorkDir);
    }

    [Fact]
    public void Image_that_says_nothing_to_run_is_refused() =>
        Assert.Equal("NUA2215", CodeOf(() => Complete(new RunConfig())));

    [Fact]
    public void Authors_start_wins_and_runs_in_the_images_folder()
    {
        var own = Plan() with { Start = new StartSpec { Argv = ["mine"] } };
        var plan = Complete(new RunConfig { WorkingDir = "/srv" }, own);
        Assert.Equal(["mine"], plan.Start.Argv);
        Assert.Equal("/srv", plan.Start.WorkDir);
    }

    [Theory]
    [InlineData("8000/tcp", null, "web:8000/tcp")]
    [InlineData("80", null, "web:80/tcp")]
    [InlineData("443/tcp 80/tcp 53/udp", null, "web:80/tcp udp-53:53/udp tcp-443:443/tcp")]
    [InlineData("22/tcp 3000/tcp", null, "web:3000/tcp tcp-22:22/tcp")]
    [InlineData("22/tcp", null, "web:22/tcp")]
    [InlineData("80/tcp 9000/tcp", "9000", "web:9000/tcp tcp-80:80/tcp")]
    [InlineData("8000-8002/tcp", null, "web:8000/tcp tcp-8001:8001/tcp tcp-8002:8002/tcp")]
    [InlineData("53/udp", null, "udp-53:53/udp")]
    [InlineData("0/tcp 70000/tcp x/tcp 80/icmp 9-8/tcp", null, "")]
    [InlineData("", "5000", "web:5000/tcp")]
    [InlineData("", "abc", "")]
    [InlineData("", null, "")]
    public void Ports_are_the_exposed_ones_and_the_first_is_the_main_one(string exposed, string? port, string expected)
    {
        var plan = Complete(new RunConfig
        {
            Cmd = ["x"],
            ExposedPorts = exposed.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Env = port is null ? [] : ["PORT=" + port],
        });
        Assert.Equal(expected, string.Join(' ', plan.Ports.Select(p => $"{p.Name}:{p.Port}/{p.Protocol}")));
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("", 0)]
    [InlineData("1234:99", 1234)]
    [InlineData("web", 1000)]
    [InlineData("web:staff", 1000)]
    public void User_is_kept_and_owns_the_data(string? user, uint uid)
    {
        var plan = Complete(new RunConfig { Cmd = ["x"], User = user });
        Assert.Equal(user, plan.Wrap!.User);
        Assert.Equal(uid, plan.Wrap.Uid);
    }

    [Fact]
    public void User_that_the_image_does_not_have_is_refused() =>
        Assert.Equal("NUA2216", CodeOf(() => Complete(new RunConfig { Cmd = ["x"], User = "nobody" })));

    [Fact]
    public void Volumes_become_declared_ones_unless_they_are_the_operators_or_inside_another()
    {
        var plan = Complete(new RunConfig
        {
            Cmd = ["x"],
            Volumes = ["/var/lib/app/", "/var/lib/app/cache", "/run/app", "/tmp", "/", "relative", "/a/../b", "/dev/shm", "/mine/inner"],
        }, Plan() with { Config = new AppConfig { Volumes = [new VolumeConfig("/mine")] } });
        Assert.Equal(["/mine", "/relative", "/var/lib/app"], plan.Config.Volumes.Select(v => v.Target));
        Assert.Equal("var-lib-app", plan.Config.Volumes[^1].Name);
    }

    [Theory]
    [InlineData("CMD curl -f x", "curl -f x")]
    [InlineData("CMD-SHELL curl -f x || exit 1", "/bin/sh -c curl -f x || exit 1")]
    [InlineData("NONE", "")]
    public void Health_check_is_the_images_own(string test, string expected)
    {
        var words = test.StartsWith("CMD-SHELL", StringComparison.Ordinal) ? test.Split(' ', 2) : test.Split(' ');
        var plan = Complete(new RunConfig
        {
            Cmd = ["x"],
            HealthCheck = new HealthCheck(words) { Interval = TimeSpan.FromMilliseconds(1500), Retries = 7 },
        });
        Assert.Equal(expected, string.Join(' ', plan.Wrap!.HealthCommand));
        Assert.Equal(expected.Length == 0 ? null : 2, plan.Config.Healthcheck?.Interval);
        Assert.Equal(expected.Length == 0 ? null : 7, plan.Config.Healthcheck?.Retries);
    }

    [Theory]
    [InlineData("SIGQUIT", "SIGQUIT")]
    [InlineData("quit", "SIGQUIT")]
    [InlineData("3", "3")]
    [InlineData(null, null)]
    public void Stop_signal_is_the_images_own(string? signal, string? expected) =>
        Assert.Equal(expected, Complete(new RunConfig { Cmd = ["x"], StopSignal = signal }).Config.Lifecycle.StopSignal);

    [Fact]
    public void Labels_that_name_the_other_image_are_left_behind()
    {
        var plan = Complete(new RunConfig
        {
            Cmd = ["x"],
            Labels = new Dictionary<string, string> { ["org.opencontainers.image.title"] = "Other", ["io.nua.app-id"] = "o", ["team"] = "web" },
        });
        Assert.Equal("team", Assert.Single(plan.Wrap!.Labels).Key);
    }

    private static string CodeOf(Action action) => Assert.Throws<ProblemException>(action).Problems[0].Code;

    private static BuildPlan Plan() => new()
    {
        App = new AppIdentity("app", "1", null, "App") { ImageName = "nua-app", ImageTag = "1" },
        Stack = new StackChoice("wrap", []),
        Source = new SourceSpec.Folder(null),
        Start = new StartSpec(),
        Config = new AppConfig(),
    };

    private static BuildPlan Complete(RunConfig run, BuildPlan? plan = null)
    {
        using var directory = new TempDirectory();
        var store = ImageStore.Open(directory["store"]);
        using var writer = store.BeginWrite();
        var layer = TestImages.AddTar(writer, new RawTar().Entry("etc/passwd", content: Passwd).ToArray(), LayerCompression.Gzip);
        TestImages.Publish(writer, "base:1", [layer], run);
        return ImageDefaults.Complete(plan ?? Plan(), new RuntimeRoot
        {
            Base = store.OpenImage("base:1"),
            BaseName = "base:1",
            BasePackages = PackageSet.Empty,
            Packages = PackageSet.Empty,
            PackagesLayer = null,
            Key = "key",
            Facts = new RootFacts([], Encoding.UTF8.GetBytes(Passwd), [], [], HasShell: true, ""),
        });
    }
}
