using System.Globalization;
using Nua.Agent.Config;
using Nua.Agent.Linux;
using Nua.Agent.Settings;

namespace Nua.Agent.Health;

/// <summary>
/// <c>request BASE64</c>: sends a whole HTTP request to the application on loopback and prints the whole answer. So an operator can look into an application
/// whose ports are published nowhere, or whose gate is closed.
/// </summary>
internal static class RequestProgram
{
    private const int _largestAnswer = 4 << 20;
    private const int _seconds = 30;

    /// <returns>0 with an answer, 69 without one, 64 when the request is not base64.</returns>
    public static int Run(Paths paths, Variables inherited, string request)
    {
        var bytes = new byte[request.Length];
        if (!Convert.TryFromBase64String(request, bytes, out var length))
        {
            throw Refusal.Usage("the request is not base64");
        }

        var port = int.TryParse(inherited["PORT"], NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : RuntimeConfigReader.Read(paths.Config).Port ?? 0;
        using var probe = Probe.Connect(port, Deadline.After(_seconds * 1000), out var why);
        if (probe is null || !probe.Send(bytes.AsSpan(0, length)))
        {
            Output.Note($"no answer on port {port}: {(probe is null ? why : "it closed the connection")}");
            return ExitCode.Unavailable;
        }

        var buffer = new byte[64 * 1024];
        var total = 0;
        int count;
        while (total < _largestAnswer && (count = probe.Receive(buffer)) > 0)
        {
            Output.Write(1, buffer.AsSpan(0, count));
            total += count;
        }

        return total > 0 ? ExitCode.Done : ExitCode.Unavailable;
    }
}
