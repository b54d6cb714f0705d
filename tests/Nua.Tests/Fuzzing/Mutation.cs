using System.Text;
using CsCheck;

namespace Nua.Tests.Fuzzing;

/// <summary>Inputs that are almost right: a seed with a few changes. CsCheck repeats and shrinks what fails.</summary>
internal static class Mutation
{
    private const int LongestInput = 1 << 20;

    private static readonly byte[] _telling = [0, 1, 0x7F, 0x80, 0xFF, (byte)'0', (byte)'9', (byte)'/', (byte)'-', (byte)'"', (byte)'\n', (byte)' '];

    public static Gen<byte[]> Of(IReadOnlyList<byte[]> seeds, IReadOnlyList<string> words, Func<byte[], byte[]> mend) =>
        from seed in Gen.Int[0, seeds.Count - 1]
        from steps in Gen.Select(Gen.Int[0, 6], Gen.Double[0, 1], Gen.Int[0, 1 << 20]).Array[0, 8]
        from isMended in Gen.Bool
        select Change(seeds, words, seed, steps, isMended ? mend : bytes => bytes);

    private static byte[] Change(
        IReadOnlyList<byte[]> seeds, IReadOnlyList<string> words, int seed, (int Kind, double At, int Value)[] steps, Func<byte[], byte[]> mend)
    {
        var bytes = (byte[])seeds[seed].Clone();
        foreach (var (kind, where, value) in steps)
        {
            var at = Math.Min((int)(where * bytes.Length), Math.Max(0, bytes.Length - 1));
            bytes = kind switch
            {
                0 => With(bytes, at, b => (byte)(b ^ (1 << (value % 8)))),
                1 => With(bytes, at, _ => (byte)value),
                2 => With(bytes, at, _ => _telling[value % _telling.Length]),
                3 => [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + (value % 64))..]],
                4 => [.. bytes[..at], .. bytes[..Math.Min(bytes.Length, at + (value % 2048))][at..], .. bytes[at..]],
                5 => words.Count == 0 ? bytes : [.. bytes[..at], .. Encoding.Latin1.GetBytes(words[value % words.Count]), .. bytes[at..]],
                _ => [.. bytes[..at], .. Tail(seeds[value % seeds.Count], where)],
            };
            if (bytes.Length > LongestInput)
            {
                return bytes[..LongestInput];
            }
        }

        return mend(bytes);
    }

    private static byte[] Tail(byte[] other, double where) => other[(int)(where * other.Length)..];

    private static byte[] With(byte[] bytes, int at, Func<byte, byte> change)
    {
        if (bytes.Length > 0)
        {
            bytes[at] = change(bytes[at]);
        }

        return bytes;
    }
}
