namespace Nua.Registry.Http;

/// <summary>One request to a registry.</summary>
/// <param name="Target">A path below <c>/v2/</c>, or a whole address that the registry gave.</param>
/// <param name="Scope">What a token must allow: <c>repository:NAME:pull</c>, several separated by a space; empty for none.</param>
internal sealed record RegistryRequest(HttpMethod Method, string Target, string Scope)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    /// <summary>Makes the body anew for each time the request is sent.</summary>
    public Func<HttpContent>? Content { get; init; }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Set for long bodies: what moves keeps it alive, and a broken one is the caller's to go on with.</summary>
    public Inactivity? Upload { get; init; }

    /// <summary>Wait for the registry's word before sending the body.</summary>
    public bool ExpectContinue { get; init; }

    /// <summary>What it is about, for messages: <c>the manifest 1.0</c>.</summary>
    public string Subject { get; init; } = "the registry";

    /// <summary>Statuses that are an answer rather than a failure, besides successes.</summary>
    public IReadOnlyList<System.Net.HttpStatusCode> Expected { get; init; } = [];
}
