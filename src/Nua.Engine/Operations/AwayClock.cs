namespace Nua.Engine.Operations;

/// <summary>How long users met the closed gate.</summary>
internal sealed class AwayClock(TimeProvider time)
{
    private long _begun;

    public TimeSpan Total { get; private set; }

    public bool IsRunning => _begun != 0;

    /// <param name="counts">False for an application that did not run anyway.</param>
    public void Begin(bool counts) => _begun = counts ? time.GetTimestamp() : 0;

    public void End()
    {
        if (_begun != 0)
        {
            Total += time.GetElapsedTime(_begun);
            _begun = 0;
        }
    }
}
