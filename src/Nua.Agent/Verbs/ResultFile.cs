using System.Buffers;
using System.Text.Json;
using Nua.Agent.Settings;
using Nua.Foundation.Linux;

namespace Nua.Agent.Verbs;

/// <summary>
/// The small JSON that an operator reads, <c>{"data_version":7,"message":"…","warnings":[]}</c>, in the file that
/// <c>NUA_RESULT</c> names. Written in place, because it may be a single file mounted into the container, and not over
/// one that the packager's command has written.
/// </summary>
internal static class ResultFile
{
    private const int _longestMessage = 1000;
    private const uint _mode = 0x1B0;

    public static void Write(Variables variables, int? dataVersion, string message,
        IReadOnlyList<string>? warnings = null) =>
        WriteJson(variables, json =>
        {
            if (dataVersion is { } version)
            {
                json.WriteNumber("data_version"u8, version);
            }

            json.WriteString("message"u8, Cut(message));
            json.WriteStartArray("warnings"u8);
            foreach (var warning in (warnings ?? []).Take(20))
            {
                json.WriteStringValue(Cut(warning));
            }

            json.WriteEndArray();
        });

    /// <summary>
    /// Writes one object. A result that cannot be written is only noted: the work is done all the same.
    /// </summary>
    public static void WriteJson(Variables variables, Action<Utf8JsonWriter> fields)
    {
        if (!variables.Has("NUA_RESULT"))
        {
            return;
        }

        var path = variables["NUA_RESULT"]!;
        if (File.Exists(path) && new FileInfo(path).Length > 0)
        {
            return;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            fields(json);
            json.WriteEndObject();
        }

        var fd = Libc.Open(Posix.Path(path), Libc.OWrOnly | Libc.OCreat | Libc.OTrunc | Libc.OCloExec, _mode);
        if (fd < 0)
        {
            Output.Note($"cannot write the result to NUA_RESULT (errno {Posix.LastError})");
            return;
        }

        Output.Write(fd, buffer.WrittenSpan);
        _ = Libc.Close(fd);
    }

    private static string Cut(string text) => text.Length <= _longestMessage ? text : text[.._longestMessage] + "…";
}
