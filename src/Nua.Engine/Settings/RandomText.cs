using System.Globalization;
using System.Security.Cryptography;

namespace Nua.Engine.Settings;

/// <summary>Values that nobody can guess, from the system's own source of randomness.</summary>
public static class RandomText
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz", Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", Digits = "0123456789";
    private const string Hex = Digits + "abcdef";
    private const string Base64 = Upper + Lower + Digits + "+/";

    /// <summary>The letters of names that must not happen to be words.</summary>
    private const string Consonants = "bcdfghjklmnpqrstvwxz";

    private const int DefaultLength = 24, Shortest = 5, Longest = 4096;

    /// <param name="form"><c>hex:N</c>, <c>alnum:N</c> or <c>base64:N</c>, N characters from 4 to 4096.</param>
    /// <returns>Null when the form is another.</returns>
    public static string? Generate(string form) =>
        form.Split(':') is [var alphabet, var count]
        && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length is >= 4 and <= Longest
            ? alphabet switch
            {
                "hex" => RandomNumberGenerator.GetString(Hex, length),
                "alnum" => RandomNumberGenerator.GetString(Lower + Upper + Digits, length),
                "base64" => RandomNumberGenerator.GetString(Base64, length),
                _ => null,
            }
            : null;

    /// <summary>Letters and digits, first a letter, at least one lower, one upper and three digits: what other programs ask of passwords.</summary>
    public static string Password(int? wanted)
    {
        var length = Math.Clamp(wanted ?? DefaultLength, Shortest, Longest);
        while (true)
        {
            var text = RandomNumberGenerator.GetString(Lower + Upper, 1) + RandomNumberGenerator.GetString(Lower + Upper + Digits, length - 1);
            if (text.Any(char.IsAsciiLetterLower) && text.Any(char.IsAsciiLetterUpper) && text.Count(char.IsAsciiDigit) >= 3)
            {
                return text;
            }
        }
    }

    /// <summary>An unsigned number of 64 bits.</summary>
    public static string Number()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToUInt64(bytes).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary><c>db_ksdfhjwq</c>: unlike any other on the same server.</summary>
    public static string Unique(string prefix) => prefix + RandomNumberGenerator.GetString(Consonants, 10);
}
