using System.Collections.Concurrent;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Http;
using Nua.Registry.Settings;

namespace Nua.Registry;

/// <summary>
/// The way to all registries for the time of one command: connections, tokens and answers about who we are are kept and
/// used again. Safe to use from several threads.
/// </summary>
public sealed class RegistryNetwork : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<RegistryHost>> _hosts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Problem, bool> _told = [];

    public RegistryNetwork(NetworkOptions options) => Options = options with
    {
        // Registries repeat their warnings with every answer.
        Tell = problem =>
        {
            if (_told.TryAdd(problem, true))
            {
                options.Tell(problem);
            }
        },
    };

    public NetworkOptions Options { get; }

    /// <summary>One repository. Nothing is sent yet.</summary>
    public RegistryClient Open(ImageReference reference) => Open(reference.Host, reference.Repository);

    public RegistryClient Open(string host, string repository) => new(
        _hosts.GetOrAdd(host, name => new Lazy<RegistryHost>(() => new RegistryHost(name, Options))).Value, repository, Options);

    public void Dispose()
    {
        foreach (var host in _hosts.Values.Where(host => host.IsValueCreated))
        {
            host.Value.Dispose();
        }
    }
}
