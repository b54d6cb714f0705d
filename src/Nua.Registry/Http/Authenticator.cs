using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Nua.Foundation;
using Nua.Registry.Credentials;
using Nua.Registry.Settings;

namespace Nua.Registry.Http;

/// <summary>
/// Answers a registry's challenges. The registry's credentials go to its own host, or to a realm that the user named for
/// it; a realm elsewhere is asked without them.
/// </summary>
internal sealed class Authenticator(string host, NetworkOptions options, HostConnections connections) : IDisposable
{
    private const int MaxTokenAnswer = 1 << 20;
    private const int MaxToken = 48 << 10;

    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<string, AuthenticationHeaderValue> _known = new(StringComparer.Ordinal);
    private Task<Credential?>? _credential;

    /// <summary>The realm that was not given our credentials; null when there was none.</summary>
    public string? WithheldFrom { get; private set; }

    /// <summary>Whether the registry was shown who we are.</summary>
    public bool HasShownCredentials { get; private set; }

    public AuthenticationHeaderValue? Known(string scope)
    {
        lock (_known)
        {
            return _known.GetValueOrDefault(scope);
        }
    }

    /// <summary>Gets another authorization than <paramref name="refused"/>.</summary>
    /// <returns>False when there is nothing that could help.</returns>
    /// <exception cref="ProblemException">NUA3614 to NUA3617: the realm may not be asked, or gives no token.</exception>
    /// <exception cref="IOException">the realm could not be reached.</exception>
    public async Task<bool> RenewAsync(
        Uri home, IReadOnlyList<Challenge> challenges, string scope, AuthenticationHeaderValue? refused, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            // Somebody else has been here while we waited.
            if (Known(scope) is { } known && known != refused)
            {
                return true;
            }

            var found = challenges.FirstOrDefault(challenge => challenge.Scheme == "bearer") is { } bearer
                ? await TokenAsync(home, bearer, scope, cancellation)
                : challenges.Any(challenge => challenge.Scheme == "basic") ? await BasicAsync(cancellation) : null;
            if (found is null || found.Equals(refused))
            {
                return false;
            }

            lock (_known)
            {
                _known[scope] = found;
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private Task<Credential?> CredentialAsync(CancellationToken cancellation) =>
        _credential ??= options.Credentials.FindAsync(host, cancellation);

    private async Task<AuthenticationHeaderValue?> BasicAsync(CancellationToken cancellation)
    {
        if (await CredentialAsync(cancellation) is not { IsRefreshToken: false } credential)
        {
            return null;
        }

        HasShownCredentials = true;
        return Basic(credential);
    }

    private static AuthenticationHeaderValue Basic(Credential credential) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.User}:{credential.Secret}")));

    private async Task<AuthenticationHeaderValue?> TokenAsync(
        Uri home, Challenge challenge, string scope, CancellationToken cancellation)
    {
        var realm = CheckedRealm(home, challenge["realm"]);
        var credential = await CredentialAsync(cancellation);
        if (credential is not null && !MayHaveCredentials(realm))
        {
            WithheldFrom = Origin.Of(realm).Authority;
            credential = null;
        }

        var scopes = scope.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Union((challenge["scope"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(8), StringComparer.Ordinal).ToList();
        using var request = credential is { IsRefreshToken: true }
            ? RefreshRequest(realm, credential, challenge["service"], scopes)
            : TokenRequest(realm, credential, challenge["service"], scopes);
        HasShownCredentials |= credential is not null;
        using var answer = await connections.SendAsync(request, null, cancellation);
        if ((int)answer.Status is >= 300 and < 400)
        {
            throw RegistryProblem.BadRealm(host, realm, "it redirects, and credentials are not carried on");
        }

        if (answer.IsTemporary)
        {
            throw new IOException($"its token service {Printable.Escape(realm.Host, 120)} answers {(int)answer.Status}");
        }

        return answer.IsSuccess
            ? new AuthenticationHeaderValue("Bearer", Token(await ReadAsync(answer, realm, cancellation), realm))
            : (int)answer.Status is 400 or 401 or 403 or 404 ? null
            : throw RegistryProblem.BadToken(host, realm, $"it answers {(int)answer.Status} {await answer.ErrorTextAsync(cancellation)}");
    }

    private async Task<byte[]> ReadAsync(Answer answer, Uri realm, CancellationToken cancellation)
    {
        try
        {
            return await answer.ReadAsync(MaxTokenAnswer, cancellation);
        }
        catch (TooLongException error)
        {
            throw RegistryProblem.BadToken(host, realm, error.Message);
        }
    }

    /// <exception cref="ProblemException">NUA3614: not an address that may be asked.</exception>
    private Uri CheckedRealm(Uri home, string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var realm) || realm.UserInfo.Length > 0)
        {
            throw RegistryProblem.BadRealm(host, null, $"'{Printable.Escape(text ?? "", 200)}' is not an address");
        }

        if (realm.Scheme == Uri.UriSchemeHttps)
        {
            return realm;
        }

        var authority = Origin.Of(realm).Authority;
        var mayBePlain = Origin.IsHttp(realm) && Origin.IsHttp(home)
            && (authority == Origin.Of(home).Authority || options.For(authority).PlainHttp || Origin.IsLoopback(realm.Host));
        return mayBePlain ? realm : throw RegistryProblem.BadRealm(host, realm, "it is not https");
    }

    /// <summary>The same machine under whatever port, as registries beside a forge have it, or one the user named.</summary>
    private bool MayHaveCredentials(Uri realm)
    {
        var origin = Origin.Of(realm);
        return origin.Host == Origin.Of(new Uri("https://" + host)).Host
            || options.For(host).TokenRealms.Any(allowed => allowed == origin.Host || allowed == $"{origin.Host}:{origin.Port}");
    }

    private static HttpRequestMessage TokenRequest(Uri realm, Credential? credential, string? service, IEnumerable<string> scopes)
    {
        var query = scopes.Select(scope => "scope=" + Uri.EscapeDataString(scope));
        query = service is null ? query : query.Prepend("service=" + Uri.EscapeDataString(service));
        var uri = new UriBuilder(realm) { Fragment = "" };
        uri.Query = string.Join('&', query.Prepend(uri.Query.TrimStart('?')).Where(part => part.Length > 0));
        var request = new HttpRequestMessage(HttpMethod.Get, uri.Uri);
        request.Headers.Authorization = credential is null ? null : Basic(credential);
        return request;
    }

    /// <summary>OAuth2 as the distribution project describes it: a POST, so that the token is in no log of addresses.</summary>
    private static HttpRequestMessage RefreshRequest(Uri realm, Credential credential, string? service, IEnumerable<string> scopes) =>
        new(HttpMethod.Post, realm)
        {
            Content = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token",
                ["client_id"] = "nua",
                ["service"] = service ?? "",
                ["scope"] = string.Join(' ', scopes),
                ["refresh_token"] = credential.Secret,
            }),
        };

    private string Token(byte[] body, Uri realm)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            foreach (var name in new[] { "token", "access_token" })
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                    && value.GetString() is { Length: > 0 and <= MaxToken } token && token.All(c => c is > ' ' and < '\x7f'))
                {
                    return token;
                }
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw RegistryProblem.BadToken(host, realm, "its answer is not JSON");
        }

        throw RegistryProblem.BadToken(host, realm, "there is no usable token in its answer");
    }
}
