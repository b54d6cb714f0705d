using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Foundation.Linux;
using Nua.Rootfs.Worker;

namespace Nua.Engine.Foreground;

/// <summary>The outer end of a published port: accepts on the host and passes each connection to the worker's socket file.</summary>
internal sealed class PortListener : IDisposable
{
    private readonly Socket _listener;
    private readonly SafeFileHandle _folder;
    private readonly EndPoint _inner;

    /// <param name="socketFolder">Folder of the socket file <c>p</c>.</param>
    /// <exception cref="ProblemException">NUA5002: the port is taken or may not be used.</exception>
    public PortListener(PublishedPort port, string socketFolder)
    {
        // The path of a socket address is short; the folder's is not. Its descriptor gives it a short name.
        var fd = Posix.Check(
            Libc.Open(Posix.Path(socketFolder), Libc.OPath | Libc.ODirectory | Libc.OCloExec, 0), "opening", socketFolder);
        _folder = new SafeFileHandle(fd, ownsHandle: true);
        _inner = new UnixDomainSocketEndPoint($"/proc/self/fd/{fd}/p");
        _listener = new Socket(port.Address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(new IPEndPoint(port.Address, port.Host));
            _listener.Listen(512);
        }
        catch (SocketException error)
        {
            Dispose();
            throw new ProblemException(new Problem("NUA5002", $"port {port.Host} of {port.Address} cannot be used")
            {
                Why = error.SocketErrorCode == SocketError.AddressAlreadyInUse ? "another program listens there" : error.Message,
                Remedy = "publish another port with -p HOST:PORT",
            });
        }

        _ = AcceptAsync();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _folder.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var outer = await _listener.AcceptAsync();
                _ = ServeAsync(outer);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed: the container has ended.
        }
    }

    private async Task ServeAsync(Socket outer)
    {
        using (outer)
        using (var inner = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            try
            {
                outer.NoDelay = true;
                await inner.ConnectAsync(_inner);
                await SocketPair.JoinAsync(outer, inner);
            }
            catch (SocketException)
            {
                // The worker is gone: the caller sees its connection closed.
            }
        }
    }
}
