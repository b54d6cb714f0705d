using Nua.Build;
using Nua.Foundation;
using Nua.Tests.Build.Planning;
using Xunit;

namespace Nua.Tests.Build;

public sealed class ProjectReaderTests
{
    /// <summary>How the user names the folder, and how a message names its file.</summary>
    [Theory]
    [InlineData("{0}", "{0}/package.json:1:2")]
    [InlineData("{0}/", "{0}/package.json:1:2")]
    [InlineData("{0}/../shop", "{0}/../shop/package.json:1:2")]
    public void Problem_names_the_file_as_the_user_would(string written, string place)
    {
        using var tree = AppTree.Empty("shop").With("package.json", "{");
        var error = Read(string.Format(null, written, tree.Root));
        Assert.Equal(string.Format(null, place, tree.Root), error.Where);
    }

    [Fact]
    public void Problem_in_a_folder_inside_names_that_folder()
    {
        using var tree = AppTree.Empty("shop").With("web/package.json", "{").With(
            "nua-config.toml", "[metadata]\nid = \"a\"\nversion = \"1\"\ntitle = \"t\"\nauthor = \"a\"\n[build]\nproject = \"web\"\n");
        Assert.Equal(tree.Root + "/web/package.json:1:2", Read(tree.Root).Where);
    }

    [Fact]
    public void Folder_without_any_application_is_the_place_itself()
    {
        using var tree = AppTree.Empty("shop");
        Assert.Equal(tree.Root, Read(tree.Root).Where);
    }

    [Fact]
    public void Ignore_file_that_is_wrong_is_named_with_its_folder()
    {
        using var tree = AppTree.Empty("shop").With(".dockerignore", "ok\n[\n").With("index.html");
        Assert.Equal(tree.Root + "/.dockerignore:2:1", Read(tree.Root).Where);
    }

    private static Problem Read(string folder)
    {
        var request = new BuildRequest { Directory = folder, StoreHome = "", AgentPath = "" };
        var failure = Assert.Throws<ProblemException>(() => ProjectReader.Read(request, _ => { }));
        return Assert.Single(failure.Problems);
    }
}
