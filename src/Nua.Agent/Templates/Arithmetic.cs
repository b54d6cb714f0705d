namespace Nua.Agent.Templates;

/// <summary>
/// Python's operators on the values that templates know; integers have 64 bits and say so when that is not enough.
/// </summary>
internal static class Arithmetic
{
    public static object? Apply(string symbol, object? left, object? right, Position position)
    {
        if (symbol == "~")
        {
            return Joined(Values.Text(left, position), Values.Text(right, position), position);
        }

        if (Values.IsNumber(left) && Values.IsNumber(right))
        {
            return left is double || right is double || symbol == "/"
                ? Floats(symbol, Values.ToDouble(left!), Values.ToDouble(right!), position)
                : Integers(symbol, Values.ToLong(left!), Values.ToLong(right!), position);
        }

        return (symbol, left, right) switch
        {
            ("+", string a, string b) => Joined(a, b, position),
            ("+", List<object?> a, List<object?> b) => Checked([.. a, .. b], position),
            ("*", string a, long n) => Repeated(a, n, position),
            ("*", long n, string a) => Repeated(a, n, position),
            _ => throw new TemplateError(position,
                $"{Values.TypeName(left)} {symbol} {Values.TypeName(right)} does not work"),
        };
    }

    private static string Joined(string left, string right, Position position)
    {
        RenderState.CheckLength((long)left.Length + right.Length, position);
        return left + right;
    }

    private static string Repeated(string text, long count, Position position)
    {
        RenderState.CheckLength(Math.Clamp(count, 0, int.MaxValue) * text.Length, position);
        var result = new System.Text.StringBuilder();
        for (var i = 0L; i < count; i++)
        {
            result.Append(text);
        }

        return result.ToString();
    }

    private static List<object?> Checked(List<object?> list, Position position) =>
        list.Count <= Limits.Elements
            ? list : throw new TemplateError(position, $"the list is longer than {Limits.Elements}");

    private static object Integers(string symbol, long left, long right, Position position)
    {
        if (right == 0 && symbol is ("//" or "%"))
        {
            throw new TemplateError(position, "division by zero");
        }

        try
        {
            checked
            {
                return symbol switch
                {
                    "+" => (object)(left + right),
                    "-" => left - right,
                    "*" => left * right,
                    "//" => FloorDivide(left, right),
                    "%" => left - (FloorDivide(left, right) * right),
                    "**" when right >= 0 => Power(left, right),
                    _ => Floats(symbol, left, right, position),
                };
            }
        }
        catch (OverflowException)
        {
            throw new TemplateError(position, "the number does not fit in 64 bits");
        }
    }

    private static long FloorDivide(long left, long right)
    {
        var quotient = checked(left / right);
        return left % right != 0 && (left < 0) != (right < 0) ? quotient - 1 : quotient;
    }

    private static long Power(long left, long right)
    {
        if (left is 0 or 1 or -1)
        {
            return right == 0 ? 1 : left == -1 && right % 2 == 0 ? 1 : left;
        }

        var result = 1L;
        for (; right > 0; right--)
        {
            result = checked(result * left);
        }

        return result;
    }

    private static double Floats(string symbol, double left, double right, Position position)
    {
        if (right == 0 && symbol is ("/" or "//" or "%"))
        {
            throw new TemplateError(position, "division by zero");
        }

        return symbol switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => Math.Floor(left / right),
            "%" => left - (Math.Floor(left / right) * right),
            _ => Math.Pow(left, right),
        };
    }
}
