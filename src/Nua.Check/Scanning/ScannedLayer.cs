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
    public required int Index { get; init; }

    public required string MediaType { get; init; }

    /// <summary>As the manifest says.</summary>
    public required string Digest { get; init; }

    /// <summary>Bytes as stored, by the manifest.</summary>
    public required long Size { get; init; }

    /// <summary>Hash of the uncompressed bytes; null when they could not all be read.</summary>
    public string? DiffId { get; set; }

    /// <summary>Bytes of the files in it.</summary>
    public long ContentSize { get; set; }

    /// <summary>In the order of the tar, whiteouts left out.</summary>
    public List<ScannedEntry> Entries { get; } = [];

    public List<Whiteout> Whiteouts { get; } = [];

    /// <summary>What reading found wrong, each with the rule that it breaks.</summary>
    public List<LayerFault> Faults { get; } = [];
}

/// <param name="RuleId">Which rule of the layer family is broken.</param>
/// <param name="Path">Absolute; null for the layer as a whole.</param>
internal sealed record LayerFault(string RuleId, string What, string? Path = null);
