using System.Diagnostics;
using Nua.Build.Planning;
using Nua.Build.Sources;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Build.Sources;

public sealed class GitSourceTests : IDisposable
{
    private readonly TempFolder _temp = new();
    private readonly Downloader _downloader = new();
    private readonly Dictionary<string, string> _environment;

    public GitSourceTests() => _environment = new()
    {
        ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin",
        ["HOME"] = _temp.Folder("home"),
    };

    private CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _downloader.Dispose();
        _temp.Dispose();
    }

    private SourceFetcher Fetcher => new(_temp["cache"], _environment, _downloader);

    private Task<FetchedSource> Fetch(string address, string branch, string? subfolder = null) =>
        Fetcher.FetchAsync(new SourceSpec.Git(address, branch, subfolder), _temp.Path, _temp.Folder("work"), Token);

    private string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments) { WorkingDirectory = _temp.Folder("repo"), RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

        foreach (var who in new[] { "AUTHOR", "COMMITTER" })
        {
            start.Environment[$"GIT_{who}_NAME"] = "N";
            start.Environment[$"GIT_{who}_EMAIL"] = "n@example.org";
            start.Environment[$"GIT_{who}_DATE"] = "1700000000 +0000";
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output.Trim();
    }

    private string Commit(string content)
    {
        Git("init", "-q", "-b", "main");
        _temp.Write("repo/app/a.txt", content);
        Git("add", ".");
        Git("commit", "-q", "-m", content);
        return Git("rev-parse", "HEAD");
    }

    [Fact]
    public async Task Branch_is_fetched_and_its_commit_recorded()
    {
        var commit = Commit("one");
        var source = await Fetch("repo", "main", "app");
        Assert.Equal("one", File.ReadAllText(Path.Combine(source.Folder, "a.txt")));
        Assert.Equal(new SourceFacts("git", "repo", null, commit, 1700000000), source.Facts);
        Assert.False(Directory.Exists(Path.Combine(source.Folder, "../.git")));
    }

    [Fact]
    public async Task New_commit_is_seen_and_the_old_one_still_had_by_its_hash()
    {
        var first = Commit("one");
        await Fetch("repo", "main");
        Commit("two");
        Assert.Equal("two", File.ReadAllText(Path.Combine((await Fetch("repo", "main")).Folder, "app/a.txt")));

        Directory.Move(_temp["repo"], _temp["gone"]);
        _temp.Folder("repo");
        Assert.Equal("one", File.ReadAllText(Path.Combine((await Fetch("repo", first)).Folder, "app/a.txt")));
    }

    [Fact]
    public async Task Annotated_tag_is_its_commit()
    {
        var commit = Commit("one");
        Git("tag", "-a", "v1", "-m", "v1");
        Assert.Equal(commit, (await Fetch("file://" + _temp["repo"], "v1")).Facts.Commit);
    }

    [Fact]
    public async Task Hooks_filters_and_line_ends_of_the_host_do_nothing()
    {
        _temp.Write("hooks/post-checkout", "#!/bin/sh\ntouch " + _temp["ran"] + "\n");
        File.SetUnixFileMode(_temp["hooks", "post-checkout"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        _temp.Write("home/.gitconfig",
            $"[core]\n hooksPath = {_temp["hooks"]}\n autocrlf = true\n[filter \"x\"]\n smudge = touch {_temp["ran"]}\n required = true\n");
        _temp.Write("repo/.gitattributes", "*.txt filter=x\n");
        _environment["HOME"] = _temp.Folder("plain");
        Commit("one\n");
        _environment["HOME"] = _temp["home"];

        var source = await Fetch("repo", "main");
        Assert.Equal("one\n", File.ReadAllText(Path.Combine(source.Folder, "app/a.txt")));
        Assert.False(File.Exists(_temp["ran"]));
    }

    [Fact]
    public async Task Submodules_are_not_followed()
    {
        Commit("one");
        _temp.Write("repo/.gitmodules", "[submodule \"s\"]\n path = s\n url = ext::sh -c touch% " + _temp["ran"] + "\n");
        Git("add", ".");
        Git("update-index", "--add", "--cacheinfo", "160000," + new string('1', 40) + ",s");
        Git("commit", "-q", "-m", "sub");
        var source = await Fetch("repo", "main");
        Assert.False(File.Exists(_temp["ran"]));
        Assert.Empty(Directory.Exists(Path.Combine(source.Folder, "s")) ? Directory.GetFileSystemEntries(Path.Combine(source.Folder, "s")) : []);
    }

    [Theory]
    [InlineData("ext::sh -c touch% /tmp/nua-evil")]
    [InlineData("--upload-pack=touch /tmp/nua-evil")]
    [InlineData("ftp://host/x")]
    [InlineData("missing")]
    [InlineData("https:///x")]
    [InlineData("ssh://-oProxyCommand=evil/x")]
    [InlineData("fd::17")]
    [InlineData("")]
    public async Task Address_outside_the_allowed_ones_is_refused(string address)
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch(address, "main"));
        Assert.Equal("NUA2112", problem.Problems[0].Code);
    }

    [Theory]
    [InlineData("--upload-pack=evil")]
    [InlineData("a b")]
    [InlineData("a..b")]
    [InlineData("a\nb")]
    [InlineData("x.lock")]
    [InlineData("")]
    public async Task Branch_that_git_forbids_is_refused(string branch)
    {
        Commit("one");
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch("repo", branch));
        Assert.Equal("NUA2113", problem.Problems[0].Code);
    }

    [Fact]
    public async Task Branch_that_is_not_there_is_named()
    {
        Commit("one");
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch("repo", "next"));
        Assert.Equal("NUA2114", problem.Problems[0].Code);
    }

    [Fact]
    public async Task Unreachable_server_is_told_without_the_password()
    {
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch("http://user:s3cret@127.0.0.1:9/repo.git", "main"));
        Assert.Equal("NUA2115", problem.Problems[0].Code);
        Assert.DoesNotContain("s3cret", problem.ToString());
    }

    [Fact]
    public async Task Missing_git_names_the_package()
    {
        Commit("one");
        _environment["PATH"] = "/nowhere";
        var problem = await Assert.ThrowsAsync<ProblemException>(() => Fetch("repo", "main"));
        Assert.Equal("NUA2111", problem.Problems[0].Code);
    }
}
