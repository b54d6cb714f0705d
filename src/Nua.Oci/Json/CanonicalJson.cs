using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Nua.Oci.Json;

/// <summary>Writes a document whose bytes depend on its content alone: no white space, fields in the order of the calls, maps
/// sorted by name, absent values left out.</summary>
public sealed class CanonicalJson : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new(1024);
    private readonly Utf8JsonWriter _writer;

    public CanonicalJson() => _writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Indented = false,
    });

    public void Start() => _writer.WriteStartObject();

    public void Start(string name) => _writer.WriteStartObject(name);

    public void End() => _writer.WriteEndObject();

    public void StartArray() => _writer.WriteStartArray();

    public void StartArray(string name) => _writer.WriteStartArray(name);

    public void EndArray() => _writer.WriteEndArray();

    public void Name(string name) => _writer.WritePropertyName(name);

    public void String(string name, string value) => _writer.WriteString(name, value);

    public void Item(string value) => _writer.WriteStringValue(value);

    public void Number(string name, long value) => _writer.WriteNumber(name, value);

    public void Boolean(string name, bool value) => _writer.WriteBoolean(name, value);

    public void OptionalString(string name, string? value)
    {
        if (value is not null)
        {
            String(name, value);
        }
    }

    /// <summary>Nothing when the list is null; an empty array when it is empty.</summary>
    public void Strings(string name, IReadOnlyList<string>? values)
    {
        if (values is null)
        {
            return;
        }

        StartArray(name);
        foreach (var value in values)
        {
            Item(value);
        }

        EndArray();
    }

    /// <summary>Nothing when the map is empty.</summary>
    public void StringMap(string name, IReadOnlyDictionary<string, string> values)
    {
        if (values.Count == 0)
        {
            return;
        }

        Start(name);
        foreach (var (key, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            String(key, value);
        }

        End();
    }

    /// <summary>Names used as a set: <c>{"8080/tcp":{}}</c>. Nothing when there are none.</summary>
    public void NameSet(string name, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
        {
            return;
        }

        Start(name);
        foreach (var item in names.Order(StringComparer.Ordinal))
        {
            Start(item);
            End();
        }

        End();
    }

    /// <summary>Fields kept from a document that was read, as raw JSON, sorted by name.</summary>
    public void Raw(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (name, json) in fields.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            _writer.WritePropertyName(name);
            _writer.WriteRawValue(json);
        }
    }

    /// <summary>The finished document.</summary>
    public byte[] ToBytes()
    {
        _writer.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    public void Dispose() => _writer.Dispose();
}
