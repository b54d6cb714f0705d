using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Nua.Config.Syntax;

/// <summary>The text of a configuration file: decoded, without byte order mark, without NUL.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lineStarts = [0];

    private SourceText(string text)
    {
        Text = text;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                _lineStarts.Add(i + 1);
            }
        }
    }

    public string Text { get; }

    /// <summary>Decodes UTF-8, or UTF-16 when a byte order mark says so. Null when the bytes are no text; the problem
    /// says where.</summary>
    public static SourceText? Decode(ReadOnlySpan<byte> bytes, ProblemLog log)
    {
        if (bytes.Length > Limits.Size)
        {
            log.Add(ConfigProblems.TooLarge(bytes.Length));
            return null;
        }

        var text = bytes switch
        {
            [0xef, 0xbb, 0xbf, ..] => Utf8(bytes[3..], log),
            [0xff, 0xfe, ..] => Utf16(bytes[2..], littleEndian: true, log),
            [0xfe, 0xff, ..] => Utf16(bytes[2..], littleEndian: false, log),
            _ => Utf8(bytes, log),
        };
        if (text is null)
        {
            return null;
        }

        var source = new SourceText(text);
        var nul = text.IndexOf('\0', StringComparison.Ordinal);
        if (nul >= 0)
        {
            log.Add(ConfigProblems.NotText("a NUL character") with { Where = log.At(source.PositionOf(nul)) });
            return null;
        }

        return source;
    }

    /// <summary>Line and column of a UTF-16 offset.</summary>
    public Position PositionOf(int offset)
    {
        var line = _lineStarts.BinarySearch(offset);
        if (line < 0)
        {
            line = ~line - 1;
        }

        return new Position(line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>Where more than <paramref name="limit"/> brackets are open at once, whatever they belong to; null when
    /// nowhere.</summary>
    public int? OffsetOfNesting(int limit)
    {
        var open = 0;
        for (var i = 0; i < Text.Length; i++)
        {
            open = Text[i] switch { '[' or '{' => open + 1, ']' or '}' => Math.Max(0, open - 1), _ => open };
            if (open > limit)
            {
                return i;
            }
        }

        return null;
    }

    private static string? Utf8(ReadOnlySpan<byte> bytes, ProblemLog log)
    {
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return Encoding.UTF8.GetString(bytes);
        }

        var good = 0;
        while (Rune.DecodeFromUtf8(bytes[good..], out _, out var used) == OperationStatus.Done)
        {
            good += used;
        }

        var before = new SourceText(Encoding.UTF8.GetString(bytes[..good]));
        log.Add(ConfigProblems.NotText($"the byte 0x{bytes[good]:x2}, which is not UTF-8 here") with
        {
            Where = log.At(before.PositionOf(before.Text.Length)),
        });
        return null;
    }

    private static string? Utf16(ReadOnlySpan<byte> bytes, bool littleEndian, ProblemLog log)
    {
        var text = new StringBuilder(bytes.Length / 2);
        for (var i = 0; i + 1 < bytes.Length; i += 2)
        {
            text.Append((char)(littleEndian
                ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[i..])
                : BinaryPrimitives.ReadUInt16BigEndian(bytes[i..])));
        }

        var result = text.ToString();
        var bad = FirstLoneSurrogate(result) ?? (bytes.Length % 2 == 0 ? null : result.Length);
        if (bad is null)
        {
            return result;
        }

        log.Add(ConfigProblems.NotText("half a character of UTF-16") with
        {
            Where = log.At(new SourceText(result).PositionOf(bad.Value)),
        });
        return null;
    }

    private static int? FirstLoneSurrogate(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out _, out var used) != OperationStatus.Done)
            {
                return at;
            }

            at += used;
        }

        return null;
    }
}
