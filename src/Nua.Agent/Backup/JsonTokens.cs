using System.Text.Json;
using Nua.Agent.Linux;

namespace Nua.Agent.Backup;

/// <summary>Reads a JSON file token by token with a small buffer, however long it is.</summary>
internal sealed class JsonTokens(int fd, string path)
{
    private const int _firstSize = 64 * 1024;

    /// <summary>The longest single token; a path has at most 4 KiB, an extended attribute 64 KiB.</summary>
    private const int _largestSize = 1 << 20;

    private byte[] _buffer = new byte[_firstSize];
    private int _start;
    private int _end;
    private long _offset;
    private bool _isFinal;
    private JsonReaderState _state;

    public JsonTokenType Type { get; private set; }

    /// <summary>The text of a string, a name or a number.</summary>
    public string Text { get; private set; } = "";

    /// <returns>false at the end of the document.</returns>
    /// <exception cref="JsonException">it is not JSON, or a token is too long.</exception>
    public bool Next()
    {
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start, _end - _start), _isFinal, _state);
            var found = reader.Read();
            if (found)
            {
                Type = reader.TokenType;
                Text = Type switch
                {
                    JsonTokenType.String or JsonTokenType.PropertyName => reader.GetString()!,
                    JsonTokenType.Number => System.Text.Encoding.ASCII.GetString(reader.ValueSpan),
                    _ => "",
                };
            }

            _state = reader.CurrentState;
            _start += (int)reader.BytesConsumed;
            if (found || _isFinal)
            {
                return found;
            }

            Fill();
        }
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= _largestSize)
            {
                throw new JsonException();
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = FileBytes.Read(fd, _buffer.AsSpan(_end), _offset, path);
        _isFinal = count == 0;
        _end += count;
        _offset += count;
    }
}
