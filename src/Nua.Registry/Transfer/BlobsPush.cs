using Nua.Oci;
using Nua.Registry.Settings;

namespace Nua.Registry.Transfer;

/// <summary>Sees to it that a repository has many blobs, several at once.</summary>
internal sealed class BlobsPush(NetworkOptions options, RegistryClient client, IBlobStore source, PushOptions push)
{
    private int _sent;
    private int _mounted;
    private int _present;
    private long _sentBytes;

    public int Sent => _sent;

    public int Mounted => _mounted;

    public int Present => _present;

    public long SentBytes => _sentBytes;

    public Task RunAsync(IReadOnlyList<Descriptor> blobs, CancellationToken cancellation)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellation };
        return Parallel.ForEachAsync(blobs.OrderByDescending(blob => blob.Size), parallel, PushAsync);
    }

    private async ValueTask PushAsync(Descriptor blob, CancellationToken cancellation)
    {
        if (await client.HasBlobAsync(blob, cancellation))
        {
            Interlocked.Increment(ref _present);
            Tell(blob, TransferStage.Present, 0);
        }
        else if (IsForeign(blob))
        {
            Tell(blob, TransferStage.LeftOut, 0);
            options.Tell(RegistryProblem.LeftOut($"the layer {blob.Digest}"));
        }
        else if (await IsMountedAsync(blob, cancellation))
        {
            Interlocked.Increment(ref _mounted);
            Tell(blob, TransferStage.Mounted, 0);
        }
        else
        {
            Tell(blob, TransferStage.Begun, 0);
            await client.PutBlobAsync(blob, () => source.OpenRead(blob), bytes => Tell(blob, TransferStage.Moving, bytes), cancellation);
            Interlocked.Increment(ref _sent);
            Interlocked.Add(ref _sentBytes, blob.Size);
            Tell(blob, TransferStage.Done, blob.Size);
        }
    }

    private async Task<bool> IsMountedAsync(Descriptor blob, CancellationToken cancellation)
    {
        foreach (var repository in push.MountFrom.Where(repository => repository != client.Repository))
        {
            if (await client.MountBlobAsync(blob, repository, cancellation))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsForeign(Descriptor blob) =>
        blob.MediaType.Contains(".nondistributable.", StringComparison.Ordinal) || blob.MediaType == MediaTypes.DockerForeignLayer;

    private void Tell(Descriptor blob, TransferStage stage, long bytes) => push.Progress?.Report(new TransferEvent(blob, stage, bytes));
}
