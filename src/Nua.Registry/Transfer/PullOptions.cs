using Nua.Oci;

namespace Nua.Registry.Transfer;

/// <summary>What of an image is pulled, and what it is called afterwards.</summary>
public sealed record PullOptions
{
    public static readonly PullOptions Default = new();

    /// <summary>One platform of an index; null keeps an index whole.</summary>
    public Platform? Platform { get; init; }

    /// <summary>Names in the store.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Hears what happens; called from several threads.</summary>
    public IProgress<TransferEvent>? Progress { get; init; }
}

/// <summary>What a pull brought.</summary>
/// <param name="Root">What is in the store: the index or manifest that the reference names, or the manifest that was chosen from its index.</param>
/// <param name="Pinned">The reference with the digest that it had: of the index, if it names one.</param>
/// <param name="Fetched">Number of blobs that came over the network, documents not counted.</param>
/// <param name="FetchedBytes">Their bytes.</param>
/// <param name="Present">Number of blobs that the store had already.</param>
public sealed record PulledImage(Descriptor Root, ImageReference Pinned, int Fetched, long FetchedBytes, int Present)
{
    /// <summary>What the reference names; pins it.</summary>
    public Digest Digest => Pinned.Digest!.Value;
}
