using Nua.Foundation;

namespace Nua.Engine;

/// <summary>A port of the host that leads to a port of the container.</summary>
/// <param name="Address">Address of the host; loopback unless said.</param>
/// <param name="Container">Null: the image's <c>PORT</c>.</param>
public sealed record PublishedPort(System.Net.IPAddress Address, int Host, int? Container)
{
    /// <summary>The form that <see cref="Parse"/> reads, with nothing left to guess; an empty last part is the image's port.</summary>
    public string Text => $"{Address}:{Host}:{Container}";

    /// <summary><c>HOST</c>, <c>HOST:CONTAINER</c> or <c>ADDRESS:HOST:CONTAINER</c>.</summary>
    /// <exception cref="ProblemException">NUA5001; exit code 2.</exception>
    public static PublishedPort Parse(string text)
    {
        var parts = text.Split(':');
        var address = System.Net.IPAddress.Loopback;
        if (parts.Length == 1 && TryPort(parts[0], out var only))
        {
            return new PublishedPort(address, only, null);
        }

        if (parts.Length is 2 or 3
            && TryPort(parts[^2], out var host)
            && (TryPort(parts[^1], out var container) || (parts.Length == 3 && parts[2].Length == 0))
            && (parts.Length == 2 || System.Net.IPAddress.TryParse(parts[0], out address)))
        {
            return new PublishedPort(address!, host, container == 0 ? null : container);
        }

        throw new ProblemException(new Problem("NUA5001", $"'{Printable.Escape(text, 60)}' is not a port to publish")
        {
            Remedy = "write HOST, HOST:CONTAINER or ADDRESS:HOST:CONTAINER, ports from 1 to 65535",
        })
        { ExitCode = 2 };
    }

    private static bool TryPort(string text, out int port) => int.TryParse(text, out port) && port is > 0 and < 65536;
}
