namespace Nua.Config;

/// <summary>
/// Section <c>[verify]</c>: how to put recognisable data into the application, and how to see that it is still there. Texts may name what was captured, and
/// <c>{seed}</c>, the number of the seeding.
/// </summary>
public sealed record VerifyConfig
{
    /// <summary>Seconds for one run of all requests or of the command; null is 60.</summary>
    public int? Timeout { get; init; }

    /// <summary>Requests that put data in, in order.</summary>
    public IReadOnlyList<VerifyRequest> Seed { get; init; } = [];

    /// <summary>Requests that look whether it is there.</summary>
    public IReadOnlyList<VerifyRequest> Check { get; init; } = [];

    /// <summary>Shell command run in the live container instead of, or after, the requests.</summary>
    public string? SeedCommand { get; init; }

    public string? CheckCommand { get; init; }
}

/// <summary>One HTTP request to the application and what its answer must be.</summary>
public sealed record VerifyRequest(string Path)
{
    public string Method { get; init; } = "GET";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public string? Body { get; init; }

    /// <summary>Null accepts 200 to 399.</summary>
    public int? Status { get; init; }

    /// <summary>Texts that the body must have.</summary>
    public IReadOnlyList<string> Contains { get; init; } = [];

    /// <summary>Texts that the body must not have.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>Names for what later requests need: <c>json:/a/0/id</c>, <c>header:Location</c> or <c>body</c>.</summary>
    public IReadOnlyDictionary<string, string> Capture { get; init; } = new Dictionary<string, string>();
}
