namespace Nua.Rootfs.Worker;

/// <summary>Stops a container before it fills the disk: at less than 64 MiB or half a percent free, checked four times a second.</summary>
internal sealed class DiskWatch : IDisposable
{
    private const long Floor = 64 << 20;

    private readonly DriveInfo _drive;
    private readonly long _floor;
    private readonly Timer _timer;

    public DiskWatch(string folder, CancellationTokenSource stop)
    {
        _drive = new DriveInfo(folder);
        // A disk that is nearly full already is not the container's doing: then only its end counts.
        _floor = Math.Min(Math.Max(Floor, _drive.TotalSize / 200), _drive.AvailableFreeSpace / 2);
        _timer = new Timer(
            _ =>
            {
                if (IsLow)
                {
                    IsFull = true;
                    stop.Cancel();
                }
            },
            null,
            TimeSpan.FromMilliseconds(250),
            TimeSpan.FromMilliseconds(250));
    }

    /// <summary>The container was stopped.</summary>
    public bool IsFull { get; private set; }

    /// <summary>At this moment: a command may fill the disk and fail between two looks.</summary>
    public bool IsLow => _drive.AvailableFreeSpace < _floor;

    public void Dispose() => _timer.Dispose();
}
