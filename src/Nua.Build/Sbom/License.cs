namespace Nua.Build.Sbom;

/// <summary>What a publisher says about the licence, in one of three forms.</summary>
public enum LicenseForm
{
    /// <summary>An SPDX identifier.</summary>
    Identifier,

    /// <summary>An SPDX expression of known identifiers.</summary>
    Expression,

    /// <summary>Any other text.</summary>
    Name,
}

/// <summary>One declared licence.</summary>
public sealed record License(LicenseForm Form, string Text)
{
    private const int MaxLength = 200;

    /// <summary>Spellings that are common and mean exactly one thing.</summary>
    private static readonly Dictionary<string, string> _spellings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["AGPL-3"] = "AGPL-3.0-only", ["AGPL-3+"] = "AGPL-3.0-or-later", ["AGPL-3.0"] = "AGPL-3.0-only",
        ["AGPL-3.0+"] = "AGPL-3.0-or-later", ["Apache 2.0"] = "Apache-2.0", ["Apache License 2.0"] = "Apache-2.0",
        ["Apache License, Version 2.0"] = "Apache-2.0", ["Apache-2"] = "Apache-2.0", ["BSD-2-clauses"] = "BSD-2-Clause",
        ["BSD-3-clauses"] = "BSD-3-Clause", ["CC0"] = "CC0-1.0", ["Expat"] = "MIT", ["GFDL-1.2"] = "GFDL-1.2-only",
        ["GFDL-1.2+"] = "GFDL-1.2-or-later", ["GFDL-1.3"] = "GFDL-1.3-only", ["GFDL-1.3+"] = "GFDL-1.3-or-later",
        ["GPL-1"] = "GPL-1.0-only", ["GPL-1+"] = "GPL-1.0-or-later", ["GPL-1.0"] = "GPL-1.0-only",
        ["GPL-1.0+"] = "GPL-1.0-or-later", ["GPL-2"] = "GPL-2.0-only", ["GPL-2+"] = "GPL-2.0-or-later",
        ["GPL-2.0"] = "GPL-2.0-only", ["GPL-2.0+"] = "GPL-2.0-or-later", ["GPL-3"] = "GPL-3.0-only",
        ["GPL-3+"] = "GPL-3.0-or-later", ["GPL-3.0"] = "GPL-3.0-only", ["GPL-3.0+"] = "GPL-3.0-or-later",
        ["GPLv2"] = "GPL-2.0-only", ["GPLv2+"] = "GPL-2.0-or-later", ["GPLv3"] = "GPL-3.0-only", ["GPLv3+"] = "GPL-3.0-or-later",
        ["LGPL-2"] = "LGPL-2.0-only", ["LGPL-2+"] = "LGPL-2.0-or-later", ["LGPL-2.0"] = "LGPL-2.0-only",
        ["LGPL-2.0+"] = "LGPL-2.0-or-later", ["LGPL-2.1"] = "LGPL-2.1-only", ["LGPL-2.1+"] = "LGPL-2.1-or-later",
        ["LGPL-3"] = "LGPL-3.0-only", ["LGPL-3+"] = "LGPL-3.0-or-later", ["LGPL-3.0"] = "LGPL-3.0-only",
        ["LGPL-3.0+"] = "LGPL-3.0-or-later", ["MIT License"] = "MIT", ["The MIT License"] = "MIT", ["MPL-2"] = "MPL-2.0",
        ["MPL 2.0"] = "MPL-2.0", ["Mozilla Public License 2.0"] = "MPL-2.0", ["OFL"] = "OFL-1.1", ["PSF"] = "PSF-2.0",
        ["The Unlicense"] = "Unlicense", ["Zope Public License"] = "ZPL-2.1",
    };

    /// <summary>An identifier or expression where every word is known, else a name; null for empty text.</summary>
    public static License? Parse(string? text)
    {
        var trimmed = string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (trimmed.Length == 0)
        {
            return null;
        }

        if (Identify(trimmed) is { } id)
        {
            return new License(LicenseForm.Identifier, id);
        }

        return ReadExpression(trimmed) is { } expression
            ? new License(LicenseForm.Expression, expression)
            : new License(LicenseForm.Name, trimmed.Length > MaxLength ? trimmed[..MaxLength] + "…" : trimmed);
    }

    /// <summary>Distinct and sorted by text.</summary>
    public static IReadOnlyList<License> Distinct(IEnumerable<License?> licenses) =>
        [.. licenses.OfType<License>().Distinct().OrderBy(l => l.Text, StringComparer.Ordinal)];

    private static string? Identify(string word) =>
        _spellings.GetValueOrDefault(word) is { } known ? known : SpdxLicenses.Identifier(word);

    /// <summary>The text again with SPDX's spelling, when it is <c>A OR (B AND C WITH D)</c> of known words; else null.</summary>
    private static string? ReadExpression(string text)
    {
        var words = text.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var result = new List<string>();
        var depth = 0;
        var wantsOperand = true;
        for (var i = 0; i < words.Length; i++)
        {
            var word = words[i];
            if (word == "(" && wantsOperand)
            {
                depth++;
                result.Add(word);
            }
            else if (word == ")" && !wantsOperand && --depth >= 0)
            {
                result.Add(word);
            }
            else if (wantsOperand && Identify(word) is { } id)
            {
                result.Add(id);
                wantsOperand = false;
            }
            else if (!wantsOperand && word.ToUpperInvariant() is "AND" or "OR" && i + 1 < words.Length)
            {
                result.Add(word.ToUpperInvariant());
                wantsOperand = true;
            }
            else if (!wantsOperand && word.Equals("with", StringComparison.OrdinalIgnoreCase) && i + 1 < words.Length
                && result[^1] != ")" && SpdxLicenses.Exception(words[i + 1]) is { } exception)
            {
                result.Add("WITH");
                result.Add(exception);
                i++;
            }
            else
            {
                return null;
            }
        }

        return depth == 0 && !wantsOperand
            ? string.Join(' ', result).Replace("( ", "(", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal)
            : null;
    }
}
