using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Sandbox.Processes;

/// <summary>
/// Children of a process that is the first of its pid namespace: those it starts, and those it inherits when their parent ends.
/// .NET's own <c>Process</c> reaps only what it started itself, so the two must not be used in one program.
/// </summary>
public static unsafe class ChildProcess
{
    private const int KeptUnclaimed = 64;
    private static readonly Lock _turn = new();
    private static readonly AutoResetEvent _started = new(false);
    private static readonly Dictionary<int, TaskCompletionSource<int>> _waiting = [];
    private static readonly Queue<(int Pid, int Status)> _unclaimed = new();
    private static Thread? _reaper;

    /// <param name="program">Full path.</param>
    /// <param name="output">Descriptor that becomes standard output.</param>
    /// <param name="error">Descriptor that becomes standard error.</param>
    /// <returns>Its pid, and its exit status once it has ended (128+n for signal n). Standard input is empty.</returns>
    /// <exception cref="IOException">it could not be started.</exception>
    public static (int Pid, Task<int> Ended) Start(
        string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> env, int output, int error)
    {
        lock (_turn)
        {
            var failure = Spawn(program, [program, .. arguments], [.. env.Select(pair => $"{pair.Key}={pair.Value}")], output, error, out var pid);
            if (failure != 0)
            {
                Posix.Throw(failure, "starting", program);
            }

            Forget(pid);
            return (pid, Register(pid));
        }
    }

    /// <summary>The end of a process whose parent was one of our children and has ended: it is ours now.</summary>
    public static Task<int> Adopt(int pid)
    {
        lock (_turn)
        {
            foreach (var (ended, status) in _unclaimed)
            {
                if (ended == pid)
                {
                    Forget(pid);
                    return Task.FromResult(status);
                }
            }

            return Register(pid);
        }
    }

    /// <summary>A pipe whose ends no other program gets.</summary>
    public static (int Read, int Write) Pipe()
    {
        var ends = stackalloc int[2];
        Posix.Check(SpawnCalls.Pipe2(ends, Libc.OCloExec), "making a pipe");
        return (ends[0], ends[1]);
    }

    private static Task<int> Register(int pid)
    {
        var end = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[pid] = end;
        if (_reaper is null)
        {
            _reaper = new Thread(Reap, 128 * 1024) { IsBackground = true, Name = "reaper" };
            _reaper.Start();
        }

        _started.Set();
        return end.Task;
    }

    private static void Forget(int pid)
    {
        for (var count = _unclaimed.Count; count > 0; count--)
        {
            var entry = _unclaimed.Dequeue();
            if (entry.Pid != pid)
            {
                _unclaimed.Enqueue(entry);
            }
        }
    }

    private static void Reap()
    {
        while (true)
        {
            int raw;
            var pid = SpawnCalls.WaitPid(-1, &raw, 0);
            if (pid < 0)
            {
                if (Marshal.GetLastPInvokeError() == SpawnCalls.NoChild)
                {
                    _started.WaitOne();
                }

                continue;
            }

            lock (_turn)
            {
                var status = (raw & 0x7f) == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f);
                if (_waiting.Remove(pid, out var end))
                {
                    end.SetResult(status);
                    continue;
                }

                _unclaimed.Enqueue((pid, status));
                if (_unclaimed.Count > KeptUnclaimed)
                {
                    _unclaimed.Dequeue();
                }
            }
        }
    }

    private static int Spawn(string program, string[] argv, string[] env, int output, int error, out int pid)
    {
        var attributes = stackalloc byte[SpawnCalls.BlockSize];
        var actions = stackalloc byte[SpawnCalls.BlockSize];
        var none = stackalloc ulong[16];
        var all = stackalloc ulong[16];
        // .NET ignores SIGPIPE, which would be inherited.
        all[0] = ulong.MaxValue;
        _ = SpawnCalls.AttrInit(attributes);
        _ = SpawnCalls.AttrSetFlags(attributes, SpawnCalls.SetSigDefault | SpawnCalls.SetSigMask);
        _ = SpawnCalls.AttrSetSigDefault(attributes, all);
        _ = SpawnCalls.AttrSetSigMask(attributes, none);
        _ = SpawnCalls.ActionsInit(actions);
        _ = SpawnCalls.ActionsAddOpen(actions, 0, "/dev/null\0"u8, Libc.ORdOnly, 0);
        _ = SpawnCalls.ActionsAddDup2(actions, output, 1);
        _ = SpawnCalls.ActionsAddDup2(actions, error, 2);
        var arguments = Vector(argv);
        var variables = Vector(env);
        var failure = SpawnCalls.PosixSpawn(out pid, Posix.Path(program), actions, attributes, arguments, variables);
        Free(arguments);
        Free(variables);
        _ = SpawnCalls.ActionsDestroy(actions);
        _ = SpawnCalls.AttrDestroy(attributes);
        return failure;
    }

    private static byte** Vector(string[] texts)
    {
        var vector = (byte**)NativeMemory.Alloc((nuint)(texts.Length + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < texts.Length; i++)
        {
            var bytes = Posix.Path(texts[i]);
            vector[i] = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
            bytes.CopyTo(new Span<byte>(vector[i], bytes.Length));
        }

        vector[texts.Length] = null;
        return vector;
    }

    private static void Free(byte** vector)
    {
        for (var i = 0; vector[i] is not null; i++)
        {
            NativeMemory.Free(vector[i]);
        }

        NativeMemory.Free(vector);
    }
}
