using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Gate;

/// <summary>Bytes on their way from one socket to another. What the receiver does not take yet is held, and nothing more is read until it has:
/// the sender is slowed down by the kernel, and memory stays bounded.</summary>
internal sealed unsafe class Flow(int from, int to)
{
    private byte[]? _held;
    private int _heldFrom;

    /// <summary>The sender has said that it is done.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Something waits for the receiver.</summary>
    public bool IsHeld => _held is not null;

    /// <summary>Everything has arrived, and the receiver has been told that nothing more comes.</summary>
    public bool IsFinished { get; private set; }

    /// <summary>Moves what can be moved now.</summary>
    /// <returns>false when one of the two is gone.</returns>
    public bool Move(byte[] buffer)
    {
        while (!IsFinished)
        {
            if (!SendHeld())
            {
                return false;
            }

            if (IsHeld)
            {
                return true;
            }

            if (IsEnded)
            {
                _ = Native.Shutdown(to, Native.ShutWrite);
                IsFinished = true;
                return true;
            }

            fixed (byte* start = buffer)
            {
                var count = Native.Receive(from, start, buffer.Length, 0);
                if (count < 0)
                {
                    return Posix.LastError is Native.EAgain or Libc.EIntr;
                }

                IsEnded = count == 0;
                if (!Send(start, count, buffer))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Send(byte* start, nint count, byte[] buffer)
    {
        nint done = 0;
        while (done < count)
        {
            var sent = Native.Send(to, start + done, count - done, Native.MsgNoSignal);
            if (sent < 0)
            {
                if (Posix.LastError != Native.EAgain)
                {
                    return false;
                }

                (_held, _heldFrom) = (buffer.AsSpan((int)done, (int)(count - done)).ToArray(), 0);
                return true;
            }

            done += sent;
        }

        return true;
    }

    private bool SendHeld()
    {
        while (_held is { } held)
        {
            fixed (byte* start = held)
            {
                var sent = Native.Send(to, start + _heldFrom, held.Length - _heldFrom, Native.MsgNoSignal);
                if (sent < 0)
                {
                    return Posix.LastError == Native.EAgain;
                }

                _heldFrom += (int)sent;
            }

            if (_heldFrom == held.Length)
            {
                _held = null;
            }
        }

        return true;
    }
}
