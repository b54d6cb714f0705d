using System.Net;

namespace Nua.Registry.Settings;

/// <summary>
/// <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c> and <c>NO_PROXY</c> as curl and Go read them. This machine is never reached
/// through a proxy.
/// </summary>
public sealed class ProxyRules : IWebProxy
{
    private readonly Uri? _https;
    private readonly Uri? _http;
    private readonly IReadOnlyList<string> _except;

    private ProxyRules(Uri? https, Uri? http, IReadOnlyList<string> except)
    {
        _https = https;
        _http = http;
        _except = except;
        var user = (https ?? http)!.UserInfo.Split(':', 2);
        Credentials = user[0].Length == 0
            ? null
            : new NetworkCredential(Uri.UnescapeDataString(user[0]), Uri.UnescapeDataString(user.ElementAtOrDefault(1) ?? ""));
    }

    /// <summary>For the proxy, from its address.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>Null when the environment names no proxy.</summary>
    public static ProxyRules? From(Func<string, string?> environment)
    {
        var https = Address(environment, "https_proxy") ?? Address(environment, "all_proxy");
        var http = Address(environment, "http_proxy") ?? Address(environment, "all_proxy");
        var except = Value(environment, "no_proxy") ?? "";
        return https is null && http is null
            ? null
            : new ProxyRules(https, http, except.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    public Uri? GetProxy(Uri destination) => destination.Scheme == Uri.UriSchemeHttps ? _https : _http;

    public bool IsBypassed(Uri host)
    {
        var name = host.IdnHost;
        var address = IPAddress.TryParse(name.Trim('[', ']'), out var parsed) ? parsed : null;
        return GetProxy(host) is null || name == "localhost" || (address is not null && IPAddress.IsLoopback(address))
            || _except.Any(entry => Matches(entry, name, host.Port, address));
    }

    private static bool Matches(string entry, string name, int port, IPAddress? address)
    {
        if (entry == "*")
        {
            return true;
        }

        if (IPNetwork.TryParse(entry, out var network))
        {
            return address is not null && network.Contains(address);
        }

        if (IPAddress.TryParse(entry, out var single))
        {
            return single.Equals(address);
        }

        var colon = entry.LastIndexOf(':');
        if (colon > 0 && int.TryParse(entry.AsSpan(colon + 1), out var only))
        {
            if (only != port)
            {
                return false;
            }

            entry = entry[..colon];
        }

        var domain = entry.TrimStart('*').TrimStart('.');
        return (name.Equals(domain, StringComparison.OrdinalIgnoreCase) && !entry.StartsWith('.'))
            || name.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
    }

    private static Uri? Address(Func<string, string?> environment, string name)
    {
        var text = Value(environment, name);
        return text is null ? null
            : Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text, UriKind.Absolute, out var uri) ? uri : null;
    }

    private static string? Value(Func<string, string?> environment, string name) =>
        environment(name) is { Length: > 0 } lower ? lower : environment(name.ToUpperInvariant()) is { Length: > 0 } upper ? upper : null;
}
