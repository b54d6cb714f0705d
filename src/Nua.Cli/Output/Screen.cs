using System.Text;

namespace Nua.Cli.Output;

/// <summary>The two streams and what kind of thing is at their ends. The only code that knows <see cref="Console"/>.</summary>
public sealed record Screen(TextWriter Out, TextWriter Error)
{
    /// <summary>Standard output as bytes, for what a container prints.</summary>
    public Stream OutBytes { get; init; } = Stream.Null;

    /// <summary>Standard error as bytes.</summary>
    public Stream ErrorBytes { get; init; } = Stream.Null;

    /// <summary>Standard error is a terminal that understands cursor movement.</summary>
    public bool IsLive { get; init; }

    /// <summary>Colours are wanted unless the command line says otherwise: a terminal, no <c>NO_COLOR</c>.</summary>
    public bool HasColour { get; init; }

    /// <summary>Standard output is a terminal.</summary>
    public bool IsOutTerminal { get; init; }

    /// <summary>Columns of the terminal; 80 when unknown.</summary>
    public int Width { get; init; } = 80;

    public static Screen OfProcess()
    {
        var isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        var (output, error) = (Console.OpenStandardOutput(), Console.OpenStandardError());
        return new Screen(Writer(output), Writer(error))
        {
            OutBytes = output,
            ErrorBytes = error,
            IsLive = isTerminal,
            HasColour = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            IsOutTerminal = !Console.IsOutputRedirected,
            Width = isTerminal ? Columns() : 80,
        };
    }

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 4096) { AutoFlush = true };

    private static int Columns()
    {
        try
        {
            return Math.Clamp(Console.WindowWidth, 40, 240);
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
