using Nua.Foundation;
using Nua.Rootfs.Worker;

namespace Nua.Rootfs.Volumes;

/// <summary>Volumes handled by the worker: owners are ids of its user namespace, and no privilege of the host is needed.</summary>
public sealed class VolumeWorkshop : IVolumeWork
{
    private readonly string _home;
    private Workshop? _workshop;

    /// <param name="home">The store's folder. The worker starts with the first order.</param>
    public VolumeWorkshop(string home) => _home = home;

    public void Create(string folder, IReadOnlyList<NewVolume> volumes) => Ask(worker => worker.Ask(new CreateVolumes(folder, volumes)));

    public void Add(string folder, IReadOnlyList<NewVolume> volumes) => Ask(worker => worker.Ask(new AddVolumes(folder, volumes)));

    public CopyReport Clone(string from, string to, CancellationToken cancel) =>
        Ask(worker => worker.Ask(new CloneVolumes(from, to), cancel)).Copy!;

    public CopyReport Pack(string folder, string prefix, Action<Stream> read, CancellationToken cancel) =>
        Ask(worker => worker.AskWithOutput(new PackVolumes(folder, prefix), read, cancel)).Copy!;

    public CopyReport Unpack(string folder, Action<Stream> write) => Ask(worker => worker.AskWithInput(new UnpackVolumes(folder), write)).Copy!;

    public void Remove(string folder) => Ask(worker => worker.Ask(new RemoveVolumes(folder)));

    public FolderSize Measure(string folder) => Ask(worker => worker.Ask(new MeasureVolumes(folder))).Size!;

    public bool CanReflink(string folder) => Ask(worker => worker.Ask(new ProbeReflink(folder))).Status == 0;

    public void Dispose()
    {
        _workshop?.Dispose();
        _workshop = null;
    }

    /// <summary>After a failure the pipe may be in the middle of a stream: the next order gets a new worker.</summary>
    private Reply Ask(Func<WorkerConnection, Reply> order)
    {
        try
        {
            return order((_workshop ??= Workshop.Open(_home)).Worker);
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
