namespace Nua.Oci.Paths;

/// <summary>Many short texts in few large arrays, each found again by its position and length.</summary>
internal sealed class TextStore
{
    private const int Shift = 16;
    private const int PieceLength = 1 << Shift;

    private readonly List<char[]> _pieces = [];
    private int _free = PieceLength;

    /// <summary>Where the text was put. It is never cut in two: the rest of a piece stays empty.</summary>
    /// <param name="text">At most 65 536 characters.</param>
    public int Add(ReadOnlySpan<char> text)
    {
        if (_free + text.Length > PieceLength)
        {
            _pieces.Add(new char[PieceLength]);
            _free = 0;
        }

        text.CopyTo(_pieces[^1].AsSpan(_free));
        var at = ((_pieces.Count - 1) << Shift) + _free;
        _free += text.Length;
        return at;
    }

    public ReadOnlySpan<char> Get(int at, int length) =>
        length == 0 ? default : _pieces[at >> Shift].AsSpan(at & (PieceLength - 1), length);
}
