namespace Nua.Tests.Engine.Operations;

/// <summary>A clock on which nobody waits: asking for a delay moves it on. What it says to be the date may be set back all the while;
/// what it measures is not.</summary>
public sealed class HurryingTime : TimeProvider
{
    private static readonly DateTimeOffset _start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private long _ticks = 1;
    private int _asked;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    /// <summary>Each time somebody asks for the date, it is set back by so much, down to 1970.</summary>
    public TimeSpan SetBack { get; set; }

    public override DateTimeOffset GetUtcNow()
    {
        var date = _start.AddTicks(GetTimestamp()) - (_asked++ * SetBack);
        return date < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : date;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != Timeout.InfiniteTimeSpan)
        {
            Interlocked.Add(ref _ticks, dueTime.Ticks);
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Fired();
    }

    private sealed class Fired : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
