using Nua.Oci;

namespace Nua.Check.Scanning;

/// <summary>A mark in a layer that hides something of the layers below.</summary>
/// <param name="Parent">Directory, relative to the root.</param>
/// <param name="Hides">Name in that directory; null: everything in it.</param>
internal sealed record Whiteout(string Parent, string? Hides)
{
    public string Path => Hides is null ? Parent : Parent.Length == 0 ? Hides : $"{Parent}/{Hides}";
}

/// <summary>One layer as it was read, with everything that was odd about it.</summary>
internal sealed class ScannedLayer
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

    /// <summary>True when a limit kept a part of it out of the merged tree.</summary>
    public bool IsCut { get; set; }

    /// <summary>In the order of the tar, whiteouts left out.</summary>
    public List<ScannedEntry> Entries { get; } = [];

    public List<Whiteout> Whiteouts { get; } = [];

    /// <summary>What reading found wrong, each with the rule that it breaks.</summary>
    public IReadOnlyList<LayerFault> Faults => _faults;

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
