namespace Nua.Registry.Http;

/// <summary>
/// A cancellation that fires when nothing happened for a while, or too little: a peer that sends a byte now and then must
/// not hold us for ever.
/// </summary>
internal sealed class Inactivity : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly TimeSpan _limit;
    private readonly long _leastPerPeriod;
    private long _periodBegun = Environment.TickCount64;
    private long _bytes;

    /// <param name="slowestRate">Bytes per second over each period of <paramref name="limit"/>.</param>
    public Inactivity(TimeSpan limit, int slowestRate, CancellationToken cancellation)
    {
        _limit = limit;
        _leastPerPeriod = (long)(limit.TotalSeconds * slowestRate);
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _source.CancelAfter(limit);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Something came or went.</summary>
    public void Moved(int bytes)
    {
        _bytes += bytes;
        if (Environment.TickCount64 - _periodBegun >= _limit.TotalMilliseconds)
        {
            if (_bytes < _leastPerPeriod)
            {
                _source.Cancel();
                return;
            }

            _periodBegun = Environment.TickCount64;
            _bytes = 0;
        }

        _source.CancelAfter(_limit);
    }

    public void Dispose() => _source.Dispose();
}
