using System.Diagnostics;
using Nua.Build.Planning;
using Nua.Foundation;
using Xunit;

namespace Nua.Tests.Build.Planning;

public sealed class AppFolderTests
{
    [Fact]
    public void Ignored_paths_do_not_exist()
    {
        using var tree = AppTree.Empty().With(".dockerignore", "secret\n*.log\n!keep.log").With("secret/x")
            .With("a.log").With("keep.log").With(".git/HEAD");
        var folder = tree.Open();
        Assert.False(folder.Exists("secret/x"));
        Assert.Null(folder.ReadText("a.log"));
        Assert.True(folder.IsFile("keep.log"));
        Assert.Equal([".dockerignore", "keep.log"], folder.List().Select(entry => entry.Path));
    }

    [Fact]
    public void Links_are_followed_inside_the_folder_only()
    {
        using var tree = AppTree.Empty().With("real/file.txt", "yes").WithLink("inside", "real")
            .WithLink("real/up", "../real/file.txt")
            .WithLink("outside", "/etc").WithLink("escape", "../../etc/passwd").WithLink("dangling", "nothing")
            .WithLink("loop1", "loop2").WithLink("loop2", "loop1");
        var folder = tree.Open();
        Assert.Equal("yes", folder.ReadText("inside/file.txt"));
        Assert.Equal("yes", folder.ReadText("real/up"));
        Assert.False(folder.Exists("outside"));
        Assert.False(folder.Exists("outside/passwd"));
        Assert.False(folder.Exists("escape"));
        Assert.False(folder.Exists("loop1"));
        Assert.Equal(["inside", "real"], folder.List().Select(entry => entry.Path));
    }

    [Fact]
    public void Link_to_an_ignored_file_is_not_there()
    {
        using var tree = AppTree.Empty().With(".dockerignore", "secret").With("secret", "x")
            .WithLink("alias", "secret");
        Assert.Null(tree.Open().ReadText("alias"));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("/etc/passwd")]
    [InlineData("a\0b")]
    public void Path_out_of_the_folder_is_not_there(string path)
    {
        using var tree = AppTree.Empty().WithFolder("a");
        Assert.False(tree.Open().Exists(path));
    }

    [Fact]
    public void Subfolder_keeps_the_rules_of_the_outer_folder()
    {
        using var tree = AppTree.Empty().With(".dockerignore", "web/secret").With("web/secret")
            .With("web/index.html", "x").WithLink("web/up", "../web/index.html");
        var folder = tree.Open().Subfolder("web");
        Assert.Equal("web", folder.Name);
        Assert.False(folder.Exists("secret"));
        Assert.Equal("x", folder.ReadText("index.html"));
        Assert.Equal("x", folder.ReadText("up"));
    }

    [Fact]
    public void Missing_folder_and_file_are_told_apart()
    {
        using var tree = AppTree.Empty().With("file");
        var missing = Assert.Throws<ProblemException>(() => AppFolder.Open(tree.Root + "/nothing")).Problems[0];
        var file = Assert.Throws<ProblemException>(() => AppFolder.Open(tree.Root + "/file")).Problems[0];
        Assert.Equal(("NUA2001", "nothing has that name"), (missing.Code, missing.Why));
        Assert.Equal("it is a file", file.Why);
    }

    [Fact]
    public void Huge_and_binary_manifests_are_errors()
    {
        using var tree = AppTree.Empty();
        using (var file = File.Create(tree.Root + "/package.json"))
        {
            file.SetLength(AppFolder.MostText + 1L);
        }

        Assert.Equal("NUA2005", tree.Error().Code);
        File.WriteAllBytes(tree.Root + "/package.json", [0x7b, 0xff, 0x7d]);
        Assert.Equal("NUA2006", tree.Error().Code);
    }

    [Fact]
    public void Byte_order_mark_is_no_part_of_the_text()
    {
        using var tree = AppTree.Empty().With("a", "\uFEFFx");
        Assert.Equal("x", tree.Open().ReadText("a"));
    }

    [Fact]
    public void Fifo_is_not_there_and_does_not_block()
    {
        using var tree = AppTree.Empty();
        using (var made = Process.Start("mkfifo", tree.Root + "/package.json"))
        {
            made.WaitForExit();
        }

        Assert.False(tree.Open().Exists("package.json"));
        Assert.Equal("NUA2002", tree.Error().Code);
    }

    [Fact]
    public void Hundred_thousand_files_are_planned_quickly()
    {
        using var tree = AppTree.Empty().With("app.py", "print('x')").WithFolder("data");
        for (var i = 0; i < 100_000; i++)
        {
            using var file = File.OpenHandle($"{tree.Root}/data/{i}", FileMode.CreateNew, FileAccess.Write);
        }

        tree.Built();
        var watch = Stopwatch.StartNew();
        tree.Built();
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2000);
    }

    [Fact]
    public void Unreadable_manifest_is_an_error_that_names_it()
    {
        using var tree = AppTree.Empty().With("package.json", "{}");
        File.SetUnixFileMode(tree.Root + "/package.json", UnixFileMode.None);
        if (Environment.IsPrivilegedProcess)
        {
            // Root reads everything; what root sees is a plan.
            Assert.DoesNotContain("NUA2004", tree.Codes());
            return;
        }

        Assert.Equal("NUA2004", tree.Error().Code);
    }
}
