using Nua.Oci;
using Nua.Oci.Paths;

namespace Nua.Check.Scanning;

/// <summary>A mark in a layer that hides something of the layers below.</summary>
/// <param name="Mark">The path of the whiteout file.</param>
internal readonly record struct Whiteout(PathTable Paths, int Mark)
{
    public const string Prefix = ".wh.";
    public const string Opaque = ".wh..wh..opq";

    /// <summary>Hides everything in its directory.</summary>
    public bool IsOpaque => Paths.Name(Mark).SequenceEqual(Opaque);

    /// <summary>What it hides; <see cref="PathTable.None"/> when no layer ever had that.</summary>
    public int Hidden => IsOpaque ? Paths.Parent(Mark) : Paths.Find(Paths.Parent(Mark), Paths.Name(Mark)[Prefix.Length..]);

    /// <summary>The path that it hides, relative to the root.</summary>
    public string Path
    {
        get
        {
            var parent = Paths.Path(Paths.Parent(Mark));
            var name = Paths.Name(Mark)[Prefix.Length..].ToString();
            return IsOpaque ? parent : parent.Length == 0 ? name : $"{parent}/{name}";
        }
    }
}

/// <summary>One layer as it was read, with everything that was odd about it.</summary>
internal sealed class ScannedLayer(MergedTree tree)
{
    private const int MostFaultsPerRule = 100;

    private readonly List<LayerFault> _faults = [];

    /// <summary>0 is the base.</summary>
    public required int Index { get; init; }

    public required Descriptor Blob { get; init; }

    /// <summary>Computed hash of the uncompressed bytes; null when they could not all be read.</summary>
    public Digest? DiffId { get; set; }

    /// <summary>Bytes of the files in it.</summary>
    public long FileBytes { get; set; }

    /// <summary>False when reading stopped before the end: nothing can be concluded from what is missing.</summary>
    public bool IsComplete => DiffId is not null && !IsCut;

    /// <summary>True when a limit kept a part of it out.</summary>
    public bool IsCut { get; set; }

    /// <summary>In the order of the tar, whiteouts left out.</summary>
    public IEnumerable<ScannedEntry> Entries => Enumerable.Range(EntriesFrom, EntryCount).Select(tree.EntryAt);

    public int EntryCount => EntriesTo - EntriesFrom;

    public List<Whiteout> Whiteouts { get; } = [];

    /// <summary>What reading found wrong, each with the rule that it breaks.</summary>
    public IReadOnlyList<LayerFault> Faults => _faults;

    /// <summary>Where its entries begin among those of the tree.</summary>
    internal int EntriesFrom { get; } = tree.EntryCount;

    internal int EntriesTo { get; set; } = tree.EntryCount;

    public void Report(string ruleId, string what, string? path = null)
    {
        if (_faults.Count(fault => fault.RuleId == ruleId) < MostFaultsPerRule)
        {
            _faults.Add(new LayerFault(ruleId, what, path));
        }
    }
}

/// <param name="RuleId">Which rule of the layer family is broken.</param>
/// <param name="Path">Absolute; null for the layer as a whole.</param>
internal sealed record LayerFault(string RuleId, string What, string? Path);
