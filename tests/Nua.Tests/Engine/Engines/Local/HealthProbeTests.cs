using Nua.Engine.Engines.Local;

namespace Nua.Tests.Engine.Engines.Local;

public sealed class HealthProbeTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n", 200)]
    [InlineData("HTTP/1.0 503 Service Unavailable\r\nX: y", 503)]
    [InlineData("HTTP/1.1 204\r\n", 204)]
    [InlineData("SSH-2.0-OpenSSH\r\n", null)]
    [InlineData("HTTP/2 200", null)]
    [InlineData("", null)]
    public void Status_of_an_answer_is_read(string answer, int? status) => Assert.Equal(status, HealthProbe.Status(answer));
}
