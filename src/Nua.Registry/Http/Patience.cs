using Nua.Registry.Settings;

namespace Nua.Registry.Http;

/// <summary>Counts the failures of one piece of work and waits between tries. Progress gives it new patience.</summary>
internal sealed class Patience(NetworkOptions options)
{
    /// <summary>Fewer bytes than this do not count as progress, so that a peer cannot keep us with one at a time.</summary>
    public const int Progress = 4096;

    private int _failures;

    /// <summary>There was a failure before, and nothing has moved since.</summary>
    public bool HasFailed => _failures > 0;

    /// <summary>Work has gone on since the last failure: the next try comes at once.</summary>
    public void Renew() => _failures = -1;

    /// <returns>False when it is time to give up; otherwise the pause is over.</returns>
    public async Task<bool> WaitAsync(TimeSpan? retryAfter, CancellationToken cancellation)
    {
        if (++_failures >= options.Retry.Tries)
        {
            return false;
        }

        var pause = _failures == 0 ? TimeSpan.Zero : options.Retry.First * Math.Pow(2, _failures - 1);
        pause = retryAfter > pause ? retryAfter.Value : pause;
        await Task.Delay(pause < options.Retry.Longest ? pause : options.Retry.Longest, options.Time, cancellation);
        return true;
    }
}
