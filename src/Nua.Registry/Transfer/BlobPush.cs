using System.Net;
using System.Net.Http.Headers;
using Nua.Oci;
using Nua.Registry.Http;
using Nua.Registry.Settings;

namespace Nua.Registry.Transfer;

/// <summary>
/// Sends one blob: POST for a place, PATCH for the content, PUT to name it. A broken connection is taken up where the
/// registry says that it is; every place is the one that the registry gave last, as it gave it.
/// </summary>
internal sealed class BlobPush(RegistryHost host, NetworkOptions options, string repository, string scope)
{
    /// <summary>What fits is sent with the PUT, which saves a request.</summary>
    private const int Small = 256 << 10;

    private static readonly long[] _chunkSizes = [long.MaxValue, 64 << 20, 8 << 20, 1 << 20];

    private readonly Patience _patience = new(options);
    private int _chunkSize;
    private int _begun;
    private long _leastChunk;
    private bool _wasCut;

    /// <summary>Where the upload goes on; null before its beginning.</summary>
    private Uri? _place;

    /// <summary>Bytes that the registry has.</summary>
    private long _taken;

    public async Task RunAsync(Descriptor blob, Func<Stream> open, Action<long> moved, CancellationToken cancellation)
    {
        while (true)
        {
            var before = _taken;
            string why;
            try
            {
                if (_place is null && _begun > 0 && await HasAsync(blob, cancellation))
                {
                    // Only its answer was lost.
                    return;
                }

                _place ??= await BeginAsync(blob, cancellation);
                if (await StepAsync(blob, open, moved, cancellation) is not { } failure)
                {
                    return;
                }

                why = failure;
            }
            catch (IOException error)
            {
                why = error.Message;
                _wasCut = true;
            }
            catch
            {
                await CancelAsync(host, _place, scope, CancellationToken.None);
                throw;
            }

            if (why.Length == 0)
            {
                _patience.Renew();
                continue;
            }

            // Beginning anew makes bytes move, but is no progress.
            if (_begun > options.Retry.Tries || !await _patience.WaitAsync(null, cancellation))
            {
                await CancelAsync(host, _place, scope, CancellationToken.None);
                throw RegistryProblem.TryLater(host.Host, Subject(blob), why, null);
            }

            await FindOutAsync(blob, cancellation);
            if (_taken - before >= Patience.Progress)
            {
                _patience.Renew();
            }
        }
    }

    /// <summary>Tells the registry that an upload will not go on. It may not care.</summary>
    public static async Task CancelAsync(RegistryHost host, Uri? place, string scope, CancellationToken cancellation)
    {
        if (place is null)
        {
            return;
        }

        try
        {
            using var time = new Inactivity(TimeSpan.FromSeconds(5), 0, cancellation);
            using var answer = await host.SendAsync(
                new RegistryRequest(HttpMethod.Delete, place.AbsoluteUri, scope) { Upload = time }, cancellation);
        }
        catch (Exception error) when (error is IOException or Foundation.ProblemException)
        {
            // Registries forget such uploads after a while.
        }
    }

    private async Task<bool> HasAsync(Descriptor blob, CancellationToken cancellation)
    {
        var request = new RegistryRequest(HttpMethod.Head, $"{repository}/blobs/{blob.Digest}", scope)
        {
            Subject = Subject(blob),
            Expected = [HttpStatusCode.NotFound],
        };
        using var answer = await host.SendAsync(request, cancellation);
        return answer.IsSuccess;
    }

    private string Subject(Descriptor blob) => $"the blob {blob.Digest} of {host.Host}/{repository}";

    private async Task<Uri> BeginAsync(Descriptor blob, CancellationToken cancellation)
    {
        _taken = 0;
        _begun++;
        var request = new RegistryRequest(HttpMethod.Post, $"{repository}/blobs/uploads/", scope)
        {
            Subject = Subject(blob),
            Content = () => new ByteArrayContent([]),
        };
        using var answer = await host.SendAsync(request, cancellation);
        if (answer.Header("OCI-Chunk-Min-Length") is { } text && long.TryParse(text, out var least))
        {
            _leastChunk = least;
        }

        return PlaceOf(answer) ?? throw RegistryProblem.UploadRefused(
            host.Host, Subject(blob), $"it answers {(int)answer.Status} and does not say where to send it");
    }

