using System.Net;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Http;
using Nua.Registry.Transfer;

namespace Nua.Registry;

/// <content>What refers to an image: SBOMs, provenance, signatures.</content>
public sealed partial class RegistryClient
{
    private const int MaxAttachTries = 12;

    /// <summary>What refers to a manifest, from the registry's own list or else from the tag where clients keep it (distribution-spec,
    /// "Listing Referrers").</summary>
    /// <param name="artifactType">Only those of this type; null for all.</param>
    public async Task<IReadOnlyList<Descriptor>> ReferrersAsync(Digest subject, string? artifactType, CancellationToken cancellation)
    {
        var filter = artifactType is null ? "" : "?artifactType=" + Uri.EscapeDataString(artifactType);
        var request = new RegistryRequest(HttpMethod.Get, $"{Repository}/referrers/{subject}{filter}", Scope)
        {
            Subject = $"what refers to {Name}@{subject}",
            Accept = [MediaTypes.Index],
            Expected = [HttpStatusCode.NotFound, HttpStatusCode.BadRequest, HttpStatusCode.MethodNotAllowed],
        };
        var listed = await new PagedLists(_host, _options).ReferrersAsync(request, cancellation)
            ?? await ReadTagListOrNothingAsync(subject, cancellation);
        // A filter that the registry applied changes nothing here.
        return [.. listed.Where(entry => artifactType is null || entry.ArtifactType == artifactType)];
    }

    /// <summary>Stores a manifest that has a subject, and sees to it that it is found from there: by the registry, or through the tag.
    /// Its blobs must be there.</summary>
    /// <exception cref="ProblemException">NUA3623 others keep changing the list, NUA3624 something else is in its place; see the class.</exception>
    public async Task<Digest> AttachAsync(string mediaType, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var digest = Digest.Sha256(content.Span);
        var receipt = await PutManifestAsync(digest.ToString(), mediaType, content, cancellation);
        if (!receipt.KnowsSubject)
        {
            var entry = EntryOf(mediaType, content, out var subject);
            await EnterIntoTagListAsync(entry, subject, cancellation);
        }

        return digest;
    }

    /// <summary><c>sha256-HEX</c>: algorithm cut to 32 characters, hash to 64.</summary>
    public static string ReferrersTag(Digest subject) =>
        $"{subject.Algorithm[..Math.Min(32, subject.Algorithm.Length)]}-{subject.Encoded[..Math.Min(64, subject.Encoded.Length)]}";

    private Descriptor EntryOf(string mediaType, ReadOnlyMemory<byte> content, out Digest subject)
    {
        var where = $"{Name}@{Digest.Sha256(content.Span)}";
        var isIndex = MediaTypes.IsIndex(mediaType);
        var index = isIndex ? ImageIndex.Parse(content, where, mediaType) : null;
        var manifest = isIndex ? null : ImageManifest.Parse(content, where, mediaType);
        subject = (index?.Subject ?? manifest?.Subject)?.Digest
            ?? throw RegistryProblem.WrongKind(Host, where, "it has no subject that it could be attached to");
        return Descriptor.Of(mediaType, content.Span) with
        {
            ArtifactType = index?.ArtifactType ?? manifest?.ArtifactType ?? manifest?.Config.MediaType,
            Annotations = (index?.Annotations ?? manifest?.Annotations)!,
        };
    }

    /// <summary>Reads the list, adds to it, writes it back, and looks twice whether it stayed: another client may have read the same list
    /// before and write its own after.</summary>
    private async Task EnterIntoTagListAsync(Descriptor entry, Digest subject, CancellationToken cancellation)
    {
        var hasSeenIt = false;
        for (var tries = 0; tries < MaxAttachTries; tries++)
        {
            if (tries > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(10, 10 + (20 * tries))), _options.Time, cancellation);
            }

            var found = await ReadTagListAsync(subject, cancellation);
            if (Has(found?.Index, entry))
            {
                if (tries == 0 || hasSeenIt)
                {
                    return;
                }

                hasSeenIt = true;
                continue;
            }

            hasSeenIt = false;
            var old = found?.Index ?? ImageIndex.Empty;
            IReadOnlyList<(string, string)> condition = found is null ? [("If-None-Match", "*")]
                : found.Value.ETag is { } etag ? [("If-Match", etag)] : [];
            await PutManifestAsync(
                ReferrersTag(subject), old.MediaType, (old with { Manifests = [.. old.Manifests, entry] }).ToBytes(), condition, cancellation);
        }

        throw RegistryProblem.AttachRace(Host, $"{Name}@{subject}");
    }

    private static bool Has(ImageIndex? index, Descriptor entry) =>
        index?.Manifests.Any(other => other.Digest == entry.Digest) == true;

    private async Task<IReadOnlyList<Descriptor>> ReadTagListOrNothingAsync(Digest subject, CancellationToken cancellation)
    {
        try
        {
            return (await ReadTagListAsync(subject, cancellation))?.Index.Manifests ?? [];
        }
        catch (ProblemException error) when (error.Problems[0].Code is "NUA3624")
        {
            // Whatever it is, it is no list: then there is none.
            return [];
        }
    }

    /// <returns>Null when there is no such tag.</returns>
    private async Task<(ImageIndex Index, string? ETag)?> ReadTagListAsync(Digest subject, CancellationToken cancellation)
    {
        var tag = ReferrersTag(subject);
        RemoteManifest found;
        try
        {
            found = await GetManifestAsync(tag, cancellation);
        }
        catch (ProblemException error) when (error.ExitCode == RegistryExit.NotFound)
        {
            return null;
        }

        return MediaTypes.IsIndex(found.Descriptor.MediaType)
            ? (ImageIndex.Parse(found.Bytes, $"{Name}:{tag}", found.Descriptor.MediaType), found.ETag)
            : throw RegistryProblem.NoIndexUnderTag(Name, tag);
    }
}
