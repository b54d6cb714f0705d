namespace Nua.Registry.Settings;

/// <summary>What the user said about one registry.</summary>
public sealed record HostSettings
{
    public static readonly HostSettings Default = new();

    /// <summary>Speak plain HTTP to it. Everybody on the way can then read and change what passes, credentials included.</summary>
    public bool PlainHttp { get; init; }

    /// <summary>PEM file whose certificates are trusted for this host, instead of the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>Hosts (<c>HOST[:PORT]</c>) that may get this registry's credentials when it sends clients there for a token.</summary>
    public IReadOnlyList<string> TokenRealms { get; init; } = [];

    /// <summary>Hosts (<c>HOST[:PORT][/PREFIX]</c>) that are asked before the registry itself when pulling.</summary>
    public IReadOnlyList<string> Mirrors { get; init; } = [];
}
