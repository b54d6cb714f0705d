using Nua.Engine.Settings;
using Nua.Foundation;

namespace Nua.Tests.Engine.Settings;

public sealed class EnvFileTests
{
    [Fact]
    public void File_is_read_as_docker_reads_it()
    {
        var read = EnvFile.Parse("# comment\n\nA=1\r\nB=\"quoted\" = \nC=\n  # more\nHOST_ONE\n", "f", name => name == "HOST_ONE" ? "here" : null);
        Assert.Equal(new Dictionary<string, string> { ["A"] = "1", ["B"] = "\"quoted\" = ", ["C"] = "", ["HOST_ONE"] = "here" }, read);
    }

    [Fact]
    public void Every_line_that_says_nothing_is_named_without_its_text()
    {
        var failure = Assert.Throws<ProblemException>(() => EnvFile.Parse("A=1\nhunter2 is it\n=x\nNOT_HERE\n", "f", _ => null));
        Assert.Equal(["f:2", "f:3", "f:4"], failure.Problems.Select(problem => problem.Where));
        Assert.All(failure.Problems, problem => Assert.Equal("NUA5043", problem.Code));
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
    }
}
