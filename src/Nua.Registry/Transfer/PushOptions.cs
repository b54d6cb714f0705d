using Nua.Oci;

namespace Nua.Registry.Transfer;

/// <summary>How an image is pushed.</summary>
public sealed record PushOptions
{
    public static readonly PushOptions Default = new();

    /// <summary>Repositories of the same registry that may have some of the blobs.</summary>
    public IReadOnlyList<string> MountFrom { get; init; } = [];

    /// <summary>Hears what happens; called from several threads.</summary>
    public IProgress<TransferEvent>? Progress { get; init; }
}

/// <summary>What a push did.</summary>
/// <param name="Pinned">Where the image is now, with its digest.</param>
/// <param name="Sent">Number of blobs that were sent, documents not counted.</param>
/// <param name="SentBytes">Their bytes.</param>
/// <param name="Mounted">Number of blobs that the registry took from another repository.</param>
/// <param name="Present">Number of blobs that were there.</param>
/// <param name="Documents">Number of manifests and indexes that were sent.</param>
public sealed record PushedImage(ImageReference Pinned, int Sent, long SentBytes, int Mounted, int Present, int Documents)
{
    public Digest Digest => Pinned.Digest!.Value;
}
