using System.Text;
using Nua.Oci;

namespace Nua.Cli.Output;

/// <summary>Takes UTF-8 bytes and writes them as text.</summary>
internal sealed class TextStream(TextWriter output) : WriteOnlyStream
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly char[] _characters = new char[16 << 10];

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            _decoder.Convert(buffer, _characters, flush: false, out var used, out var made, out _);
            output.Write(_characters.AsSpan(0, made));
            buffer = buffer[used..];
        }
    }
}
