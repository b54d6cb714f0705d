using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;

namespace Nua.Registry.Transfer;

/// <summary>
/// Where an image is pulled from: the mirrors that the user named for its registry, then the registry. A mirror that has
/// not got something, gives wrong bytes or does not answer is passed over.
/// </summary>
internal sealed class PullSource
{
    private readonly IReadOnlyList<RegistryClient> _clients;

    private PullSource(IReadOnlyList<RegistryClient> clients) => _clients = clients;

    /// <summary>The registry itself.</summary>
    public RegistryClient Origin => _clients[^1];

    public static PullSource Of(RegistryNetwork network, ImageReference reference)
    {
        var mirrors = network.Options.For(reference.Host).Mirrors.Select(mirror =>
        {
            var slash = mirror.IndexOf('/', StringComparison.Ordinal);
            return slash < 0
                ? network.Open(mirror, reference.Repository)
                : network.Open(mirror[..slash], $"{mirror[(slash + 1)..].Trim('/')}/{reference.Repository}");
        });
        return new PullSource([.. mirrors, network.Open(reference)]);
    }

    public Task<RemoteManifest> ManifestAsync(string tagOrDigest, string? mediaType, CancellationToken cancellation) =>
        FirstAsync(client => client.GetManifestAsync(tagOrDigest, mediaType, cancellation));

    public async Task BlobAsync(Descriptor blob, StoreWriter store, Action<long> moved, CancellationToken cancellation) =>
        await FirstAsync(async client =>
        {
            await client.PullBlobAsync(blob, store, moved, cancellation);
            return true;
        });

    private async Task<T> FirstAsync<T>(Func<RegistryClient, Task<T>> ask)
    {
        foreach (var mirror in _clients.SkipLast(1))
        {
            try
            {
                return await ask(mirror);
            }
            catch (ProblemException)
            {
                // Whatever it is, the registry itself has the last word.
            }
        }

        return await ask(Origin);
    }
}
