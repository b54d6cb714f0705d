using Nua.Build.Layers;
using Nua.Build.Metadata;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Sbom;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Build.Rebase;

/// <summary>
/// Swaps the base under a finished image: the application's layers keep their bytes, metadata is made true again, and the result is judged before it
/// gets a name. Nothing is unpacked, nothing runs, and the same image on the same base gives the same digest.
/// </summary>
public static class Rebaser
{
    /// <exception cref="ProblemException">NUA24xx why not; NUA2213, NUA2214, NUA3xxx the base; nothing has changed then.</exception>
    public static async Task<RebaseOutcome> RebaseAsync(RebaseRequest request, CancellationToken cancel)
    {
        var store = ImageStore.Open(request.StoreHome, request.Clock);
        var stored = store.Resolve(request.Image);
        var image = store.OpenImage(stored.Manifest);
        var name = request.Name ?? stored.Name ?? throw RebaseProblem.NoName(request.Image);
        var finished = FinishedImage.Open(image, request.Image);
        using var session = Session(request, store, finished, cancel);
        var root = await new RootBuilder(session).ReadAsync(request.BaseReference);
        if (root.Base.Digest.ToString() == finished.OldBase)
        {
            store.Tag(image.ManifestDescriptor, name);
            return new RebaseOutcome(image.Digest, name, root.Base.Digest, finished.OldBase, WasThere: true);
        }

        RequirePackages(request, finished, root);
        var metadata = session.Layers.Write(LayerKind.Metadata, new RebasedMetadata(finished, root).Write());
        var manifest = WriteImage(session, finished, root, metadata);
        var made = Image.Load(store.Blobs, manifest);
        var reasons = request.Judge(image, made).Concat(OtherPython(made)).ToList();
        if (reasons.Count > 0)
        {
            throw RebaseProblem.DoesNotFit(request.Image, request.BaseReference, reasons);
        }

        session.Writer.Publish(manifest, name);
        return new RebaseOutcome(manifest.Digest, name, root.Base.Digest, finished.OldBase, WasThere: false);
    }

    private static BuildSession Session(RebaseRequest request, ImageStore store, FinishedImage finished, CancellationToken cancel)
    {
        var build = new BuildRequest
        {
            Directory = "/",
            StoreHome = store.Home,
            AgentPath = "",
            Platform = finished.Image.Config.Platform,
            Registries = request.Registries,
            Clock = request.Clock,
        };
        var compression = finished.Image.Layers[^1].Compression ?? LayerCompression.Gzip;
        return new BuildSession(build, store, compression, memory: 0, happened =>
        {
            if (happened is BuildEvent.ProblemFound { Problem: var problem })
            {
                request.Warn(problem);
            }
        }, cancel);
    }

    /// <summary>Packages of the old base stay behind, so the new one must have those that the application asked for.</summary>
    private static void RequirePackages(RebaseRequest request, FinishedImage finished, RuntimeRoot root)
    {
        var asked = finished.Build.Member("plan").Member("run_packages").Items().Select(p => p.Text()).OfType<string>();
        var there = SbomOfRoot.Parts(root.Facts.ComponentsJson).Where(c => c.Purl.StartsWith("pkg:deb/", StringComparison.Ordinal))
            .Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        if (finished.RunPackages.Count > 0 && asked.Where(p => !there.Contains(p)).ToList() is { Count: > 0 } missing)
        {
            throw RebaseProblem.PackagesMissing(request.Image, request.BaseReference, missing);
        }
    }

    private static Descriptor WriteImage(BuildSession session, FinishedImage finished, RuntimeRoot root, BuiltLayer metadata)
    {
        var old = finished.Image.Config;
        var labels = new SortedDictionary<string, string>(old.Run.Labels.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal)
        {
            [AnnotationKeys.BaseName] = root.BaseName,
            [AnnotationKeys.BaseDigest] = root.Base.Digest.ToString(),
        };
        var ownHistory = old.History.Where(h => !h.EmptyLayer).TakeLast(finished.Image.Layers.Count - finished.FirstOwn);
        var config = old with
        {
            Platform = root.Base.Config.Platform,
            DiffIds = [.. root.Base.Config.DiffIds, .. finished.Own.Select(l => l.DiffId), metadata.Layer.DiffId],
            Run = old.Run with { Labels = labels },
            History = [.. ImageDocuments.BaseHistory(root.Base.Config), .. ownHistory],
        };
        foreach (var layer in root.Base.Manifest.Layers.Concat(finished.Own.Select(l => l.Blob)))
        {
            _ = session.Writer.Holds(layer.Digest, layer.Size);
        }

        var configBlob = session.Writer.Put(MediaTypes.Config, config.ToBytes());
        var manifest = new ImageManifest(
            configBlob,
            [.. root.Base.Manifest.Layers.Select(ImageDocuments.OciForm), .. finished.Own.Select(l => l.Blob), metadata.Layer.Blob])
        {
            Annotations = ImageDocuments.Annotations(labels),
        };
        return session.Writer.Put(MediaTypes.Manifest, manifest.ToBytes());
    }

    /// <summary>A virtual environment belongs to one version of Python: with another its packages are not found, although nothing is missing.</summary>
    private static IEnumerable<string> OtherPython(Image image)
    {
        var tree = ImageTree.Read(image, new TreeOptions { Workers = Math.Clamp(Environment.ProcessorCount, 1, 4) });
        var versions = tree.Children("nua/venv/lib").Where(n => n.Type == TarEntryType.Directory && n.Path.Contains("/python", StringComparison.Ordinal))
            .Select(n => n.Path[(n.Path.LastIndexOf('/') + 1)..]).ToList();
        var found = tree.Find("nua/venv/bin/python3", followLinks: true) ?? tree.Find("usr/bin/python3", followLinks: true);
        return versions.Count > 0 && !versions.Exists(v => found?.Path.EndsWith("/" + v, StringComparison.Ordinal) == true)
            ? [$"/nua/venv is for {Printable.Escape(versions[0], 40)}, the base has {(found is null ? "no Python" : "/" + Printable.Escape(found.Path, 100))}"]
            : [];
    }
}
