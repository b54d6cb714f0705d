using System.Text;
using Nua.Foundation;

namespace Nua.Agent.Health;

/// <summary>The one line that a health check prints.</summary>
internal static class HealthLine
{
    /// <summary>Contract §2.3.</summary>
    public const int LongestBytes = 200;

    private const string _hidden = "***";

    /// <summary>One printable line of at most 200 bytes, with the secrets' values taken out.</summary>
    public static string Shorten(string text, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
        {
            text = text.Replace(secret, _hidden, StringComparison.Ordinal);
        }

        var line = Printable.Escape(FirstLine(text));
        while (Encoding.UTF8.GetByteCount(line) > LongestBytes)
        {
            line = line[..Math.Min(line.Length - 1, LongestBytes)];
        }

        return line;
    }

    private static string FirstLine(string text)
    {
        foreach (var line in text.Split('\n'))
        {
            if (line.Trim().Length > 0)
            {
                return line.Trim();
            }
        }

        return "";
    }
}
