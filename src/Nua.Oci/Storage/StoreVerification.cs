using Nua.Foundation;
using Nua.Oci.Compression;

namespace Nua.Oci.Storage;

/// <summary>How thoroughly a store is verified.</summary>
public enum VerifyDepth
{
    /// <summary>The index, manifests and configs; presence and size of everything they mention.</summary>
    Documents,

    /// <summary>Also the hash of every blob, mentioned or not.</summary>
    Content,

    /// <summary>Also that every layer expands to its diff_id.</summary>
    Layers,
}

/// <summary>Looks for damage and reports all of it.</summary>
internal sealed class StoreVerification(ImageStore store, VerifyDepth depth)
{
    private readonly List<Problem> _problems = [];
    private readonly HashSet<Digest> _damaged = [];
    private readonly HashSet<Digest> _expanded = [];

    /// <summary>Empty when the store is sound. Reads only.</summary>
    public IReadOnlyList<Problem> Run(CancellationToken cancellation)
    {
        if (depth >= VerifyDepth.Content)
        {
            VerifyBlobs(cancellation);
        }

        ImageIndex index;
        try
        {
            index = store.ReadIndex();
        }
        catch (Exception error) when (error is ProblemException or IOException)
        {
            _problems.Add(new Problem("NUA3110", "the store's index cannot be read")
            {
                Where = Path.Combine(store.Home, "index.json"),
                Why = Printable.Escape(error.Message.ReplaceLineEndings(" "), 400),
            });
            return _problems;
        }

        VerifyNames(index);
        foreach (var entry in index.Manifests)
        {
            cancellation.ThrowIfCancellationRequested();
            VerifyImage(entry, cancellation);
        }

        return [.. _problems.Distinct()];
    }

    private void VerifyBlobs(CancellationToken cancellation)
    {
        foreach (var path in Directory.EnumerateFiles(store.BlobDirectory).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Digest.TryParse("sha256:" + Path.GetFileName(path), out var digest))
            {
                _problems.Add(new Problem("NUA3114", "a file among the blobs is not named by a digest")
                {
                    Severity = Severity.Warning,
                    Where = Printable.Escape(path),
                });
            }
            else if (store.Blobs.FindDamage(digest, new FileInfo(path).Length, cancellation) is { } found)
            {
                _damaged.Add(digest);
                _problems.Add(new Problem("NUA3111", $"the blob {digest} is damaged")
                {
                    Where = path,
                    Why = found.Why ?? found.What,
                    Remedy = "load or pull an image that has it, or build it with --no-cache: that replaces it",
                });
            }
        }
    }

    private void VerifyNames(ImageIndex index)
    {
        foreach (var same in index.Manifests.Where(entry => entry.NameOf() is not null).GroupBy(entry => entry.NameOf()))
        {
            if (same.Count() > 1)
            {
                _problems.Add(new Problem("NUA3113", $"two images have the name '{Printable.Escape(same.Key!, 120)}'")
                {
                    Where = Path.Combine(store.Home, "index.json"),
                    Why = string.Join(", ", same.Select(entry => entry.Digest)),
                    Remedy = "give the name again with 'nua tag'",
                });
            }
        }
    }

    private void VerifyImage(Descriptor root, CancellationToken cancellation)
    {
        try
        {
            ImageClosure.Visit(store.Blobs, root, blob => IsSound(root, blob));
            if (depth == VerifyDepth.Layers)
            {
                ImageClosure.Visit(store.Blobs, root, blob =>
                {
                    if (MediaTypes.IsManifest(blob.MediaType))
                    {
                        VerifyLayers(blob, cancellation);
                    }

                    return true;
                });
            }
        }
        catch (ProblemException error) when (_damaged.Count == 0 || !Mentions(error))
        {
            _problems.Add(new Problem("NUA3115", $"the image {root.Digest} cannot be used")
            {
                Where = Printable.Escape(root.NameOf() ?? store.Home, 200),
                Why = error.Problems[0].ToString().ReplaceLineEndings(" "),
            });
        }
        catch (ProblemException)
        {
            // The damaged blob behind it is reported already.
        }
    }

    private bool IsSound(Descriptor root, Descriptor blob)
    {
        var isThere = store.Blobs.TryGetSize(blob.Digest, out var size);
        if (!isThere || size != blob.Size)
        {
            _problems.Add(new Problem("NUA3112", $"the image {root.Digest} lacks the blob {blob.Digest}")
            {
                Where = Printable.Escape(root.NameOf() ?? store.Home, 200),
                Why = isThere ? $"it is {size} bytes instead of {blob.Size}" : "the file is missing",
                Remedy = "build, load or pull the image again, or remove it with 'nua rm'",
            });
            return false;
        }

        return true;
    }

    private void VerifyLayers(Descriptor manifest, CancellationToken cancellation)
    {
        var parsed = ImageManifest.Parse(store.Blobs.ReadDocument(manifest), store.Home, manifest.MediaType);
        if (!MediaTypes.IsImageConfig(parsed.Config.MediaType) || !parsed.Layers.All(layer => MediaTypes.IsLayer(layer.MediaType)))
        {
            return;
        }

        var image = Image.Load(store.Blobs, manifest);
        foreach (var layer in image.Layers)
        {
            if (layer.Compression is not null && _expanded.Add(layer.Blob.Digest))
            {
                using var stream = LayerStreams.OpenVerified(image, layer, ExpansionLimits.Default);
                Drain(stream, cancellation);
            }
        }
    }

    private bool Mentions(ProblemException error) =>
        _damaged.Any(digest => error.Message.Contains(digest.Encoded, StringComparison.Ordinal));

    private static void Drain(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) > 0)
        {
            cancellation.ThrowIfCancellationRequested();
        }
    }
}
