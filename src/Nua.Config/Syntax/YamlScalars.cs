namespace Nua.Config.Syntax;

/// <summary>The core schema of YAML 1.2 (§10.3.2): what a plain scalar is. <c>yes</c>, <c>on</c>, <c>12:30</c> and
/// dates are text, <c>017</c> is seventeen.</summary>
internal static class YamlScalars
{
    public static (ScalarKind Kind, string Text) Resolve(string plain) => plain switch
    {
        "" or "~" or "null" or "Null" or "NULL" => (ScalarKind.Null, "null"),
        "true" or "True" or "TRUE" => (ScalarKind.Boolean, "true"),
        "false" or "False" or "FALSE" => (ScalarKind.Boolean, "false"),
        ".nan" or ".NaN" or ".NAN" => (ScalarKind.Float, plain),
        _ when IsInfinity(plain) => (ScalarKind.Float, plain),
        _ when IsInteger(plain) => (ScalarKind.Integer, plain),
        _ when IsFloat(plain) => (ScalarKind.Float, plain),
        _ => (ScalarKind.Text, plain),
    };

    private static bool IsInfinity(ReadOnlySpan<char> text) => Unsigned(text) is ".inf" or ".Inf" or ".INF";

    private static bool IsInteger(ReadOnlySpan<char> text)
    {
        if (text.StartsWith("0o"))
        {
            return text.Length > 2 && !text[2..].ContainsAnyExceptInRange('0', '7');
        }

        if (text.StartsWith("0x"))
        {
            return text.Length > 2 && IsHex(text[2..]);
        }

        var digits = Unsigned(text);
        return digits.Length > 0 && !digits.ContainsAnyExceptInRange('0', '9');
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary><c>[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?</c></summary>
    private static bool IsFloat(ReadOnlySpan<char> text)
    {
        text = Unsigned(text);
        var whole = Digits(ref text);
        var fraction = 0;
        if (text.StartsWith("."))
        {
            text = text[1..];
            fraction = Digits(ref text);
        }

        if (whole + fraction == 0)
        {
            return false;
        }

        if (text.Length > 0 && text[0] is 'e' or 'E')
        {
            text = Unsigned(text[1..]);
            return Digits(ref text) > 0 && text.IsEmpty;
        }

        return text.IsEmpty;
    }

    private static int Digits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var count = end < 0 ? text.Length : end;
        text = text[count..];
        return count;
    }

    private static ReadOnlySpan<char> Unsigned(ReadOnlySpan<char> text) =>
        text.Length > 0 && text[0] is '+' or '-' ? text[1..] : text;
}
