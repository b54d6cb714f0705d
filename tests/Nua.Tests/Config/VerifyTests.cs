using Nua.Config;

namespace Nua.Tests.Config;

public sealed class VerifyTests
{
    [Fact]
    public void Requests_are_read_with_all_they_say()
    {
        var verify = Reading.Good("""
            [verify]
            timeout = 20
            seed = [{ method = "post", path = "/notes", body = '{"text": "seed {seed}"}', status = 201, capture = { id = "json:/id" } }]
            check = [{ path = "/notes/{id}", contains = "seed {seed}", lacks = ["a", "b"], headers = { Accept = "text/html" } }]
            check-command = "./look"

            """).Verify!;

        var seed = Assert.Single(verify.Seed);
        Assert.Equal(("POST", "/notes", 201, "json:/id"), (seed.Method, seed.Path, seed.Status, seed.Capture["id"]));
        var check = Assert.Single(verify.Check);
        Assert.Equal(("GET", "text/html"), (check.Method, check.Headers["Accept"]));
        Assert.Equal(["a", "b"], check.Lacks);
        Assert.Equal((20, "./look"), (verify.Timeout, verify.CheckCommand));
    }

    [Theory]
    [InlineData("check = [{ path = 'notes' }]", "NUA1171")]
    [InlineData("check = [{ path = '/a b' }]", "NUA1171")]
    [InlineData("check = [{ method = 'GET' }]", "NUA1113")]
    [InlineData("seed = [{ path = '/', capture = { id = 'xpath:/id' } }]", "NUA1172")]
    [InlineData("seed = [{ path = '/', capture = { seed = 'body' } }]", "NUA1172")]
    [InlineData("check = [{ path = '/', headers = { 'A B' = 'x' } }]", "NUA1173")]
    [InlineData("check = [{ path = '/', headers = { A = \"x\\ny\" } }]", "NUA1173")]
    public void What_cannot_be_sent_is_an_error(string line, string code)
    {
        var problems = Reading.Toml($"[verify]\n{line}\n").Problems;

        Assert.Contains(problems, problem => problem.Code == code);
    }

    [Fact]
    public void Stale_data_that_does_harm_is_named() =>
        Assert.Equal(["queue"], Reading.Good("[lifecycle]\nbackup = { stale-is-dangerous = ['queue'] }\n").Lifecycle.StaleIsDangerous);
}
