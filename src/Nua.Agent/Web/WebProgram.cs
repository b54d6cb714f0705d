using System.Globalization;
using System.Runtime.InteropServices;
using Nua.Agent.Linux;
using Nua.Agent.Settings;
using Nua.Foundation.Linux;

namespace Nua.Agent.Web;

/// <summary>
/// <c>serve ROOT [--spa]</c>: serves the files of a folder on <c>PORT</c>, all addresses, IPv4 and IPv6.
/// </summary>
internal static unsafe class WebProgram
{
    private const int _defaultPort = 8080;
    private const int _connections = 1024;
    private const int _backlog = 512;

    /// <returns>0 once asked to stop.</returns>
    public static int Run(string root, bool spa, Variables variables)
    {
        var port = Port(variables);
        using var folder = WebFolder.Open(root);
        using var server = new WebServer(
            Listen(port), new Responder(folder, spa, TimeProvider.System), new AccessLog(TimeProvider.System),
            _connections);
        Output.Note($"serving {Foundation.Printable.Escape(root)} on port {port}");
        server.Run();
        return ExitCode.Done;
    }

    /// <summary>A listening, non-blocking socket. Port 0 lets the kernel choose.</summary>
    /// <exception cref="Foundation.ProblemException">NUA6070</exception>
    public static int Listen(int port)
    {
        var fd = TryListen(v6: true, port, out var error);
        if (fd < 0 && error is Native.EAfNoSupport or Native.EAddrNotAvail)
        {
            fd = TryListen(v6: false, port, out error);
        }

        return fd >= 0 ? fd : throw Refusal.CannotListen(port, Marshal.GetPInvokeErrorMessage(error));
    }

    /// <summary>The port that a listening socket has.</summary>
    public static int PortOf(int listener)
    {
        var address = stackalloc byte[SocketAddress.Longest];
        uint length = SocketAddress.Longest;
        Posix.Check(Native.GetSockName(listener, address, &length), "reading a socket's address");
        return SocketAddress.Port(new ReadOnlySpan<byte>(address, SocketAddress.Longest));
    }

    private static int Port(Variables variables)
    {
        if (!variables.Has("PORT"))
        {
            return _defaultPort;
        }

        var text = variables["PORT"]!;
        return ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw Refusal.SettingInvalid("PORT", text, "a number from 1 to 65535 is wanted");
    }

    private static int TryListen(bool v6, int port, out int error)
    {
        error = 0;
        var fd = Native.TcpSocket(v6);
        if (fd < 0)
        {
            error = Posix.LastError;
            return fd;
        }

        int on = 1, off = 0;
        _ = Native.SetSockOpt(fd, Native.SolSocket, Native.SoReuseAddr, &on, sizeof(int));
        if (v6)
        {
            _ = Native.SetSockOpt(fd, Native.IpProtoIpV6, Native.IpV6Only, &off, sizeof(int));
        }

        Span<byte> address = stackalloc byte[SocketAddress.Longest];
        var length = SocketAddress.Write(address, v6, loopback: false, port);
        fixed (byte* start = address)
        {
            if (Native.Bind(fd, start, (uint)length) == 0 && Native.Listen(fd, _backlog) == 0)
            {
                return fd;
            }
        }

        error = Posix.LastError;
        _ = Libc.Close(fd);
        return -1;
    }
}
