using Nua.Build;
using Nua.Build.Steps;
using Nua.Foundation;
using Nua.Testing;
using Xunit;

namespace Nua.Tests.Build.Steps;

public sealed class SecretFilesTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Secret_that_is_named_and_given_is_read()
    {
        SecretFiles.Check([Given("token")], ["token"]);
        Assert.Equal("s3cret"u8.ToArray(), SecretFiles.Read([Given("other"), Given("token")], "token"));
    }

    [Fact]
    public void Every_mistake_is_told_at_once()
    {
        var wrong = new BuildSecret("absent", Path.Combine(_folder.Path, "nothing"));
        var failure = Assert.Throws<ProblemException>(() =>
            SecretFiles.Check([Given("spare"), Given("twice"), Given("twice"), wrong], ["token", "twice", "absent"]));
        Assert.Equal(
            [("NUA2304", "token"), ("NUA2308", "spare"), ("NUA2310", "twice"), ("NUA2309", "absent")],
            failure.Problems.Select(problem => (problem.Code, problem.What.Split('\'')[1])));
        Assert.All(failure.Problems, problem => Assert.NotNull(problem.Remedy));
    }

    [Fact]
    public void Folders_and_large_files_are_no_secrets()
    {
        var large = Path.Combine(_folder.Path, "large");
        File.WriteAllBytes(large, new byte[(1 << 20) + 1]);
        Assert.Equal("NUA2309", Code(new BuildSecret("a", large)));
        Assert.Equal("NUA2309", Code(new BuildSecret("a", _folder.Path)));
        Assert.Equal("NUA2309", Code(new BuildSecret("a", "/dev/zero")));
    }

    private static string Code(BuildSecret secret) =>
        Assert.Single(Assert.Throws<ProblemException>(() => SecretFiles.Check([secret], ["a"])).Problems).Code;

    private BuildSecret Given(string id)
    {
        var file = Path.Combine(_folder.Path, id);
        File.WriteAllText(file, "s3cret");
        return new BuildSecret(id, file);
    }
}
