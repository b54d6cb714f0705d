namespace Nua.Cli.Output;

/// <summary>Sizes for people: powers of 1000, as disks and registries count.</summary>
public static class ByteSize
{
    private static readonly string[] _units = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary><c>0 B</c>, <c>999 B</c>, <c>1.0 kB</c>, <c>12.3 MB</c>, <c>123 MB</c>.</summary>
    public static string Format(long bytes)
    {
        var value = (double)bytes;
        var unit = 0;
        while (Math.Abs(value) >= 999.5 && unit < _units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : $"{value.ToString(Math.Abs(value) < 99.95 ? "0.0" : "0")} {_units[unit]}";
    }
}
