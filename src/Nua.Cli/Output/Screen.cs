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

    /// <summary>Asks a question on standard error; null when nobody is there to answer.</summary>
    public Func<string, string?> Ask { get; init; } = _ => null;

    /// <summary>The same without showing what is typed.</summary>
    public Func<string, string?> AskSecret { get; init; } = _ => null;

    /// <summary>Standard input up to this many characters; null when there are more.</summary>
    public Func<int, string?> ReadAll { get; init; } = _ => null;

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
            Ask = Console.IsInputRedirected ? _ => null : Prompt,
            AskSecret = Console.IsInputRedirected ? _ => null : PromptSecret,
            ReadAll = ReadInput,
        };
    }

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 4096) { AutoFlush = true };

    private static string? Prompt(string question)
    {
        Console.Error.Write(question);
        return Console.ReadLine();
    }

    private static string? PromptSecret(string question)
    {
        Console.Error.Write(question);
        var secret = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                secret.Length -= secret.Length > 0 ? 1 : 0;
            }
            else if (!char.IsControl(key.KeyChar))
            {
                secret.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return secret.ToString();
    }

    private static string? ReadInput(int limit)
    {
        using var reader = new StreamReader(Console.OpenStandardInput());
        var buffer = new char[limit + 1];
        var length = reader.ReadBlock(buffer, 0, buffer.Length);
        return length > limit ? null : new string(buffer, 0, length);
    }

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
