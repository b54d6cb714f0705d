using Nua.Foundation;
using Nua.Oci;

namespace Nua.Engine.Foreground;

/// <summary>One container to run in the foreground.</summary>
public sealed record RunRequest
{
    /// <summary>An image of the store at <see cref="StoreHome"/>.</summary>
    public required Image Image { get; init; }

    public required string StoreHome { get; init; }

    public IReadOnlyList<PublishedPort> Ports { get; init; } = [];

    /// <summary>Variables on top of the image's.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Folder of the host for <c>/nua/data</c>; null keeps data in memory until the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>Arguments for the image's entry point: a verb and its arguments; empty is the default (install, then start).</summary>
    public IReadOnlyList<string> Verb { get; init; } = [];

    /// <summary>A command to run instead of a verb; empty is none.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The host's network instead of one with loopback only.</summary>
    public bool UsesHostNetwork { get; init; }

    public required Stream Output { get; init; }

    public required Stream Error { get; init; }

    /// <summary>Called with one line for people, such as the address.</summary>
    public Action<string> Tell { get; init; } = _ => { };
}
