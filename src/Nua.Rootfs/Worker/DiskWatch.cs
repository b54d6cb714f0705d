namespace Nua.Rootfs.Worker;

/// <summary>Stops a container before it fills the disk: at less than 64 MiB or half a percent free, checked four times a second.</summary>
internal sealed class DiskWatch : IDisposable
{
    private const long Floor = 64 << 20;

    private readonly Timer _timer;

    public DiskWatch(string folder, CancellationTokenSource stop)
    {
        var drive = new DriveInfo(folder);
        // A disk that is nearly full already is not the container's doing: then only its end counts.
        var floor = Math.Min(Math.Max(Floor, drive.TotalSize / 200), drive.AvailableFreeSpace / 2);
        _timer = new Timer(
            _ =>
            {
                if (drive.AvailableFreeSpace < floor)
                {
                    IsFull = true;
                    stop.Cancel();
                }
            },
            null,
            TimeSpan.FromMilliseconds(250),
            TimeSpan.FromMilliseconds(250));
    }

    public bool IsFull { get; private set; }

    public void Dispose() => _timer.Dispose();
}
