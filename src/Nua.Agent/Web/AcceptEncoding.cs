using System.Globalization;

namespace Nua.Agent.Web;

/// <summary>A precompressed form of a file, beside it under its name and a suffix.</summary>
internal sealed record Coding(string Name, string Suffix)
{
    /// <summary>Smallest first: that is what equal wishes get.</summary>
    public static IReadOnlyList<Coding> All { get; } = [new("br", ".br"), new("zstd", ".zst"), new("gzip", ".gz")];
}

/// <summary>What a client says about compressed answers.</summary>
internal static class AcceptEncoding
{
    /// <summary>The weight of a coding in thousandths; 0: do not send it.</summary>
    public static int Weight(string? header, string coding)
    {
        var any = 0;
        foreach (var item in (header ?? "").Split(','))
        {
            var parts = item.Split(';');
            var name = parts[0].Trim();
            name = name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? "gzip" : name;
            if (name.Equals(coding, StringComparison.OrdinalIgnoreCase))
            {
                return Quality(parts);
            }

            any = name == "*" ? Quality(parts) : any;
        }

        return any;
    }

    private static int Quality(string[] parts)
    {
        for (var i = 1; i < parts.Length; i++)
        {
            var parameter = parts[i].Trim();
            if (parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase))
            {
                return double.TryParse(parameter.AsSpan(2), NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture, out var quality)
                    ? (int)(Math.Clamp(quality, 0, 1) * 1000)
                    : 0;
            }
        }

        return 1000;
    }
}
