using System.Runtime.ExceptionServices;
using Nua.Foundation;

namespace Nua.Rootfs.Volumes;

/// <summary>Work done beside the calling thread, whose failure is thrown where it is awaited.</summary>
internal sealed class OtherThread : IDisposable
{
    private readonly Thread _thread;
    private Exception? _failure;

    /// <param name="onEnd">Called after the work, however it ended.</param>
    public OtherThread(Action work, Action onEnd)
    {
        _thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (BrokenPipeException)
            {
                // The other side has given up, and says why itself.
            }
            catch (Exception failure) when (failure is IOException or ProblemException or OperationCanceledException)
            {
                _failure = failure;
            }
            finally
            {
                onEnd();
            }
        })
        {
            IsBackground = true,
        };
        _thread.Start();
    }

    /// <summary>Waits for the end and throws what the work threw.</summary>
    public void Join()
    {
        _thread.Join();
        if (_failure is { } failure)
        {
            _failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    public void Dispose() => _thread.Join();
}
