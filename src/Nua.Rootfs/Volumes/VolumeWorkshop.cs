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

    private Workshop Worker => _workshop ??= Workshop.Open(_home);

    public void Create(string folder, IReadOnlyList<NewVolume> volumes) => Worker.Order(new CreateVolumes(folder, volumes));

    public CopyReport Clone(string from, string to, CancellationToken cancel) =>
        Worker.Order(new CloneVolumes(from, to), cancel).Copy!;

    public CopyReport Pack(string folder, string prefix, Action<Stream> read, CancellationToken cancel) =>
        Worker.OrderWithOutput(new PackVolumes(folder, prefix), read, cancel).Copy!;

    public CopyReport Unpack(string folder, Action<Stream> write) => Worker.OrderWithInput(new UnpackVolumes(folder), write).Copy!;

    public void Remove(string folder) => Worker.Order(new RemoveVolumes(folder));

    public FolderSize Measure(string folder) => Worker.Order(new MeasureVolumes(folder)).Size!;

    public bool CanReflink(string folder) => Worker.Order(new ProbeReflink(folder)).Status == 0;

    public void Dispose() => _workshop?.Dispose();
}
