using System.Buffers;

namespace Nua.Oci;

/// <summary>The characters that the specs' grammars allow.</summary>
internal static class CharacterSets
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    public static readonly SearchValues<char> LowerHex = SearchValues.Create(Digits + "abcdef");
    public static readonly SearchValues<char> DigestEncoded = SearchValues.Create(Lower + Upper + Digits + "=_-");
    public static readonly SearchValues<char> MediaTypeName = SearchValues.Create(Lower + Upper + Digits + "!#$&-^_.+");
    public static readonly SearchValues<char> Tag = SearchValues.Create(Lower + Upper + Digits + "_.-");
    public static readonly SearchValues<char> RecordKey = SearchValues.Create(Lower + Digits + "-_.");
}
