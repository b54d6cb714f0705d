using System.Collections.Concurrent;
using Nua.Registry.Settings;

namespace Nua.Registry.Http;

/// <summary>
/// Sends single requests to a registry and to the hosts it names. Follows no redirect, keeps no cookie, knows no
/// credentials: whoever calls puts on what belongs to that host.
/// </summary>
internal sealed class HostConnections(string host, NetworkOptions options) : IDisposable
{
    private const int MaxHeadersKilobytes = 64;

    private readonly Connector _connector = new();
    private readonly ConcurrentDictionary<Origin, Lazy<(HttpMessageInvoker Invoker, TlsRules Tls)>> _invokers = [];

    /// <exception cref="Nua.Foundation.ProblemException">NUA3601, NUA3602, NUA3603, NUA3604: no connection to be had that may be used.</exception>
    /// <exception cref="IOException">the connection broke, or nothing came.</exception>
    public async Task<Answer> SendAsync(HttpRequestMessage request, Inactivity? upload, CancellationToken cancellation)
    {
        var uri = request.RequestUri!;
        var (invoker, tls) = _invokers.GetOrAdd(Origin.Of(uri), Open).Value;
        using var own = upload is null ? new Inactivity(options.Inactivity, 0, cancellation) : null;
        try
        {
            var response = await invoker.SendAsync(request, (own ?? upload)!.Token);
            return new Answer(response, uri, options);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("no answer came in time");
        }
        catch (HttpRequestException error)
        {
            throw Explain(error, uri, tls);
        }
    }

    public void Dispose()
    {
        foreach (var invoker in _invokers.Values)
        {
            invoker.Value.Invoker.Dispose();
        }
    }

    private Lazy<(HttpMessageInvoker Invoker, TlsRules Tls)> Open(Origin origin) => new(() =>
    {
        var isOwn = origin.Authority == host || $"{origin.Host}:{origin.Port}" == host;
        var tls = new TlsRules(isOwn ? host : origin.Authority, options);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = options.Proxy is not null,
            Proxy = options.Proxy,
            // Documents and tokens may not come as something else; blobs have digests.
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ConnectTimeout = options.Inactivity,
            Expect100ContinueTimeout = TimeSpan.FromSeconds(1),
            MaxResponseHeadersLength = MaxHeadersKilobytes,
            MaxResponseDrainSize = 64 << 10,
            ResponseDrainTimeout = TimeSpan.FromSeconds(1),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            SslOptions = tls.Options(),
            ConnectCallback = isOwn ? _connector.ConnectOwnAsync : _connector.ConnectForeignAsync,
            ActivityHeadersPropagator = null,
        };
        return (new HttpMessageInvoker(handler, disposeHandler: true), tls);
    });

    private static Exception Explain(HttpRequestException error, Uri uri, TlsRules tls)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is ForbiddenAddressException)
            {
                return RegistryProblem.ForbiddenAddress(uri, inner.Message);
            }
        }

        return error.HttpRequestError switch
        {
            HttpRequestError.SecureConnectionError when tls.Refusal is { } refusal => RegistryProblem.BadCertificate(uri, refusal),
            HttpRequestError.SecureConnectionError => RegistryProblem.NoTls(uri, error),
            HttpRequestError.ConfigurationLimitExceeded => RegistryProblem.TooManyHeaders(uri, MaxHeadersKilobytes),
            HttpRequestError.NameResolutionError => new ConnectException($"the host '{uri.Host}' is not known", error),
            HttpRequestError.ConnectionError or HttpRequestError.ProxyTunnelError =>
                new ConnectException(Innermost(error).Message, error),
            _ => new IOException(Innermost(error).Message, error),
        };
    }

    private static Exception Innermost(Exception error) => error.InnerException is { } inner ? Innermost(inner) : error;
}

/// <summary>No connection came up: nobody listens, or nobody is there.</summary>
internal sealed class ConnectException(string message, Exception inner) : IOException(message, inner);
