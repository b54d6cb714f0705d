using System.Globalization;

namespace Nua.Agent.Web;

/// <summary>The date of HTTP headers, <c>Sun, 06 Nov 1994 08:49:37 GMT</c>.</summary>
internal static class HttpDate
{
    public static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss 'GMT'", CultureInfo.InvariantCulture);

    /// <param name="seconds">Since 1970.</param>
    public static string Text(long seconds) =>
        Text(DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, 253402300799)));
}
