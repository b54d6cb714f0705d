using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nua.Cli.Output;

/// <summary>JSON for standard output: indented for results, one line for streams of objects.</summary>
public static class JsonText
{
    private static readonly JsonWriterOptions _indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions _line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Indented(Action<Utf8JsonWriter> write) => Text(_indented, write);

    /// <summary>Writes as it goes, a line end last: for what may be larger than memory should be.</summary>
    public static void WriteIndented(TextWriter output, Action<Utf8JsonWriter> write)
    {
        using var stream = new TextStream(output);
        using (var writer = new Utf8JsonWriter(stream, _indented))
        {
            write(writer);
        }

        output.WriteLine();
    }

    public static string Line(Action<Utf8JsonWriter> write) => Text(_line, write);

    private static string Text(JsonWriterOptions options, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            write(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }
}
