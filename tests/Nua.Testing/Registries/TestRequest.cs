namespace Nua.Testing.Registries;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">Names in lower case.</param>
public sealed record TestRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers)
{
    public byte[] Body { get; init; } = [];

    /// <summary>The body did not come whole.</summary>
    public bool IsCut { get; init; }

    public string Path => Target.Split('?')[0];

    public string? this[string header] => Headers.GetValueOrDefault(header);

    public string? Query(string name) => Target.Split('?', 2) is [_, var query]
        ? query.Split('&').Select(part => part.Split('=', 2)).Where(part => part[0] == name)
            .Select(part => Uri.UnescapeDataString(part.ElementAtOrDefault(1) ?? "")).FirstOrDefault()
        : null;

    public override string ToString() => $"{Method} {Target}";
}