    /// <returns>Null when the blob is complete; empty when a step was made; else why none was.</returns>
    private async Task<string?> StepAsync(Descriptor blob, Func<Stream> open, Action<long> moved, CancellationToken cancellation)
    {
        var isLast = _taken == blob.Size || (_taken == 0 && blob.Size <= Small);
        var length = isLast ? blob.Size - _taken : Math.Min(blob.Size - _taken, Math.Max(_chunkSizes[_chunkSize], _leastChunk));
        // Naming the blob can take a registry long: it may move all of it to where it stays.
        using var time = new Inactivity(isLast ? options.Inactivity * 5 : options.Inactivity, 0, cancellation);
        var request = isLast ? PutRequest(blob, open, length, time, moved) : PatchRequest(blob, open, length, time, moved);
        using var answer = await host.SendAsync(request, cancellation);
        if (answer.IsSuccess)
        {
            return isLast ? null : Advance(answer, length);
        }

        switch (answer.Status)
        {
            case HttpStatusCode.RequestEntityTooLarge when !isLast && _chunkSize < _chunkSizes.Length - 1:
                _chunkSize++;
                return "";
            case HttpStatusCode.NotFound or HttpStatusCode.RequestedRangeNotSatisfiable or HttpStatusCode.BadRequest when _wasCut || !isLast || _taken > 0:
                // Pieces that are no whole cannot be mended; nor can an upload that has more than the nothing it speaks of.
                _place = isLast || (_taken == 0 && answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable) ? null : _place;
                return $"it answers {(int)answer.Status} {await answer.ErrorTextAsync(cancellation)}";
            default:
                return answer.IsTemporary
                    ? $"it answers {(int)answer.Status} {await answer.ErrorTextAsync(cancellation)}"
                    : throw await host.ProblemAsync(answer, request, cancellation);
        }
    }

    private string Advance(Answer answer, long length)
    {
        _place = PlaceOf(answer) ?? _place;
        var taken = TakenOf(answer) ?? (_taken + length);
        if (taken > _taken + length)
        {
            // More than it was sent: whatever it counts, it is not this upload.
            _place = null;
            return "it claims more than was sent";
        }

        var isProgress = taken > _taken;
        _taken = taken;
        return isProgress ? "" : "it took nothing";
    }

    private RegistryRequest PatchRequest(Descriptor blob, Func<Stream> open, long length, Inactivity time, Action<long> moved)
    {
        var start = _taken;
        return new RegistryRequest(HttpMethod.Patch, _place!.AbsoluteUri, scope)
        {
            Subject = Subject(blob),
            Upload = time,
            ExpectContinue = _wasCut,
            // Written by hand: the specification's form has no unit in front.
            Headers = [("Content-Range", $"{start}-{start + length - 1}")],
            Content = () => new BlobContent(open, start, length, time, moved)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
            },
        };
    }

    private RegistryRequest PutRequest(Descriptor blob, Func<Stream> open, long length, Inactivity time, Action<long> moved)
    {
        var start = _taken;
        var query = (_place!.Query.Length > 1 ? _place.Query + "&" : "?") + "digest=" + Uri.EscapeDataString(blob.Digest.ToString());
        return new RegistryRequest(HttpMethod.Put, _place.GetLeftPart(UriPartial.Path) + query, scope)
        {
            Subject = Subject(blob),
            Upload = time,
            Content = () => new BlobContent(open, start, length, time, moved)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") },
            },
        };
    }

    /// <summary>Asks how far the upload is. One that is not known any more begins anew.</summary>
    private async Task FindOutAsync(Descriptor blob, CancellationToken cancellation)
    {
        if (_place is null)
        {
            return;
        }

        try
        {
            using var answer = await host.SendAsync(
                new RegistryRequest(HttpMethod.Get, _place.AbsoluteUri, scope) { Subject = Subject(blob), Expected = [HttpStatusCode.NotFound, HttpStatusCode.BadRequest] },
                cancellation);
            _place = answer.IsSuccess ? PlaceOf(answer) ?? _place : null;
            var taken = TakenOf(answer);
            if (_place is null || taken is null || taken > blob.Size)
            {
                _place = null;
                return;
            }

            _taken = taken.Value;
        }
        catch (Foundation.ProblemException error) when (error.ExitCode == 1)
        {
            // It cannot tell: then from the beginning.
            _place = null;
        }
    }

    private static Uri? PlaceOf(Answer answer) =>
        answer.Header("Location") is { Length: > 0 } location && Uri.TryCreate(answer.Uri, location, out var place) ? place : null;

    /// <summary><c>Range: 0-LAST</c>. Nothing taken is written as <c>0-0</c>, as one byte would be, so that one counts as none.</summary>
    private static long? TakenOf(Answer answer) =>
        answer.Header("Range") is { } range && range.Split('-') is [_, var last] && long.TryParse(last, out var end) && end >= 0
            ? end == 0 ? 0 : end + 1
            : null;
}
