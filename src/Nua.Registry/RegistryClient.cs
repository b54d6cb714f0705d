using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Registry.Http;
using Nua.Registry.Settings;
using Nua.Registry.Transfer;

namespace Nua.Registry;

/// <summary>
/// One repository of one registry (distribution-spec). Every call tries again what may work later, within bounds, and
/// ends in a result or a <see cref="ProblemException"/>: NUA3607 not there (exit status 66), NUA3608 not allowed (77), NUA3609 or NUA3601 not
/// now (75), others 1.
/// </summary>
public sealed partial class RegistryClient
{
    private static readonly string[] _manifestTypes =
        [MediaTypes.Manifest, MediaTypes.Index, MediaTypes.DockerManifest, MediaTypes.DockerManifestList];

    private readonly RegistryHost _host;
    private readonly NetworkOptions _options;
    private string _actions = "pull";

    internal RegistryClient(RegistryHost host, string repository, NetworkOptions options)
    {
        _host = host;
        Repository = repository;
        _options = options;
    }

    public string Host => _host.Host;

    public string Repository { get; }

    /// <summary><c>HOST/REPOSITORY</c>.</summary>
    public string Name => $"{Host}/{Repository}";

    /// <summary>The same repository with a token that allows pushing from the first request on, so that one is enough.</summary>
    public RegistryClient ForPushing() => new(_host, Repository, _options) { _actions = "pull,push" };

    private string Scope => $"repository:{Repository}:{_actions}";

    private string PushScope => $"repository:{Repository}:pull,push";

    /// <summary>Reads a manifest or index. By digest its bytes are those of the digest; by tag the registry is believed, as nothing else
    /// can be, but its headers and the body must agree.</summary>
    /// <param name="tagOrDigest">A tag, or a digest as text.</param>
    /// <param name="mediaType">Also accepted, for content that is neither of the known kinds.</param>
    /// <exception cref="ProblemException">NUA3607, NUA3613 other bytes, NUA3616 other kind; see the class.</exception>
    public Task<RemoteManifest> GetManifestAsync(string tagOrDigest, string? mediaType, CancellationToken cancellation) =>
        ManifestReading.GetAsync(_host, ManifestRequest(HttpMethod.Get, tagOrDigest, mediaType), tagOrDigest, _options, cancellation);

    public Task<RemoteManifest> GetManifestAsync(string tagOrDigest, CancellationToken cancellation) =>
        GetManifestAsync(tagOrDigest, null, cancellation);

    /// <summary>What a tag points at now; null when there is no such tag.</summary>
    public async Task<Digest?> FindManifestAsync(string tagOrDigest, CancellationToken cancellation)
    {
        var request = ManifestRequest(HttpMethod.Head, tagOrDigest, null) with { Expected = [System.Net.HttpStatusCode.NotFound] };
        using var answer = await _host.SendAsync(request, cancellation);
        if (!answer.IsSuccess)
        {
            return null;
        }

        // Old registries do not say it; then the bytes must.
        return Digest.TryParse(answer.Header("Docker-Content-Digest"), out var digest) && digest.IsVerifiable
            ? digest
            : (await GetManifestAsync(tagOrDigest, cancellation)).Descriptor.Digest;
    }

    /// <summary>Whether a blob is there, with the size it should have as far as the registry tells.</summary>
    public async Task<bool> HasBlobAsync(Descriptor blob, CancellationToken cancellation)
    {
        var request = new RegistryRequest(HttpMethod.Head, $"{Repository}/blobs/{blob.Digest}", Scope)
        {
            Subject = $"the blob {blob.Digest} of {Name}",
            Expected = [System.Net.HttpStatusCode.NotFound],
        };
        using var answer = await _host.SendAsync(request, cancellation);
        return answer.IsSuccess && (answer.Length is null or 0 || answer.Length == blob.Size);
    }

    /// <summary>Brings a blob into the store, verified, going on where a broken connection left off.</summary>
    /// <param name="moved">Is told how many bytes have come so far; may go back when a try begins anew.</param>
    /// <exception cref="ProblemException">NUA3613 other bytes than the digest's; see the class.</exception>
    public Task PullBlobAsync(Descriptor blob, StoreWriter store, Action<long>? moved, CancellationToken cancellation) =>
        new BlobPull(_host, _options, $"{Repository}/blobs/{blob.Digest}", Scope, Name)
            .RunAsync(blob, store, moved ?? (_ => { }), cancellation);

    /// <summary>A small blob, verified.</summary>
    /// <param name="limit">Most bytes it may have.</param>
    public Task<byte[]> GetBlobAsync(Descriptor blob, int limit, CancellationToken cancellation)
    {
        var request = new RegistryRequest(HttpMethod.Get, $"{Repository}/blobs/{blob.Digest}", Scope)
        {
            Subject = $"the blob {blob.Digest} of {Name}",
        };
        return ManifestReading.GetBlobAsync(_host, request, blob, limit, _options, cancellation);
    }

    private RegistryRequest ManifestRequest(HttpMethod method, string tagOrDigest, string? mediaType) =>
        new(method, $"{Repository}/manifests/{tagOrDigest}", Scope)
        {
            Accept = mediaType is null ? _manifestTypes : [.. _manifestTypes.Union([mediaType])],
            Subject = $"{Name}{(tagOrDigest.Contains(':', StringComparison.Ordinal) ? '@' : ':')}{Printable.Escape(tagOrDigest, 150)}",
        };
}

/// <summary>A manifest or index as a registry gave it.</summary>
/// <param name="Descriptor">With the digest computed from the bytes.</param>
/// <param name="Bytes">Its identity; pass them on as they are.</param>
/// <param name="ETag">For changing it only if nobody else did; null when the registry gives none.</param>
public sealed record RemoteManifest(Descriptor Descriptor, byte[] Bytes, string? ETag);
