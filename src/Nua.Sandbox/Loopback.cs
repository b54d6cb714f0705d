using System.Net.Sockets;
using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Sandbox;

/// <summary>A new network namespace has a loopback interface that is down.</summary>
public static partial class Loopback
{
    private const nuint SetInterfaceFlags = 0x8914;
    private const byte Up = 0x1, Running = 0x40;

    /// <summary>Switches it on in the calling process's network namespace.</summary>
    /// <exception cref="IOException">the namespace is not ours to change.</exception>
    public static unsafe void Raise()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        // struct ifreq: 16 bytes of name, then the flags as a short; 40 bytes in all.
        var request = stackalloc byte[40];
        request[0] = (byte)'l';
        request[1] = (byte)'o';
        request[16] = Up | Running;
        Posix.Check(Ioctl((int)socket.Handle, SetInterfaceFlags, request), "raising the loopback interface");
        OpenLowPorts();
    }

    /// <summary>
    /// Every port of a namespace of our own is for everybody, as it is in the containers of Docker and Podman: many published applications listen on 80,
    /// and none has a capability. A machine that lets nobody write such settings keeps them for its root.
    /// </summary>
    private static void OpenLowPorts()
    {
        try
        {
            File.WriteAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start", "0");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static unsafe partial int Ioctl(int fd, nuint request, byte* argument);
}
