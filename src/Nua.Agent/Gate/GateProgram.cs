using System.Globalization;
using System.Runtime.InteropServices;
using Nua.Agent.Linux;
using Nua.Agent.Web;
using Nua.Foundation.Linux;

namespace Nua.Agent.Gate;

/// <summary>
/// <c>gate OPEN-FILE LISTEN:TARGET[:SECOND]…</c>: passes connections on from one port to another of the same network namespace while OPEN-FILE
/// exists, and answers HTTP with a maintenance page while it does not. While a file <c>second</c> lies beside OPEN-FILE they go to SECOND: an application that
/// has taken over from the one on TARGET without a pause. The gate outlives the application, so that a client that comes during an
/// upgrade is told to wait instead of being refused.
/// </summary>
internal static unsafe class GateProgram
{
    /// <returns>0 once asked to stop.</returns>
    public static int Run(string openFile, IReadOnlyList<string> ports)
    {
        Signals.BlockInAllThreads();
        using var epoll = new Epoll();
        using var server = new GateServer(epoll, openFile, [.. ports.Select(Listen)]);
        server.Run();
        return ExitCode.Done;
    }

    private static GateListener Listen(string text)
    {
        var parts = text.Split(':');
        return parts.Length is 2 or 3 && Port(parts[0]) is { } listen && Port(parts[1]) is { } target && Port(parts[^1]) is { } second
            ? new GateListener(WebProgram.Listen(listen), target, second)
            : throw Refusal.Usage($"'{Foundation.Printable.Escape(text, 60)}' is not LISTEN:TARGET or LISTEN:TARGET:SECOND, of ports");
    }

    private static int? Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0 ? port : null;
}

/// <param name="Socket">Listening and non-blocking.</param>
/// <param name="Target">Port of 127.0.0.1 that connections go on to.</param>
/// <param name="Second">The one they go to instead, while that is asked for.</param>
internal sealed record GateListener(int Socket, int Target, int Second);
