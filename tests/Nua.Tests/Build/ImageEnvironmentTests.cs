using Nua.Build.Metadata;
using Nua.Tests.Build.Planning;
using Xunit;

namespace Nua.Tests.Build;

public sealed class ImageEnvironmentTests
{
    [Fact]
    public void Path_is_given_once_and_begins_with_the_folder_of_the_agent()
    {
        // A line for a shell, which finds the commands of packages by their names.
        using var tree = AppTree.Empty().With("a.js")
            .With("package.json", """{"scripts":{"start":"node a.js | tee log"},"dependencies":{"express":"5"}}""");
        var env = ImageEnvironment.Of(tree.Built(), new HashSet<string> { "/nua/bin", "/nua/app" });
        Assert.Equal(
            "PATH=/nua/bin:/nua/app/node_modules/.bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            Assert.Single(env, variable => variable.StartsWith("PATH=", StringComparison.Ordinal)));
        Assert.Contains("NODE_ENV=production", env);
    }
}
