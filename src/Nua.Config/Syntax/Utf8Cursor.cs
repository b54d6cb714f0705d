namespace Nua.Config.Syntax;

/// <summary>Turns byte offsets into UTF-16 offsets of the same text. Asked in rising order it walks the text
/// once.</summary>
internal sealed class Utf8Cursor(byte[] utf8)
{
    private int _byte;
    private int _char;

    public int OffsetOf(int byteOffset)
    {
        if (byteOffset < _byte)
        {
            (_byte, _char) = (0, 0);
        }

        for (; _byte < byteOffset && _byte < utf8.Length; _byte++)
        {
            // A sequence of four bytes is two UTF-16 units, every other sequence is one; count at the leading byte.
            _char += utf8[_byte] switch { >= 0xf0 => 2, >= 0x80 and < 0xc0 => 0, _ => 1 };
        }

        return _char;
    }

    /// <summary>The offset of a byte given as line (from 0) and byte in that line.</summary>
    public int OffsetOf(int line, int bytesInLine)
    {
        var start = 0;
        for (; line > 0; line--)
        {
            var end = Array.IndexOf(utf8, (byte)'\n', start);
            start = end < 0 ? utf8.Length : end + 1;
        }

        return OffsetOf(start + bytesInLine);
    }
}
