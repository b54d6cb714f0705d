using System.Net.Sockets;
using Nua.Engine.Engines.Local;
using Nua.Foundation;
using Nua.Rootfs.Worker;
using Nua.Testing;

namespace Nua.Tests.Engine.Engines.Local;

public sealed class SupervisorConnectionTests : IDisposable
{
    private readonly TempDirectory _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Nobody_listens() => Assert.Null(SupervisorConnection.TryOpen(_run.Path));

    /// <summary>The kernel connects a caller to a supervisor that ends before it accepts.</summary>
    [Fact]
    public async Task Supervisor_that_ends_before_it_attends_counts_as_none()
    {
        var listener = ControlSocket.Listen(_run.Path);
        var opening = Task.Run(() => SupervisorConnection.TryOpen(_run.Path), TestContext.Current.CancellationToken);
        Assert.True(listener.Poll(TimeSpan.FromSeconds(20), SelectMode.SelectRead));

        listener.Dispose();

        Assert.Null(await opening);
    }

    [Fact]
    public async Task Supervisor_that_attends_is_there()
    {
        using var connection = await OpenAsync(pipe => SupervisorConnection.Attend(pipe));

        Assert.NotNull(connection);
    }

    [Fact]
    public async Task Supervisor_of_another_version_is_named()
    {
        var failure = await Assert.ThrowsAsync<ProblemException>(() => OpenAsync(pipe => pipe.Write(FrameKind.Attended, [200])));

        Assert.Equal("NUA5044", failure.Problems[0].Code);
    }

    private async Task<SupervisorConnection?> OpenAsync(Action<FramePipe> attend)
    {
        using var listener = ControlSocket.Listen(_run.Path);
        var opening = Task.Run(() => SupervisorConnection.TryOpen(_run.Path), TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        using var stream = new NetworkStream(accepted);
        attend(new FramePipe(stream, stream));
        return await opening;
    }
}
