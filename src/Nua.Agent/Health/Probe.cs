using System.Runtime.InteropServices;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Health;

/// <summary>
/// A connection to the application on this host's loopback, IPv4 first, then IPv6, with a time limit over all of it.
/// </summary>
internal sealed unsafe class Probe : IDisposable
{
    private readonly int _fd;
    private readonly Deadline _limit;

    private Probe(int fd, Deadline limit) => (_fd, _limit) = (fd, limit);

    /// <returns>null when nobody listens; <paramref name="why"/> says so.</returns>
    public static Probe? Connect(int port, Deadline limit, out string why)
    {
        why = "";
        foreach (var v6 in (bool[])[false, true])
        {
            if (TryConnect(v6, port, limit, out var fd, out var error))
            {
                return new Probe(fd, limit);
            }

            // Without IPv6 in the kernel the IPv4 answer is the one that matters.
            if (!v6 || error is not (Native.EAfNoSupport or Native.EAddrNotAvail))
            {
                why = error == Native.ETimedOut ? "no answer in time" : Marshal.GetPInvokeErrorMessage(error);
            }
        }

        return null;
    }

    /// <summary>False when the limit came first or the connection broke.</summary>
    public bool Send(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint done = 0;
            while (done < bytes.Length)
            {
                if (!Await(_fd, Native.PollOut, _limit))
                {
                    return false;
                }

                var count = Native.Send(_fd, start + done, bytes.Length - done, Native.MsgNoSignal);
                if (count < 0 && Posix.LastError is not (Native.EAgain or Libc.EIntr))
                {
                    return false;
                }

                done += Math.Max(count, 0);
            }
        }

        return true;
    }

    /// <returns>bytes read; 0 at the end, at the limit, or when the connection broke.</returns>
    public int Receive(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            while (Await(_fd, Native.PollIn, _limit))
            {
                var count = Native.Receive(_fd, start, buffer.Length, 0);
                if (count >= 0 || Posix.LastError is not (Native.EAgain or Libc.EIntr))
                {
                    return (int)Math.Max(count, 0);
                }
            }
        }

        return 0;
    }

    public void Dispose() => _ = Libc.Close(_fd);

    private static bool TryConnect(bool v6, int port, Deadline limit, out int fd, out int error)
    {
        fd = Native.TcpSocket(v6);
        error = fd < 0 ? Posix.LastError : 0;
        if (fd < 0)
        {
            return false;
        }

        Span<byte> address = stackalloc byte[SocketAddress.Longest];
        var length = SocketAddress.Write(address, v6, loopback: true, port);
        fixed (byte* start = address)
        {
            if (Native.Connect(fd, start, (uint)length) < 0)
            {
                error = Posix.LastError;
            }
        }

        if (error == Native.EInProgress)
        {
            error = Await(fd, Native.PollOut, limit) ? PendingError(fd) : Native.ETimedOut;
        }

        if (error != 0)
        {
            _ = Libc.Close(fd);
        }

        return error == 0;
    }

    private static int PendingError(int fd)
    {
        int error;
        uint length = sizeof(int);
        return Native.GetSockOpt(fd, Native.SolSocket, Native.SoError, &error, &length) < 0 ? Posix.LastError : error;
    }

    private static bool Await(int fd, short events, Deadline limit)
    {
        while (!limit.IsOver)
        {
            var item = new Native.PollFd { Fd = fd, Events = events };
            var count = Native.Poll(&item, 1, (int)Math.Max(1, limit.Left));
            if (count > 0)
            {
                return true;
            }
        }

        return false;
    }
}
