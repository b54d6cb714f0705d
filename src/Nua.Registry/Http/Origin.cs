using System.Net;

namespace Nua.Registry.Http;

/// <summary>Scheme, host and port: what credentials are bound to.</summary>
internal readonly record struct Origin(string Scheme, string Host, int Port)
{
    public static Origin Of(Uri uri) => new(uri.Scheme, uri.IdnHost.ToLowerInvariant(), uri.Port);

    /// <summary>This machine, by the text alone: <c>localhost</c> or a loopback address.</summary>
    public static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    public static bool IsHttp(Uri uri) => uri.Scheme == Uri.UriSchemeHttp;

    /// <summary>As <c>HOST[:PORT]</c>, the port only where it is not the scheme's.</summary>
    public string Authority => (Scheme, Port) is ("https", 443) or ("http", 80) ? Host : $"{Host}:{Port}";
}
