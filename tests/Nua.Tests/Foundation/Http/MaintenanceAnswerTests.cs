using System.Text;
using Nua.Foundation.Http;

namespace Nua.Tests.Foundation.Http;

public sealed class MaintenanceAnswerTests
{
    [Theory]
    [InlineData("GET / HTTP/1.1\r\n", true)]
    [InlineData("PROPFIND /dav HTTP/1.1\r\n", true)]
    [InlineData("", true)]
    [InlineData("GE", true)]
    [InlineData("get / HTTP/1.1\r\n", false)]
    [InlineData("G ", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("\u0016\u0003\u0001", false)]
    public void Beginning_of_a_request_is_told_from_anything_else(string start, bool expected) =>
        Assert.Equal(expected, MaintenanceAnswer.MayBeHttp(Encoding.ASCII.GetBytes(start)));

    [Fact]
    public void Answer_says_how_long_it_is_and_when_to_come_back()
    {
        var parts = Text("GET / HTTP/1.1\r\n\r\n").Split("\r\n\r\n", 2);

        Assert.StartsWith("HTTP/1.1 503 ", parts[0], StringComparison.Ordinal);
        Assert.Contains("\r\nRetry-After: 5\r\n", parts[0], StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {Encoding.UTF8.GetByteCount(parts[1])}\r\n", parts[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Answer_to_head_has_no_body() => Assert.EndsWith("\r\n\r\n", Text("HEAD / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);

    private static string Text(string request) => Encoding.UTF8.GetString(MaintenanceAnswer.To(Encoding.ASCII.GetBytes(request)).Span);
}
