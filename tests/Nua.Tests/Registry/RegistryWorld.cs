using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Registry;
using Nua.Registry.Settings;
using Nua.Registry.Transfer;
using Nua.Testing;
using Nua.Testing.Registries;

namespace Nua.Tests.Registry;

/// <summary>A store, a registry, and a network between them that has no time to lose.</summary>
internal sealed class RegistryWorld : IDisposable
{
    private readonly TempDirectory _folder = new();

    public RegistryWorld(TestRegistry? registry = null)
    {
        Registry = registry ?? new TestRegistry();
        Store = ImageStore.Open(_folder["store"]);
        Source = ImageStore.Open(_folder["source"]);
        Options = new NetworkOptions
        {
            Retry = new RetryPolicy(4, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(30)),
            Time = Time,
            Inactivity = TimeSpan.FromSeconds(10),
            Tell = Told.Enqueue,
        };
    }

    public TestRegistry Registry { get; }

    /// <summary>Where images are pulled to.</summary>
    public ImageStore Store { get; }

    /// <summary>Where test images are made.</summary>
    public ImageStore Source { get; }

    public ImpatientTime Time { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<Problem> Told { get; } = [];

    public NetworkOptions Options { get; set; }

    public ImageReference Reference(string rest) => ImageReference.Parse($"{Registry.Host}/{rest}");

    public async Task<PulledImage> PullAsync(string rest, PullOptions? options = null)
    {
        using var network = new RegistryNetwork(Options);
        return await RegistryPull.IntoAsync(network, Store, Reference(rest), options ?? PullOptions.Default, TestContext.Current.CancellationToken);
    }

    public async Task<PushedImage> PushAsync(Descriptor root, string rest, PushOptions? options = null)
    {
        using var network = new RegistryNetwork(Options);
        return await RegistryPush.FromAsync(
            network, Source.Blobs, root, Reference(rest), options ?? PushOptions.Default, TestContext.Current.CancellationToken);
    }

    /// <summary>An image whose one layer is large enough to be sent in pieces, and cannot be made smaller.</summary>
    public Descriptor Large(int bytes = 1 << 20, int seed = 1)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        var tar = new RawTar().Entry("data"u8.ToArray(), '0', content, [], 0x1A4, null, 0, 0, "ustar\000", "", null, null).ToArray();
        return TestImages.Publish(Source, null, LayerCompression.None, tar);
    }

    /// <summary>Whether everything of the image is in the registry, byte for byte.</summary>
    public bool Has(string repository, Descriptor root)
    {
        var isWhole = true;
        ImageClosure.Visit(Source.Blobs, root, blob =>
        {
            var key = $"{repository}@{blob.Digest}";
            isWhole &= (Registry.Blobs.TryGetValue(key, out var bytes) || (Registry.Manifests.TryGetValue(key, out var found) && (bytes = found.Bytes) is not null))
                && Digest.Sha256(bytes) == blob.Digest;
            return true;
        });
        return isWhole;
    }

    /// <summary>Puts a typical image into the registry.</summary>
    public Digest Serve(string repository, string tag, int seed = 1)
    {
        var root = TestImages.PublishTypical(Source, null, LayerCompression.Gzip, seed);
        Upload(repository, tag, root);
        return root.Digest;
    }

    public (Digest Index, Digest Amd64, Digest Arm64) ServeIndex(string repository, string tag)
    {
        var amd64 = TestImages.PublishTypical(Source, null) with { Platform = Platform.LinuxAmd64 };
        var arm64 = TestImages.PublishTypical(Source, null, LayerCompression.Zstd, seed: 2) with { Platform = new Platform("linux", "arm64") };
        using var writer = Source.BeginWrite();
        var index = writer.Put(MediaTypes.Index, new ImageIndex([amd64, arm64]).ToBytes());
        writer.Publish(index, []);
        Upload(repository, tag, index);
        return (index.Digest, amd64.Digest, arm64.Digest);
    }

    public void Upload(string repository, string? tag, Descriptor root) => ImageClosure.Visit(Source.Blobs, root, blob =>
    {
        using var stream = Source.Blobs.OpenRead(blob);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        if (MediaTypes.IsManifest(blob.MediaType) || MediaTypes.IsIndex(blob.MediaType))
        {
            Registry.AddManifest(repository, blob.Digest == root.Digest ? tag : null, bytes.ToArray(), blob.MediaType);
        }
        else
        {
            Registry.AddBlob(repository, bytes.ToArray());
        }

        return true;
    });

    public void Dispose()
    {
        Registry.Dispose();
        _folder.Dispose();
    }
}

/// <summary>Waits are over at once, and are remembered.</summary>
internal sealed class ImpatientTime : TimeProvider
{
    public System.Collections.Concurrent.ConcurrentQueue<TimeSpan> Waits { get; } = [];

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
