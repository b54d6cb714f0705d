namespace Nua.Oci.Compression;

/// <summary>
/// What the bits of a deflate stream mean, as its decoding tables hold it. From the lowest bit: eight bits for how many bits the symbol takes in all,
/// its code's and the extra ones behind it; four for its code's alone; flags; and in the upper half a literal's byte, what the value of the extra
/// bits is added to, or where a table of longer codes begins.
/// </summary>
internal static class DeflateEntry
{
    /// <summary>The bits are no code.</summary>
    public const uint None = 0;

    /// <summary>The highest bit: the question that is asked most is whether a number is negative.</summary>
    public const uint Literal = 1u << 31;

    public const uint EndOfBlock = 1 << 13;
    public const uint Table = 1 << 14;

    public const int BaseAt = 16;

    /// <summary>What the symbols say, before their codes are known.</summary>
    public static uint[] Literals { get; } =
    [
        .. Enumerable.Range(0, DeflateSymbols.EndOfBlock).Select(value => Literal | Of(value, 0)),
        EndOfBlock,
        .. DeflateSymbols.LengthBase.ToArray().Zip(DeflateSymbols.LengthExtra.ToArray(), (value, extra) => Of(value, extra)),
        None, None,
    ];

    /// <inheritdoc cref="Literals"/>
    public static uint[] Distances { get; } =
        [.. DeflateSymbols.DistanceBase.ToArray().Zip(DeflateSymbols.DistanceExtra.ToArray(), (value, extra) => Of(value, extra)), None, None];

    /// <summary>Of the code for code lengths: the symbols themselves.</summary>
    public static uint[] CodeLengths { get; } = [.. Enumerable.Range(0, 19).Select(value => Of(value, 0) | Literal)];

    /// <summary>How many bits it takes in all.</summary>
    public static int Bits(uint entry) => (int)(entry & 63);

    public static int CodeBits(uint entry) => (int)((entry >> 8) & 15);

    public static int Base(uint entry) => (int)((entry >> BaseAt) & 0x7FFF);

    /// <param name="meaning">Without a code.</param>
    public static uint With(uint meaning, int codeBits) => meaning == None ? None : meaning + ((uint)codeBits * 0x101);

    /// <summary>Of a table of longer codes.</summary>
    public static uint ToTable(int begin) => Table | ((uint)begin << BaseAt);

    private static uint Of(int value, int extraBits) => ((uint)value << BaseAt) | (uint)extraBits;
}
