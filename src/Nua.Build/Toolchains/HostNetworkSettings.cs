using Nua.Build.Sources;

namespace Nua.Build.Toolchains;

/// <summary>
/// What a build phase with network gets from the host so that downloads work there as they do here: proxies, the CA bundle,
/// and where packages come from. Pure data for one phase. Nothing of it belongs in an image, a cache key or a record: the
/// variables and files may hold credentials, and <see cref="Secrets"/> lists them for masking.
/// </summary>
public sealed record HostNetworkSettings
{
    /// <summary>Where generated files and binds that have no fixed place go; a tmpfs of the phase.</summary>
    public const string Folder = "/run/nua/host";

    public required IReadOnlyDictionary<string, string> Env { get; init; }

    /// <summary>Read-only binds, sorted by target.</summary>
    public required IReadOnlyList<HostBind> Binds { get; init; }

    /// <summary>Small files to write for the phase, readable by its user only, gone afterwards.</summary>
    public required IReadOnlyList<HostFile> Files { get; init; }

    /// <summary>Passwords and tokens in the above, to be masked in output.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Nothing: for phases without network.</summary>
    public static HostNetworkSettings None { get; } = new()
    {
        Env = new SortedDictionary<string, string>(StringComparer.Ordinal),
        Binds = [],
        Files = [],
        Secrets = [],
    };

    /// <summary>Reads the host's settings.</summary>
    /// <param name="environment">Variables of the calling process.</param>
    /// <param name="sandboxHome">HOME in the sandbox, where tools look for their user's files.</param>
    /// <param name="root">Where the host's <c>/</c> is; for tests.</param>
    public static HostNetworkSettings Read(IReadOnlyDictionary<string, string> environment, string sandboxHome, string root = "/") =>
        new HostNetworkReader(environment, sandboxHome, root).Read();
}

/// <summary>A file or folder of the host, bound read-only at an absolute path of the sandbox.</summary>
public sealed record HostBind(string Source, string Target);

/// <summary>A file made for a phase. <see cref="ToString"/> does not show the content.</summary>
public sealed record HostFile(string Target, string Content)
{
    public override string ToString() => $"HostFile {{ Target = {Target} }}";
}
