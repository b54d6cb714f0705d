using System.Net.Sockets;
using System.Text.Json;
using Nua.Foundation;
using Nua.Rootfs.Worker;

namespace Nua.Engine.Engines.Local;

/// <summary>One order given to a supervisor, and its answer.</summary>
internal sealed class SupervisorConnection : IDisposable
{
    /// <summary>Raised when orders of an older <c>nua</c> would be misunderstood; fields that are only added do not count.</summary>
    public const byte Protocol = 1;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);
    private readonly Socket _socket;

    private SupervisorConnection(Socket socket) => _socket = socket;

    /// <summary>
    /// Null when no supervisor attends there. The kernel connects before the supervisor accepts: one that ends at that moment would take the order with it, so its
    /// word is waited for.
    /// </summary>
    /// <exception cref="ProblemException">NUA5044 it is of another version.</exception>
    public static SupervisorConnection? TryOpen(string runFolder)
    {
        if (ControlSocket.TryConnect(runFolder) is not { } socket)
        {
            return null;
        }

        var connection = new SupervisorConnection(socket);
        var isAttended = false;
        try
        {
            isAttended = IsAttended(socket, runFolder);
            return isAttended ? connection : null;
        }
        finally
        {
            if (!isAttended)
            {
                connection.Dispose();
            }
        }
    }

    public static void Attend(FramePipe pipe) => pipe.Write(FrameKind.Attended, [Protocol]);

    /// <param name="sockets">Listening sockets that go with the order.</param>
    /// <param name="onOutput">Stream 1 or 2 and bytes, for orders that run something.</param>
    /// <returns>Null when the supervisor went away before it answered.</returns>
    /// <exception cref="ProblemException">what the supervisor says.</exception>
    /// <exception cref="OperationCanceledException">the connection was cut, which kills what the order runs.</exception>
    public async Task<OrderReply?> AskAsync(
        Order order, IReadOnlyList<Socket>? sockets = null, Action<int, ReadOnlyMemory<byte>>? onOutput = null, CancellationToken cancel = default) =>
        await Task.Run(() => Ask(order, sockets ?? [], onOutput, cancel), CancellationToken.None);

    public void Dispose() => _socket.Dispose();

    private static bool IsAttended(Socket socket, string runFolder)
    {
        try
        {
            socket.ReceiveTimeout = (int)_patience.TotalMilliseconds;
            using var stream = new NetworkStream(socket);
            var frame = new FramePipe(stream, stream).Read();
            socket.ReceiveTimeout = 0;
            return frame is not { } first || (first.Kind == FrameKind.Attended && first.Payload is [Protocol])
                ? frame is not null
                : throw new ProblemException(new Problem("NUA5044", "the supervisor was started by another version of nua")
                {
                    Where = Printable.Escape(runFolder, 300),
                    Remedy = "end it with SIGTERM, which stops the application in order (its number is in the file pid there), then run nua start",
                });
        }
        catch (IOException)
        {
            // Gone, or silent for too long.
            return false;
        }
    }

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
