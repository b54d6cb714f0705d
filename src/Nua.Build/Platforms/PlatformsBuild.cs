using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;

namespace Nua.Build.Platforms;

/// <summary>One build for several platforms: an image for each, named <c>NAME:TAG-ARCHITECTURE</c>, and an index of them under the name itself.</summary>
public static class PlatformsBuild
{
    /// <param name="requests">The same build for each platform, each with that platform's agent.</param>
    /// <returns>The digest is the index's.</returns>
    /// <exception cref="ProblemException">what <see cref="Builder"/> gives; the name still belongs to what it belonged to before then.</exception>
    public static async Task<BuildOutcome> BuildAsync(IReadOnlyList<BuildRequest> requests, IProgress<BuildEvent> progress, CancellationToken cancel)
    {
        var entries = new List<Descriptor>();
        var problems = new List<Problem>();
        var name = "";
        var isCached = true;
        foreach (var request in requests)
        {
            var outcome = await Builder.BuildAsync(request with { NameSuffix = "-" + request.Platform.Architecture }, progress, cancel);
            name = outcome.ImageName[..^(request.Platform.Architecture.Length + 1)];
            problems.AddRange(outcome.Problems);
            isCached &= outcome.WasCached;
            entries.Add(Entry(request, outcome));
        }

        var store = ImageStore.Open(requests[0].StoreHome, requests[0].Clock);
        using var writer = store.BeginWrite();
        var index = writer.Put(MediaTypes.Index, new ImageIndex(entries).ToBytes());
        writer.Publish(index, name);
        return new BuildOutcome(index.Digest, name, isCached, [.. problems.Distinct()]);
    }

    private static Descriptor Entry(BuildRequest request, BuildOutcome outcome)
    {
        var store = ImageStore.Open(request.StoreHome, request.Clock);
        var image = store.OpenImage(outcome.ImageName, request.Platform);
        return new Descriptor(MediaTypes.Manifest, image.Digest, image.ManifestDescriptor.Size) { Platform = image.Config.Platform };
    }
}
