namespace Nua.Oci.Paths;

/// <summary>
/// A growing array in pieces. Hundreds of thousands of small records as objects would take the collector twice their size; pieces are never
/// copied when the list grows and have no gaps.
/// </summary>
public sealed class BigList<T>
    where T : struct
{
    private const int Shift = 11;
    private const int PieceLength = 1 << Shift;

    private readonly List<T[]> _pieces = [];

    public int Count { get; private set; }

    public ref T this[int index] => ref _pieces[index >> Shift][index & (PieceLength - 1)];

    /// <summary>The new item's index.</summary>
    public int Add(in T item)
    {
        if (Count == _pieces.Count << Shift)
        {
            _pieces.Add(new T[PieceLength]);
        }

        this[Count] = item;
        return Count++;
    }
}
