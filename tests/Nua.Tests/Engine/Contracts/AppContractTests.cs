using System.Text;
using Nua.Engine.Contracts;
using Nua.Foundation;

namespace Nua.Tests.Engine.Contracts;

public sealed class AppContractTests
{
    [Theory]
    [InlineData("NUA5021", """{"lifecycle":{"contract":2},"runtime":{"app_id":"notes"}}""")]
    [InlineData("NUA5021", """{"lifecycle":{"contract":2147483647},"runtime":{"app_id":"notes"}}""")]
    [InlineData("NUA5022", """{"lifecycle":{"contract":99999999999},"runtime":{"app_id":"notes"}}""")]
    [InlineData("NUA5022", """{"lifecycle":{"contract":1}}""")]
    [InlineData("NUA5022", """{"runtime":{"app_id":"notes","app_id":"other"}}""")]
    [InlineData("NUA5022", """{"lifecycle":{"volumes":[{"name":"data","path":"/nua/../etc"}]},"runtime":{"app_id":"notes"}}""")]
    [InlineData("NUA5022", """{"lifecycle":{"volumes":[{"name":"../data","path":"/nua/data"}]},"runtime":{"app_id":"notes"}}""")]
    [InlineData("NUA5022", """{"lifecycle":{"secrets":[{"name":"a/b"}]},"runtime":{"app_id":"notes"}}""")]
    [InlineData("NUA5022", "[]")]
    [InlineData("NUA5022", "")]
    public void Contract_that_is_newer_or_not_as_specified_is_refused(string code, string json)
    {
        var failure = Assert.Throws<ProblemException>(() => AppContract.Parse(Encoding.UTF8.GetBytes(json), "sha256:ab"));
        Assert.Equal((code, "sha256:ab"), (failure.Problems[0].Code, failure.Problems[0].Where));
    }
}
