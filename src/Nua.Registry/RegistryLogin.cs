using Nua.Foundation;
using Nua.Registry.Credentials;
using Nua.Registry.Http;
using Nua.Registry.Settings;

namespace Nua.Registry;

/// <summary>Finds out whether a registry knows somebody, before anything is written down.</summary>
public static class RegistryLogin
{
    /// <returns>Whether the registry asked for credentials at all.</returns>
    /// <exception cref="ProblemException">NUA3608: it does not accept them; see <see cref="RegistryClient"/>.</exception>
    public static async Task<bool> TryAsync(NetworkOptions options, string host, Credential credential, CancellationToken cancellation)
    {
        using var registry = new RegistryHost(host, options with { Credentials = new GivenCredentials(host, credential) });
        return await registry.LogInAsync(cancellation);
    }
}
