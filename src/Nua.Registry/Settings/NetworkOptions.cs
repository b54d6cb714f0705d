using System.Net;
using Nua.Registry.Credentials;

namespace Nua.Registry.Settings;

/// <summary>How to reach registries. Read once at the edge of the program; nothing below looks at the environment.</summary>
public sealed record NetworkOptions
{
    /// <summary>By <c>HOST[:PORT]</c> as references write it.</summary>
    public IReadOnlyDictionary<string, HostSettings> Hosts { get; init; } = new Dictionary<string, HostSettings>();

    /// <summary>Folders with a folder per host, whose <c>*.crt</c> files are trusted for it: as Docker and Podman have them.</summary>
    public IReadOnlyList<string> CertificateFolders { get; init; } = [];

    /// <summary>Null to connect directly.</summary>
    public IWebProxy? Proxy { get; init; }

    public ICredentialSource Credentials { get; init; } = NoCredentials.Instance;

    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>Longest time without one byte, and longest for a connection to come up.</summary>
    public TimeSpan Inactivity { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Least bytes per second, on average over <see cref="Inactivity"/>: slower counts as stalled.</summary>
    public int SlowestRate { get; init; } = 512;

    /// <summary>Longest time for one document (manifest, token, list), in all.</summary>
    public TimeSpan DocumentTime { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Blobs moved at once.</summary>
    public int Parallel { get; init; } = 4;

    /// <summary>For waits between tries.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Hears what a person should know and no error says. Called from several threads.</summary>
    public Action<Foundation.Problem> Tell { get; init; } = _ => { };

    /// <summary>What the user's files and environment say.</summary>
    /// <param name="home">The folder of the store, where <c>registries.json</c> and <c>certs.d</c> are.</param>
    /// <exception cref="Foundation.ProblemException">NUA3630.</exception>
    public static NetworkOptions Load(string home, Func<string, string?> environment, Action<Foundation.Problem> tell) => new()
    {
        Hosts = RegistriesFile.Read(home),
        CertificateFolders = [Path.Combine(home, "certs.d"), "/etc/containers/certs.d", "/etc/docker/certs.d"],
        Proxy = ProxyRules.From(environment),
        Credentials = new DockerConfig(DockerConfig.DefaultPath(environment), HelperTime, tell),
        Tell = tell,
    };

    /// <summary>Longest time for a credential helper: long enough for a person to unlock a key ring.</summary>
    public static readonly TimeSpan HelperTime = TimeSpan.FromSeconds(30);

    /// <summary>The same, with plain HTTP allowed for these hosts.</summary>
    public NetworkOptions AllowPlain(IEnumerable<string> hosts)
    {
        var all = new Dictionary<string, HostSettings>(Hosts, StringComparer.Ordinal);
        foreach (var host in hosts)
        {
            all[host] = For(host) with { PlainHttp = true };
        }

        return this with { Hosts = all };
    }

    /// <summary>The same, with one more host that may get a registry's credentials; none when it is null.</summary>
    public NetworkOptions AllowTokenRealm(string host, string? realm) => realm is null ? this : this with
    {
        Hosts = new Dictionary<string, HostSettings>(Hosts, StringComparer.Ordinal)
        {
            [host] = For(host) with { TokenRealms = [.. For(host).TokenRealms, realm] },
        },
    };

    public HostSettings For(string host) => Hosts.GetValueOrDefault(host, HostSettings.Default);
}

/// <summary>How often, and with which pauses, something is tried again that may work later.</summary>
/// <param name="Tries">In all, without progress in between; at least 1.</param>
/// <param name="First">Pause after the first failure; each further one is twice as long.</param>
/// <param name="Longest">Cap for a pause, for what <c>Retry-After</c> asks too.</param>
public sealed record RetryPolicy(int Tries, TimeSpan First, TimeSpan Longest)
{
    public static readonly RetryPolicy Default = new(5, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(30));
}
