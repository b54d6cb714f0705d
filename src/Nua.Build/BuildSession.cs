using System.Security.Cryptography;
using Nua.Build.Layers;
using Nua.Build.Packages;
using Nua.Build.Sources;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Rootfs;

namespace Nua.Build;

/// <summary>
/// The effects of one build, each opened when it is first needed: the store, the worker, apt. A build that finds everything done opens none
/// but the store. No state of the build itself is kept here.
/// </summary>
public sealed class BuildSession : IDisposable
{
    private readonly Lazy<Workshop> _workshop;
    private readonly Lazy<string> _agentDigest;
    private readonly Lazy<Apt> _apt;
    private readonly Lazy<Downloader> _downloader;

    /// <param name="memory">Bytes that build steps may use, where the machine lets us limit it.</param>
    public BuildSession(BuildRequest request, ImageStore store, LayerCompression compression, long memory, Action<BuildEvent> report, CancellationToken cancel)
    {
        (Request, Store, Report, Cancel) = (request, store, report, cancel);
        Writer = store.BeginWrite();
        Layers = new LayerStore(Writer, compression, rehashes: request.NoCache);
        _downloader = new Lazy<Downloader>(() => new Downloader(time: request.Clock));
        _workshop = new Lazy<Workshop>(() => Workshop.Open(store.Home, memory: memory, emulator: request.Emulator));
        _agentDigest = new Lazy<string>(() => HashOf(request.AgentPath));
        _apt = new Lazy<Apt>(() => Apt.Open(
            store.Home + "/caches", AptSources.For(AptSources.Release, request.Mirror), request.Platform.Architecture, request.Clock));
    }

    public BuildRequest Request { get; }

    public ImageStore Store { get; }

    public StoreWriter Writer { get; }

    public LayerStore Layers { get; }

    public Action<BuildEvent> Report { get; }

    public CancellationToken Cancel { get; }

    public Workshop Workshop => _workshop.Value;

    /// <summary>The agent by content, read once.</summary>
    public string AgentDigest => _agentDigest.Value;

    public Apt Apt => _apt.Value;

    public Downloader Downloader => _downloader.Value;

    public void Note(string text) => Report(new BuildEvent.Note(text));

    private static string HashOf(string file)
    {
        using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }

    public void Dispose()
    {
        if (_workshop.IsValueCreated)
        {
            _workshop.Value.Dispose();
        }

        if (_downloader.IsValueCreated)
        {
            _downloader.Value.Dispose();
        }

        Writer.Dispose();
    }
}
