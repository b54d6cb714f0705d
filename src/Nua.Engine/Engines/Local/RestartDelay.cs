namespace Nua.Engine.Engines.Local;

/// <summary>How long to wait before an application that ended by itself is started again: half a second, then twice as long each time up to
/// a minute; from the beginning once it has been well for a minute.</summary>
internal sealed class RestartDelay(TimeProvider? time = null)
{
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _steady = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private TimeSpan _next = _shortest;
    private long? _wellSince;

    public TimeSpan Next()
    {
        if (_wellSince is { } since && _time.GetElapsedTime(since) >= _steady)
        {
            _next = _shortest;
        }

        _wellSince = null;
        var now = _next;
        _next = now * 2 < _longest ? now * 2 : _longest;
        return now;
    }

    /// <summary>A health check succeeded.</summary>
    public void Steady() => _wellSince ??= _time.GetTimestamp();
}
