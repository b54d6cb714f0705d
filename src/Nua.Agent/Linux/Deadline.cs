namespace Nua.Agent.Linux;

/// <summary>A point in time to be done by, on the clock that never jumps.</summary>
internal readonly record struct Deadline
{
    private readonly long _at;

    private Deadline(long at) => _at = at;

    public static Deadline Never { get; } = new(long.MaxValue);

    public static Deadline After(long milliseconds) => new(Environment.TickCount64 + milliseconds);

    public bool IsOver => Environment.TickCount64 >= _at;

    /// <summary>Milliseconds left, never negative, at most an hour, so that it fits any wait.</summary>
    public long Left => Math.Clamp(_at - Environment.TickCount64, 0, 3_600_000);

    public bool IsBefore(Deadline other) => _at < other._at;
}
