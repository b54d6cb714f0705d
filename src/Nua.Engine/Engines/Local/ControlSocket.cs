using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Local;

/// <summary>The socket file through which a supervisor takes orders, <c>run/control</c> of its instance.</summary>
internal static class ControlSocket
{
    private const string Name = "control";

    /// <summary>Replaces what an earlier supervisor left. The caller holds the supervisor's lock.</summary>
    public static Socket Listen(string runFolder)
    {
        File.Delete($"{runFolder}/{Name}");
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        At(runFolder, address => listener.Bind(address));
        listener.Listen(64);
        return listener;
    }

    /// <summary>Null when nobody listens.</summary>
    public static Socket? TryConnect(string runFolder)
    {
        if (!File.Exists($"{runFolder}/{Name}"))
        {
            return null;
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            At(runFolder, address => socket.Connect(address));
            return socket;
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            socket.Dispose();
            return null;
        }
    }

    public static void Remove(string runFolder) => File.Delete($"{runFolder}/{Name}");

    /// <summary>The address of a socket has room for 107 bytes; a folder's descriptor makes any path short.</summary>
    private static void At(string runFolder, Action<UnixDomainSocketEndPoint> use)
    {
        var fd = Posix.Check(
            Libc.Open(Posix.Path(runFolder), Libc.OPath | Libc.ODirectory | Libc.OCloExec, 0), "opening", runFolder);
        using var folder = new SafeFileHandle(fd, ownsHandle: true);
        use(new UnixDomainSocketEndPoint($"/proc/self/fd/{fd}/{Name}"));
    }
}
