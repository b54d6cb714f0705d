using System.Diagnostics;
using Nua.Foundation;

namespace Nua.Build.Sources;

/// <summary>
/// The output of a host program (<c>bzip2 -dc</c>, <c>xz -dc</c>) fed with a stream. Reading to the end checks the program's exit
/// status, so that a cut archive is not taken for a short one. The program sees pipes only, never a file name.
/// </summary>
internal sealed class FilterStream : Stream
{
    private readonly Process _process;
    private readonly Task _feeding;
    private readonly Task<string> _complaint;
    private readonly string _archive;
    private bool _isEnded;

    private FilterStream(Process process, Stream input, string archive)
    {
        _process = process;
        _archive = archive;
        _feeding = Task.Run(() => Feed(input));
        _complaint = process.StandardError.ReadToEndAsync();
    }

    /// <exception cref="ProblemException">NUA2111: the program is not installed.</exception>
    public static FilterStream Start(ArchiveFormat format, Stream input, string archive, IReadOnlyDictionary<string, string> environment)
    {
        var (name, package, arguments) = format == ArchiveFormat.TarXz
            ? ("xz", "xz-utils", new[] { "-dc", "--memlimit-decompress=512MiB" })
            : ("bzip2", "bzip2", ["-dc"]);
        var program = HostProgram.Find(name, environment, HostProgram.Pick(environment, "PATH"))
            ?? throw SourceProblems.MissingProgram(name, package, "unpacking " + Printable.Escape(archive, 200));
        return new FilterStream(program.Start(arguments, "/"), input, archive);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var read = _process.StandardOutput.BaseStream.Read(buffer);
        if (read == 0 && buffer.Length > 0 && !_isEnded)
        {
            _isEnded = true;
            _process.WaitForExit();
            if (_process.ExitCode != 0)
            {
                throw SourceProblems.Damaged(_archive, Printable.Escape(_complaint.GetAwaiter().GetResult().Trim(), 300));
            }
        }

        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }

            // The feeder ends with a broken pipe now; it must not outlive the stream it reads from.
            _feeding.Wait();
            _process.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Feed(Stream input)
    {
        try
        {
            using var pipe = _process.StandardInput.BaseStream;
            input.CopyTo(pipe);
        }
        catch (IOException)
        {
            // The program ended before its input did; its exit status says why.
        }
    }
}
