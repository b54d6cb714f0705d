using Nua.Acceptance.Running;

namespace Nua.Acceptance;

/// <summary>The same input gives the same digest, whatever is different around it.</summary>
public sealed class ReproducibilityTests(ExampleImages images) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Names => Example.Names;

    public void Dispose() => _folder.Dispose();

    /// <summary>Another folder, order of its entries, times and modes of its files; another umask, time zone, locale, host name, clock and
    /// number of CPUs; nothing cached but the base and packages.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public async Task Image_is_the_same_under_other_circumstances(string name)
    {
        var built = await images.BuildAsync(name);
        var app = _folder[$"deep/er/{name}-elsewhere"];
        await Shell.ScriptAsync(
            $"mkdir -p {app}; cd {Repository.Example(name)}; find . -type d | sort -r | while read -r d; do mkdir -p {app}/$d; done; "
            + $"find . -type f | sort -r | while read -r f; do cp $f {app}/$f; done; find {app} -exec touch -d 2001-02-03 {{}} +");
        var script = "umask 077; hostname elsewhere; exec taskset 1 \"$@\"";
        var outcome = await images.Nua.Shell
            .Set("TZ", "Pacific/Kiritimati").Set("LC_ALL", "tr_TR.UTF-8").Set("LANG", "tr_TR.UTF-8").Set("TMPDIR", _folder.Path)
            .With("build", app, "-t", $"again-{name}:1", "--no-cache")
            .Wrapped("/usr/bin/unshare", "--uts", "/bin/sh", "-c", script, "sh").RunAsync();
        Assert.Equal(built.Digest, outcome.Expect(0).Out.Trim());
    }

    /// <summary>A user without power, with a store of their own.</summary>
    [Fact]
    public async Task Image_is_the_same_for_another_user()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can become somebody else");
        var built = await images.BuildAsync("notes");
        var app = _folder.CopyOf(Repository.Example("notes"), "app");
        var home = _folder["home"];
        var program = _folder["bin"];
        await Shell.ScriptAsync(
            $"mkdir -p {home} {program}; cp {Repository.Nua} {Repository.Nua}-agent {program}; chown -R nua-test {home} {app}");
        var outcome = await new Shell(Path.Combine(program, "nua")).With("build", app)
            .Set("NUA_HOME", home).Set("HOME", home).Within(TimeSpan.FromMinutes(6))
            .Wrapped("/usr/bin/setpriv", "--reuid", "nua-test", "--regid", "nua-test", "--init-groups").RunAsync();
        Assert.Equal(built.Digest, outcome.Expect(0).Out.Trim());
    }
}
