using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Registry.Http;
using Nua.Registry.Settings;

namespace Nua.Registry.Transfer;

/// <summary>
/// Brings one blob into the store. A broken connection is taken up again with a Range; the digest decides in the end, and
/// content that was put together from pieces and is wrong is fetched once more in one piece.
/// </summary>
internal sealed class BlobPull(RegistryHost host, NetworkOptions options, string path, string scope, string repository)
{
    private const int BufferSize = 256 << 10;

    private readonly Patience _patience = new(options);
    private bool _mayResume = true;
    private int _pieces;

    public async Task RunAsync(Descriptor blob, StoreWriter store, Action<long> moved, CancellationToken cancellation)
    {
        if (!blob.Digest.IsVerifiable)
        {
            throw RegistryProblem.WrongKind(host.Host, Subject(blob), "only sha256 content can be verified");
        }

        for (var isLast = false; ; isLast = true)
        {
            using var target = store.NewBlob();
            _pieces = 0;
            await FillAsync(blob, target, moved, cancellation);
            if (target.TryCommitAs(blob))
            {
                return;
            }

            if (isLast || _pieces == 1)
            {
                throw RegistryProblem.WrongContent(host.Host, Subject(blob), "its bytes have another digest");
            }

            _mayResume = false;
        }
    }

    private string Subject(Descriptor blob) => $"the blob {blob.Digest} of {repository}";

    private async Task FillAsync(Descriptor blob, BlobWriter target, Action<long> moved, CancellationToken cancellation)
    {
        while (true)
        {
            var before = target.Length;
            string why;
            try
            {
                if (await ReadPieceAsync(blob, target, moved, cancellation))
                {
                    return;
                }

                why = $"it ended after {target.Length} of {blob.Size} bytes";
            }
            catch (IOException error)
            {
                why = $"{error.Message} (after {target.Length} of {blob.Size} bytes)";
            }

            if (target.Length - before >= Patience.Progress)
            {
                _patience.Renew();
            }

            if (!await _patience.WaitAsync(null, cancellation))
            {
                throw RegistryProblem.TryLater(host.Host, Subject(blob), why, null);
            }
        }
    }

    /// <returns>Whether the blob is complete.</returns>
    private async Task<bool> ReadPieceAsync(Descriptor blob, BlobWriter target, Action<long> moved, CancellationToken cancellation)
    {
        var from = target.Length;
        using var answer = await host.SendAsync(Request(blob, from), cancellation);
        if (answer.IsEncoded)
        {
            throw RegistryProblem.WrongContent(host.Host, Subject(blob), "it comes with a Content-Encoding nobody asked for");
        }

        // A registry that cannot do ranges, or gives another one, sends what we have once more: it is passed over.
        var skip = from - StartOf(answer, blob, from);
        if (skip < 0 || (answer.Length is { } length && length > blob.Size - from + skip))
        {
            throw RegistryProblem.WrongContent(host.Host, Subject(blob), "it sends other bytes than those asked for");
        }

        _pieces++;
        using var time = new Inactivity(options.Inactivity, options.SlowestRate, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            await using var body = await answer.OpenAsync(time.Token);
            int read;
            while ((read = await body.ReadAsync(buffer.AsMemory(0, BufferSize), time.Token)) > 0)
            {
                time.Moved(read);
                var passed = (int)Math.Min(skip, read);
                skip -= passed;
                if (target.Length + read - passed > blob.Size)
                {
                    throw RegistryProblem.WrongContent(host.Host, Subject(blob), $"it does not end after {blob.Size} bytes");
                }

                target.Write(buffer.AsSpan(passed, read - passed));
                moved(target.Length);
            }

            return target.Length == blob.Size;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("nothing came any more");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private RegistryRequest Request(Descriptor blob, long from)
    {
        var request = new RegistryRequest(HttpMethod.Get, path, scope) { Subject = Subject(blob) };
        return from > 0 && from < blob.Size && _mayResume
            ? request with
            {
                Headers = [("Range", $"bytes={from}-")],
                Expected = [HttpStatusCode.RequestedRangeNotSatisfiable],
            }
            : request;
    }

    private long StartOf(Answer answer, Descriptor blob, long from)
    {
        if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            _mayResume = false;
            throw new IOException("it does not know the range");
        }

        if (answer.Status != HttpStatusCode.PartialContent)
        {
            return 0;
        }

        if (ContentRangeHeaderValue.TryParse(answer.Header("Content-Range"), out var range)
            && range.From is { } start && start <= from && (range.Length is null || range.Length == blob.Size))
        {
            return start;
        }

        _mayResume = false;
        throw new IOException($"it answers with another range than the one from {from}");
    }
}
