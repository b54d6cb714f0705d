using Nua.Oci;

namespace Nua.Registry.Transfer;

/// <summary>What happens to one blob or document, in its order.</summary>
/// <param name="Blob">Which one.</param>
/// <param name="What">How far it is.</param>
/// <param name="Bytes">Bytes moved so far.</param>
public sealed record TransferEvent(Descriptor Blob, TransferStage What, long Bytes);

public enum TransferStage
{
    /// <summary>Nothing has been moved yet.</summary>
    Begun,

    /// <summary>Some of it has.</summary>
    Moving,

    /// <summary>All of it has, and is what it should be.</summary>
    Done,

    /// <summary>It was at the destination before.</summary>
    Present,

    /// <summary>The registry took it from another of its repositories.</summary>
    Mounted,

    /// <summary>It is not for redistribution, and was left out.</summary>
    LeftOut,
}
