using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent;

/// <summary>
/// Standard output and error, unbuffered. .NET's console would bring encodings, a terminal driver and signal handlers.
/// </summary>
internal static unsafe class Output
{
    /// <summary>A result line on standard output.</summary>
    public static void Line(string text) => Write(1, text + "\n");

    /// <summary>A line for people on standard error. Text from elsewhere must have been escaped.</summary>
    public static void Note(string text) => Write(2, "nua: " + text + "\n");

    public static void Problem(ProblemException problem)
    {
        foreach (var one in problem.Problems)
        {
            Write(2, "nua: " + one + "\n");
        }
    }

    /// <summary>Writes everything, or gives up silently: nobody reads any more.</summary>
    public static void Write(int fd, string text) => Write(fd, RawName.ToBytes(text));

    public static void Write(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            nint done = 0;
            while (done < bytes.Length)
            {
                var count = Libc.Write(fd, start + done, bytes.Length - done);
                if (count > 0)
                {
                    done += count;
                }
                else if (Posix.LastError != Libc.EIntr)
                {
                    return;
                }
            }
        }
    }
}
