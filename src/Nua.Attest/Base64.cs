namespace Nua.Attest;

/// <summary>Base64 in the one form that our documents use: the standard alphabet, padded, nothing between (RFC 4648 section 4).</summary>
internal static class Base64
{
    /// <summary>Null when the text is not exactly what encoding the result gives: two texts never mean the same bytes.</summary>
    public static byte[]? Decode(string text)
    {
        var buffer = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text, buffer, out var length) && Convert.ToBase64String(buffer, 0, length) == text
            ? buffer[..length]
            : null;
    }
}
