using System.Net.Sockets;
using System.Text.Json;
using Nua.Foundation;
using Nua.Rootfs.Worker;

namespace Nua.Engine.Engines.Local;

/// <summary>One order given to a supervisor, and its answer.</summary>
internal sealed class SupervisorConnection : IDisposable
{
    private readonly Socket _socket;

    private SupervisorConnection(Socket socket) => _socket = socket;

    /// <summary>Null when no supervisor listens there.</summary>
    public static SupervisorConnection? TryOpen(string runFolder) =>
        ControlSocket.TryConnect(runFolder) is { } socket ? new SupervisorConnection(socket) : null;

    /// <param name="sockets">Listening sockets that go with the order.</param>
    /// <param name="onOutput">Stream 1 or 2 and bytes, for orders that run something.</param>
    /// <returns>Null when the supervisor went away before it answered.</returns>
    /// <exception cref="ProblemException">what the supervisor says.</exception>
    /// <exception cref="OperationCanceledException">the connection was cut, which kills what the order runs.</exception>
    public async Task<OrderReply?> AskAsync(
        Order order, IReadOnlyList<Socket>? sockets = null, Action<int, ReadOnlyMemory<byte>>? onOutput = null, CancellationToken cancel = default) =>
        await Task.Run(() => Ask(order, sockets ?? [], onOutput, cancel), CancellationToken.None);

    public void Dispose() => _socket.Dispose();

    private OrderReply? Ask(Order order, IReadOnlyList<Socket> sockets, Action<int, ReadOnlyMemory<byte>>? onOutput, CancellationToken cancel)
    {
        using var cut = cancel.Register(() => _socket.Shutdown(SocketShutdown.Both));
        try
        {
            PassedSockets.Send(_socket, sockets);
            using var stream = new NetworkStream(_socket);
            var pipe = new FramePipe(stream, stream);
            pipe.Write(FrameKind.Command, JsonSerializer.SerializeToUtf8Bytes(order, OrderJson.Default.Order));
            while (pipe.Read() is { } frame)
            {
                switch (frame.Kind)
                {
                    case FrameKind.Reply:
                        return JsonSerializer.Deserialize(frame.Payload, OrderJson.Default.OrderReply);
                    case FrameKind.Failure:
                        throw new ProblemException(JsonSerializer.Deserialize(frame.Payload, OrderJson.Default.IReadOnlyListProblem)!);
                    case FrameKind.Output:
                        onOutput?.Invoke(frame.Payload[0], frame.Payload.AsMemory(1));
                        break;
                }
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            // Seen below: no answer.
        }

        cancel.ThrowIfCancellationRequested();
        return null;
    }
}
