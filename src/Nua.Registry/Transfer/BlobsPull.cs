using Nua.Oci;
using Nua.Oci.Storage;
using Nua.Registry.Settings;

namespace Nua.Registry.Transfer;

/// <summary>Brings many blobs, several at once.</summary>
internal sealed class BlobsPull(NetworkOptions options, PullSource source, StoreWriter writer, IProgress<TransferEvent>? progress)
{
    private long _bytes;
    private int _fetched;

    /// <returns>How many came over the network, and their bytes.</returns>
    public async Task<(int Fetched, long Bytes)> RunAsync(IReadOnlyList<Descriptor> blobs, CancellationToken cancellation)
    {
        CheckRoom(blobs);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellation };
        // The largest first: whatever comes beside it is done when it is.
        await Parallel.ForEachAsync(blobs.OrderByDescending(blob => blob.Size), parallel, PullAsync);
        return (_fetched, _bytes);
    }

    private async ValueTask PullAsync(Descriptor blob, CancellationToken cancellation)
    {
        if (writer.HoldsSound(blob, cancellation))
        {
            progress?.Report(new TransferEvent(blob, TransferStage.Present, 0));
            return;
        }

        progress?.Report(new TransferEvent(blob, TransferStage.Begun, 0));
        await source.BlobAsync(
            blob, writer, bytes => progress?.Report(new TransferEvent(blob, TransferStage.Moving, bytes)), cancellation);
        Interlocked.Increment(ref _fetched);
        Interlocked.Add(ref _bytes, blob.Size);
        progress?.Report(new TransferEvent(blob, TransferStage.Done, blob.Size));
    }

    /// <summary>An image that says it is a terabyte is refused before its first byte.</summary>
    private void CheckRoom(IReadOnlyList<Descriptor> blobs)
    {
        var needed = 0L;
        foreach (var blob in blobs.Where(blob => !writer.Holds(blob.Digest, blob.Size)))
        {
            needed = needed > long.MaxValue - blob.Size ? long.MaxValue : needed + blob.Size;
        }

        var free = new DriveInfo(writer.Store.Home).AvailableFreeSpace;
        if (needed > free)
        {
            throw RegistryProblem.NoRoom(writer.Store.Home, needed, free);
        }
    }
}
