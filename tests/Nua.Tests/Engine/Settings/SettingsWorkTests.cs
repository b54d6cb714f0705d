using System.Text;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Engine.Settings;
using Nua.Foundation;
using Nua.Testing;

namespace Nua.Tests.Engine.Settings;

public sealed class SettingsWorkTests : IDisposable
{
    private readonly TempDirectory _home = new();

    public void Dispose() => _home.Dispose();

    private InstanceFolder Folder => new(_home.Path, InstanceName.Parse("notes"));

    [Fact]
    public void Secrets_are_made_once_kept_private_and_never_recorded()
    {
        var contract = Contract("""{"KEY2":{"random":true}}""", """[{"name":"KEY","generate":"hex:16"}]""");
        var first = Resolve(contract, new GivenSettings());
        var key = File.ReadAllText(Folder.Secrets + "/KEY");
        Resolve(contract, new GivenSettings());

        Assert.Equal(key, File.ReadAllText(Folder.Secrets + "/KEY"));
        Assert.Equal(16, key.Length);
        Assert.Equal(24, File.ReadAllText(Folder.Secrets + "/KEY2").Length);
        Assert.Empty(first.Env);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Folder.Secrets + "/KEY"));
        Assert.Equal(File.ReadAllText(Folder.Secrets + "/KEY2"), new ContainerVariables(contract, Folder, first).All()["KEY2"]);
        Assert.False(new ContainerVariables(contract, Folder, first).All().ContainsKey("KEY"));
    }

    [Fact]
    public void Secret_that_is_replaced_goes_to_a_set_of_its_own_and_the_old_one_stays()
    {
        var contract = Contract("{}", """[{"name":"KEY","generate":"hex:16"},{"name":"LICENCE","generate":"hex:16"}]""");
        var first = Resolve(contract, new GivenSettings());
        var key = File.ReadAllText(Folder.Secrets + "/KEY");
        var given = new GivenSettings { Secrets = new Dictionary<string, byte[]> { ["LICENCE"] = "new"u8.ToArray() } };

        var second = new SettingsWork(Folder).Resolve(contract, first, given, (_, _) => { });
        Assert.False(SettingsText.AreEqual(first, second));
        Assert.Equal("new", new SecretFolder(Folder, second.SecretSet).Read("LICENCE"));
        Assert.Equal(key, new SecretFolder(Folder, second.SecretSet).Read("KEY"));
        Assert.Equal(16, new SecretFolder(Folder, first.SecretSet).Read("LICENCE")!.Length);
        Assert.True(SettingsText.AreEqual(second, new SettingsWork(Folder).Resolve(contract, second, given, (_, _) => { })));

        SecretFolder.Keep(Folder, second.SecretSet);
        Assert.Equal([$"secrets.{second.SecretSet}"], Directory.GetDirectories(Folder.Path).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void Secret_given_as_a_variable_is_kept_as_a_secret()
    {
        var settings = Resolve(
            Contract("{}", """[{"name":"LICENCE"}]"""), new GivenSettings { Env = new Dictionary<string, string> { ["LICENCE"] = "abc", ["A"] = "1" } });
        Assert.Equal(["A"], settings.Env.Keys);
        Assert.Equal("abc", File.ReadAllText(Folder.Secrets + "/LICENCE"));
    }

    [Fact]
    public void Everything_that_is_missing_is_named_at_once_and_nothing_is_written()
    {
        var contract = Contract(
            """{"A":{"key":"NOBODY"},"B":{"from":"db","key":"hostname"},"C":{"nua_internal":true},"D":{"external_ip":true}}""",
            """[{"name":"LICENCE"},{"name":"KEY","generate":"hex:16"}]""",
            """[{"binding":"db","type":"postgresql"}]""");

        var failure = Assert.Throws<ProblemException>(() => Resolve(contract, new GivenSettings()));

        Assert.Equal(78, failure.ExitCode);
        Assert.Equal(["NUA5040", "NUA5040", "NUA5040", "NUA5041", "NUA5042"], failure.Problems.Select(problem => problem.Code).Order());
        Assert.False(Directory.Exists(Folder.Secrets));
    }

    [Fact]
    public void Variables_come_from_the_application_its_volumes_its_bindings_and_each_other()
    {
        var binding = Directory.CreateDirectory(_home["db"]).FullName;
        File.WriteAllText(binding + "/host", "10.0.0.7\n");
        File.WriteAllText(binding + "/password", "pw");
        var contract = Contract(
            """
            {"WHO":{"key":"hostname"},"HOST":{"from":"db","key":"hostname"},"PW":{"from":"db","key":"POSTGRES_PASSWORD"},
             "PLACE":{"from":"data","key":"target"},"URL":"pg://{PW}@{HOST}/{DB}","DB":{"unique_db":true},"COPY":{"key":"PLAIN"},"PLAIN":"x"}
            """,
            "[]",
            """[{"binding":"db","type":"postgresql"}]""");
        var settings = Resolve(contract, new GivenSettings { Bindings = new Dictionary<string, string> { ["db"] = binding }, Env = new Dictionary<string, string> { ["RAW"] = "{PW}" } });

        var all = new ContainerVariables(contract, Folder, settings).All();

        Assert.Equal(("notes", "10.0.0.7", "pw", "/nua/data", "x", "{PW}"), (all["WHO"], all["HOST"], all["PW"], all["PLACE"], all["COPY"], all["RAW"]));
        Assert.Matches("^db_[a-z]{10}$", all["DB"]);
        Assert.Equal($"pg://pw@10.0.0.7/{all["DB"]}", all["URL"]);
        Assert.Equal(all["DB"], new ContainerVariables(contract, Folder, Resolve(contract, new GivenSettings(), settings)).All()["DB"]);
    }

    [Fact]
    public void Generated_value_is_shown_only_when_asked_and_only_once()
    {
        var contract = Contract("""{"PW":{"random":true,"display":true},"QUIET":{"random":true}}""", "[]");
        var shown = new List<string>();
        new SettingsWork(Folder).Resolve(contract, new InstanceSettings(), new GivenSettings(), (name, _) => shown.Add(name));
        new SettingsWork(Folder).Resolve(contract, new InstanceSettings(), new GivenSettings(), (name, _) => shown.Add(name));
        Assert.Equal(["PW"], shown);
    }

    private InstanceSettings Resolve(AppContract contract, GivenSettings given, InstanceSettings? before = null) =>
        new SettingsWork(Folder).Resolve(contract, before ?? new InstanceSettings(), given, (_, _) => { });

    private static AppContract Contract(string env, string secrets, string needs = "[]") => AppContract.Parse(
        Encoding.UTF8.GetBytes($$"""
            {"env":{{env}},"lifecycle":{"contract":1,"secrets":{{secrets}},"needs":{{needs}},"volumes":[{"name":"data","path":"/nua/data"}]},
             "runtime":{"app_id":"notes","version":"1.0","port":8080} }
            """),
        "test");
}
