using System.Net;
using System.Net.Http.Headers;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Http;
using Nua.Registry.Transfer;

namespace Nua.Registry;

/// <content>What changes a repository.</content>
public sealed partial class RegistryClient
{
    /// <summary>Sends a blob that is not there yet, going on where a broken connection left off, and makes sure that it arrived.</summary>
    /// <param name="open">Opens the content from its beginning; may be called several times.</param>
    /// <param name="moved">Is told how many bytes the registry has taken; may go back when a try begins anew.</param>
    /// <exception cref="ProblemException">NUA3621 taken and lost, NUA3625 not taken; see the class.</exception>
    public async Task PutBlobAsync(Descriptor blob, Func<Stream> open, Action<long>? moved, CancellationToken cancellation)
    {
        await new BlobPush(_host, _options, Repository, PushScope).RunAsync(blob, open, moved ?? (_ => { }), cancellation);
        if (!await ForPushing().HasBlobAsync(blob, cancellation))
        {
            throw RegistryProblem.Lost(Host, $"the blob {blob.Digest} of {Name}");
        }
    }

    /// <summary>The same for bytes at hand, such as an empty config. Nothing is sent when they are there.</summary>
    public async Task PutBlobAsync(Descriptor blob, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        if (!await ForPushing().HasBlobAsync(blob, cancellation))
        {
            await PutBlobAsync(blob, () => new MemoryStream(content.ToArray(), writable: false), null, cancellation);
        }
    }

    /// <summary>Asks the registry to take a blob from another of its repositories.</summary>
    /// <returns>False when it does not; the blob is to be sent then.</returns>
    public async Task<bool> MountBlobAsync(Descriptor blob, string fromRepository, CancellationToken cancellation)
    {
        var target = $"{Repository}/blobs/uploads/?mount={blob.Digest}&from={Uri.EscapeDataString(fromRepository)}";
        var request = new RegistryRequest(HttpMethod.Post, target, $"{PushScope} repository:{fromRepository}:pull")
        {
            Subject = $"mounting {blob.Digest} from {fromRepository} in {Name}",
            Content = () => new ByteArrayContent([]),
            Expected = [HttpStatusCode.NotFound, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.BadRequest,
                HttpStatusCode.MethodNotAllowed],
        };
        using var answer = await _host.SendAsync(request, cancellation);
        if (answer.Status == HttpStatusCode.Accepted && answer.Header("Location") is { } location)
        {
            // It began an upload instead, which is not needed: the blob's own may need other steps.
            await BlobPush.CancelAsync(_host, new Uri(answer.Uri, location), PushScope, cancellation);
        }

        return answer.Status == HttpStatusCode.Created && await ForPushing().HasBlobAsync(blob, cancellation);
    }

    /// <summary>Stores a manifest or index, byte for byte. What it mentions must be there.</summary>
    /// <param name="tagOrDigest">Where: a tag, or the document's own digest.</param>
    /// <exception cref="ProblemException">NUA3613 the registry computes another digest, NUA3625 it does not take it; see the class.</exception>
    public async Task<ManifestReceipt> PutManifestAsync(
        string tagOrDigest, string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        await PutManifestAsync(tagOrDigest, mediaType, content, [], cancellation)
            ?? throw RegistryProblem.UploadRefused(Host, $"{Name} {tagOrDigest}", "it names a condition that was not asked for");

    /// <summary>Every tag, sorted by the registry.</summary>
    public Task<IReadOnlyList<string>> TagsAsync(CancellationToken cancellation) =>
        new PagedLists(_host, _options).TagsAsync(new RegistryRequest(HttpMethod.Get, $"{Repository}/tags/list", Scope)
        {
            Subject = $"the tags of {Name}",
        }, cancellation);

    /// <returns>Null when a condition among the headers did not hold.</returns>
    internal async Task<ManifestReceipt?> PutManifestAsync(
        string tagOrDigest, string mediaType, ReadOnlyMemory<byte> content, IReadOnlyList<(string, string)> conditions, CancellationToken cancellation)
    {
        var request = ManifestRequest(HttpMethod.Put, tagOrDigest, null) with
        {
            Scope = PushScope,
            Accept = [],
            Headers = conditions,
            Expected = [HttpStatusCode.PreconditionFailed, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.BadRequest],
            Content = () => new ReadOnlyMemoryContent(content) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } },
        };
        using var answer = await _host.SendAsync(request, cancellation);
        if (answer.Status == HttpStatusCode.PreconditionFailed && conditions.Count > 0)
        {
            return null;
        }

        if (!answer.IsSuccess)
        {
            throw RegistryProblem.UploadRefused(
                Host, request.Subject, $"it answers {(int)answer.Status} {await answer.ErrorTextAsync(cancellation)}".TrimEnd());
        }

        var digest = Digest.Sha256(content.Span);
        return answer.Header("Docker-Content-Digest") is { } stated && stated != digest.ToString()
            ? throw RegistryProblem.WrongContent(
                Host, request.Subject, $"it computed the digest {Printable.Escape(stated, 120)} of what was sent, {digest}")
            : new ManifestReceipt(digest, answer.Header("OCI-Subject") is not null);
    }
}

/// <summary>What a registry says about a manifest that it took.</summary>
/// <param name="KnowsSubject">It keeps the list of what refers to what; otherwise clients have to.</param>
public sealed record ManifestReceipt(Digest Digest, bool KnowsSubject);
