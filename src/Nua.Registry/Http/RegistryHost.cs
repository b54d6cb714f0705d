using System.Net;
using System.Net.Http.Headers;
using Nua.Registry.Settings;

namespace Nua.Registry.Http;

/// <summary>
/// One registry: finds out how it speaks, gets what it wants to know about us, tries again what may work later, and
/// follows where it points, with credentials for nobody but itself.
/// </summary>
internal sealed class RegistryHost : IDisposable
{
    private const int MaxRedirects = 5;

    private readonly NetworkOptions _options;
    private readonly HostConnections _connections;
    private readonly Authenticator _authenticator;
    private readonly SemaphoreSlim _gate = new(1);
    private Uri? _base;

    /// <param name="host"><c>HOST[:PORT]</c>.</param>
    public RegistryHost(string host, NetworkOptions options)
    {
        Host = host;
        _options = options;
        _connections = new HostConnections(host, options);
        _authenticator = new Authenticator(host, options, _connections);
    }

    public string Host { get; }

    /// <summary>Sends, and gives back a success or one of the expected statuses; whatever else it is becomes a problem.</summary>
    /// <exception cref="Nua.Foundation.ProblemException">see <see cref="RegistryProblem"/>.</exception>
    /// <exception cref="IOException">only for an upload, whose every status is an answer, too: the connection broke.</exception>
    public async Task<Answer> SendAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var patience = new Patience(_options);
        while (true)
        {
            Answer? answer = null;
            string why;
            try
            {
                answer = await SendOnceAsync(request, cancellation);
                if (answer.IsSuccess || request.Upload is not null || request.Expected.Contains(answer.Status))
                {
                    ShowWarnings(answer);
                    return answer;
                }

                if (!answer.IsTemporary)
                {
                    throw await ProblemAsync(answer, request, cancellation);
                }

                why = $"it answers {(int)answer.Status} {await answer.ErrorTextAsync(cancellation)}".TrimEnd();
            }
            catch (IOException error) when (request.Upload is null)
            {
                why = error.Message;
                if (error is ConnectException && patience.HasFailed)
                {
                    throw RegistryProblem.CannotConnect(Host, request.Subject, why);
                }
            }
            catch
            {
                answer?.Dispose();
                throw;
            }

            var retryAfter = answer?.RetryAfter;
            answer?.Dispose();
            if (!await patience.WaitAsync(retryAfter, cancellation))
            {
                throw RegistryProblem.TryLater(Host, request.Subject, why, retryAfter);
            }
        }
    }

    /// <summary>Shows the registry who we are.</summary>
    /// <returns>Whether it wanted to know.</returns>
    public async Task<bool> LogInAsync(CancellationToken cancellation)
    {
        using var answer = await SendAsync(new RegistryRequest(HttpMethod.Get, "", "") { Subject = "logging in" }, cancellation);
        return _authenticator.HasShownCredentials ? true
            : _authenticator.WithheldFrom is null ? false
            : throw RegistryProblem.NotAllowed(Host, "logging in", "", _authenticator);
    }

    /// <summary>What an answer that is none stands for.</summary>
    public Task<Foundation.ProblemException> ProblemAsync(Answer answer, RegistryRequest request, CancellationToken cancellation) =>
        RegistryProblem.OfAsync(answer, request, _authenticator, cancellation);

    public void Dispose()
    {
        _connections.Dispose();
        _authenticator.Dispose();
        _gate.Dispose();
    }

    private async Task<Answer> SendOnceAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var home = _base ?? await FindBaseAsync(cancellation);
        var uri = new Uri(home, request.Target);
        for (var redirects = 0; ; redirects++)
        {
            Check(home, uri);
            var answer = await SendAuthorizedAsync(home, uri, request, cancellation);
            var isRedirect = answer.Status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
                or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRedirect || (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head))
            {
                return answer;
            }

            using (answer)
            {
                uri = redirects < MaxRedirects && answer.Header("Location") is { } location && Uri.TryCreate(uri, location, out var next)
                    ? next
                    : throw RegistryProblem.BadRedirect(uri, redirects < MaxRedirects ? "it does not say where to" : $"that is the {redirects}th");
            }
        }
    }

    private async Task<Answer> SendAuthorizedAsync(Uri home, Uri uri, RegistryRequest request, CancellationToken cancellation)
    {
        var isHome = Origin.Of(uri) == Origin.Of(home);
        for (var tries = 0; ; tries++)
        {
            var authorization = isHome ? _authenticator.Known(request.Scope) : null;
            var answer = await SendPlainAsync(uri, request, authorization, cancellation);
            if (answer.Status != HttpStatusCode.Unauthorized || !isHome || tries == 2)
            {
                return answer;
            }

            var challenges = Challenge.Parse(answer.Headers("WWW-Authenticate"));
            if (!await _authenticator.RenewAsync(home, challenges, request.Scope, authorization, cancellation))
            {
                return answer;
            }

            answer.Dispose();
        }
    }

    private async Task<Answer> SendPlainAsync(
        Uri uri, RegistryRequest request, AuthenticationHeaderValue? authorization, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Method, uri) { Content = request.Content?.Invoke() };
        message.Headers.Authorization = authorization;
        message.Headers.TryAddWithoutValidation("User-Agent", "nua");
        message.Headers.ExpectContinue = request.ExpectContinue ? true : null;
        foreach (var type in request.Accept)
        {
            message.Headers.TryAddWithoutValidation("Accept", type);
        }

        foreach (var (name, value) in request.Headers)
        {
            // Content-Range is a header of the content, as .NET sees it.
            _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content!.Headers.TryAddWithoutValidation(name, value);
        }

        return await _connections.SendAsync(message, request.Upload, cancellation);
    }

    /// <summary>Never from TLS to plain text, and in plain text only to hosts that may be spoken to so.</summary>
    private void Check(Uri home, Uri uri)
    {
        if (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp)
        {
            throw RegistryProblem.BadRedirect(uri, "it is neither https nor http");
        }

        if (Origin.IsHttp(uri) && Origin.Of(uri) != Origin.Of(home)
            && (!Origin.IsHttp(home) || !MayBePlain(Origin.Of(uri).Authority)))
        {
            throw RegistryProblem.BadRedirect(uri, "it leads to plain http, where everybody on the way can read and change what passes");
        }
    }

    private bool MayBePlain(string authority) => _options.For(authority).PlainHttp || Origin.IsLoopback(new Uri("http://" + authority).Host);

    /// <summary>TLS, unless the user said otherwise or the registry is on this machine and speaks plain http.</summary>
    private async Task<Uri> FindBaseAsync(CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var plain = new Uri($"http://{Host}/v2/");
            var isPlain = _options.For(Host).PlainHttp || (Origin.IsLoopback(plain.Host) && await SpeaksPlainAsync(plain, cancellation));
            return _base ??= isPlain ? plain : new Uri($"https://{Host}/v2/");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Asked without credentials. A server that wants TLS answers 400, or nothing that is HTTP.</summary>
    private async Task<bool> SpeaksPlainAsync(Uri plain, CancellationToken cancellation)
    {
        try
        {
            using var answer = await SendPlainAsync(plain, new RegistryRequest(HttpMethod.Get, "", ""), null, cancellation);
            return answer.Status != HttpStatusCode.BadRequest;
        }
        catch (IOException error) when (error is not ConnectException)
        {
            return false;
        }
    }

    private void ShowWarnings(Answer answer)
    {
        foreach (var warning in answer.Headers("Warning").Take(4).Where(text => text.StartsWith("299 ", StringComparison.Ordinal)))
        {
            _options.Tell(RegistryProblem.Warning(Host, warning));
        }
    }
}
