using System.Globalization;

namespace Nua.Agent.Web;

/// <summary>A part of a file.</summary>
/// <param name="Start">First byte.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>Reads a Range header with one range.</summary>
    /// <param name="isUnsatisfiable">The range is well formed and lies outside: 416.</param>
    /// <returns>null when the header is to be ignored, as several ranges and other units are, or when
    /// unsatisfiable.</returns>
    public static ByteRange? Parse(string? header, long size, out bool isUnsatisfiable)
    {
        isUnsatisfiable = false;
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(','))
        {
            return null;
        }

        var spec = header.AsSpan("bytes=".Length).Trim();
        var dash = spec.IndexOf('-');
        if (dash < 0 || !TryNumber(spec[..dash], out var first) || !TryNumber(spec[(dash + 1)..], out var last))
        {
            return null;
        }

        if (first is null)
        {
            var tail = Math.Min(last ?? -1, size);
            isUnsatisfiable = tail == 0;
            return tail > 0 ? new ByteRange(size - tail, tail) : null;
        }

        if (last < first)
        {
            return null;
        }

        isUnsatisfiable = first >= size;
        return isUnsatisfiable
            ? null : new ByteRange(first.Value, Math.Min(last ?? (size - 1), size - 1) - first.Value + 1);
    }

    /// <summary>Empty is null; a number too large for 64 bits is the largest.</summary>
    private static bool TryNumber(ReadOnlySpan<char> text, out long? number)
    {
        number = null;
        if (text.IsEmpty)
        {
            return true;
        }

        if (text.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        number = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? value : long.MaxValue;
        return true;
    }
}
