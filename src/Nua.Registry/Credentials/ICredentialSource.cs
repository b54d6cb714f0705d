namespace Nua.Registry.Credentials;

/// <summary>Who we are at a registry. Implemented by Docker's configuration file, by credentials at hand, and by nothing.</summary>
public interface ICredentialSource
{
    /// <summary>Null when there are none for it.</summary>
    /// <param name="host"><c>HOST[:PORT]</c> as references write it.</param>
    Task<Credential?> FindAsync(string host, CancellationToken cancellation);
}

/// <summary>A user and a secret, or a token that stands for both. Never printed.</summary>
public sealed record Credential(string User, string Secret)
{
    /// <summary>The secret is a refresh token of OAuth2 rather than a password.</summary>
    public bool IsRefreshToken { get; init; }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"credentials of '{User}'";
}

public sealed class NoCredentials : ICredentialSource
{
    public static readonly NoCredentials Instance = new();

    public Task<Credential?> FindAsync(string host, CancellationToken cancellation) => Task.FromResult<Credential?>(null);
}

/// <summary>One credential for one host.</summary>
public sealed class GivenCredentials(string owner, Credential credential) : ICredentialSource
{
    public Task<Credential?> FindAsync(string host, CancellationToken cancellation) =>
        Task.FromResult(host == owner ? credential : null);
}
