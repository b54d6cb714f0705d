using System.Net.Sockets;
using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// The first byte of every control connection: how many open sockets come with it. A listening socket that was opened in the host's
/// network keeps working in a process that has a network of its own, so no second process has to relay.
/// </summary>
internal static unsafe partial class PassedSockets
{
    public const int Limit = 64;

    private const int SolSocket = 1, ScmRights = 1, MsgCmsgCloExec = 0x40000000, MsgNoSignal = 0x4000;
    private const int HeaderSize = 16;

    /// <exception cref="IOException">the other side is gone.</exception>
    public static void Send(Socket to, IReadOnlyList<Socket> sockets)
    {
        var count = (byte)sockets.Count;
        var control = stackalloc byte[HeaderSize + (4 * Limit)];
        *(nuint*)control = (nuint)(HeaderSize + (4 * count));
        *(int*)(control + 8) = SolSocket;
        *(int*)(control + 12) = ScmRights;
        for (var i = 0; i < count; i++)
        {
            *(int*)(control + HeaderSize + (4 * i)) = (int)sockets[i].Handle;
        }

        var part = new IoVector { Start = &count, Length = 1 };
        var message = new MessageHeader { Parts = &part, PartCount = 1 };
        if (count > 0)
        {
            message.Control = control;
            message.ControlLength = (nuint)(HeaderSize + (4 * count) + 7 & ~7);
        }

        Posix.Check(SendMsg((int)to.Handle, &message, MsgNoSignal), "sending to the supervisor");
    }

    /// <exception cref="IOException">the other side is gone.</exception>
    public static IReadOnlyList<Socket> Receive(Socket from)
    {
        byte count;
        var control = stackalloc byte[HeaderSize + (4 * Limit)];
        var part = new IoVector { Start = &count, Length = 1 };
        var message = new MessageHeader { Parts = &part, PartCount = 1, Control = control, ControlLength = HeaderSize + (4 * Limit) };
        if (Posix.Check(RecvMsg((int)from.Handle, &message, MsgCmsgCloExec), "receiving an order") == 0)
        {
            throw new EndOfStreamException("the connection was closed");
        }

        var sockets = new List<Socket>();
        if (message.ControlLength >= HeaderSize && *(int*)(control + 8) == SolSocket && *(int*)(control + 12) == ScmRights)
        {
            var length = (int)*(nuint*)control;
            for (var at = HeaderSize; at + 4 <= length; at += 4)
            {
                sockets.Add(new Socket(new SafeSocketHandle(*(int*)(control + at), ownsHandle: true)));
            }
        }

        return sockets;
    }

    /// <summary>The kernel's <c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>The C library's <c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public void* Name;
        public uint NameLength;
        public IoVector* Parts;
        public nuint PartCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMsg(int socket, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint RecvMsg(int socket, MessageHeader* message, int flags);
}
