using System.Diagnostics;
using Nua.Foundation;

namespace Nua.Engine.Backups;

/// <summary>A program of the host that bytes are sent to or come from. It is ended when it is given up.</summary>
internal sealed class FilterProgram : IDisposable
{
    private readonly Process _process;
    private readonly string _name;
    private readonly Task<string> _errors;
    private readonly List<Task> _pumps = [];
    private bool _hasEnded;

    public FilterProgram(string program, IReadOnlyList<string> arguments)
    {
        _name = Path.GetFileName(program);
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Copies the program's output until it ends. When the target takes no more, the program ends too: nobody waits for the other.</summary>
    public void SendOutputTo(Stream target) => _pumps.Add(Task.Run(() =>
    {
        try
        {
            Output.CopyTo(target, 256 << 10);
        }
        catch
        {
            Output.Close();
            throw;
        }
    }));

    /// <summary>Copies into the program; when it no longer wants to read, that is no error of its own.</summary>
    public void TakeInputFrom(Stream source) => _pumps.Add(Task.Run(() =>
    {
        try
        {
            source.CopyTo(Input, 256 << 10);
            Input.Close();
        }
        catch (IOException)
        {
            // It has ended: Complete says why.
        }
    }));

    /// <summary>No more input; waits for its end.</summary>
    /// <exception cref="ProblemException">NUA5133: it failed.</exception>
    /// <exception cref="IOException">what <see cref="SendOutputTo"/> failed with.</exception>
    public void Complete()
    {
        try
        {
            Input.Close();
        }
        catch (IOException)
        {
            // The same.
        }

        Task.WhenAll(_pumps).GetAwaiter().GetResult();
        _process.WaitForExit();
        _hasEnded = true;
        if (_process.ExitCode != 0)
        {
            var said = string.Join("; ", _errors.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(5));
            throw new ProblemException(new Problem("NUA5133", $"the program '{_name}' failed")
            {
                Why = said.Length > 0 ? Printable.Escape(said, 500) : $"it ended with {_process.ExitCode}",
            });
        }
    }

    public void Dispose()
    {
        if (!_hasEnded)
        {
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (InvalidOperationException)
            {
                // It has just ended.
            }
        }

        _process.Dispose();
    }
}
