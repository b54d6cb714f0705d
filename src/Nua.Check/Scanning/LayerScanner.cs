using System.Buffers;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Paths;
using Nua.Oci.Tar;

namespace Nua.Check.Scanning;

/// <summary>Reads one layer from its blob, hashing the compressed and the uncompressed bytes on the way.</summary>
/// <param name="tree">Holds the layers below, already merged; gets the entries of this one.</param>
/// <param name="isLowerComplete">All of those could be read.</param>
internal sealed class LayerScanner(
    ScannedLayer layer, MergedTree tree, bool isLowerComplete, FileReading files, ImageScanner.Budget budget,
    CancellationToken cancellation)
{
    private const int BufferSize = 128 << 10;
    private const int MostAttributeNames = 10_000;

    /// <summary>As the tar reader says it.</summary>
    private const string LimitReached = TarLimits.Code;

    private readonly PathTable _paths = tree.Paths;

    /// <summary>Fills the layer; what goes wrong becomes its faults.</summary>
    public void Scan(IBlobStore blobs)
    {
        if (MediaTypes.LayerCompressionOf(layer.Blob.MediaType) is not { } compression)
        {
            layer.Report("OCI-05", $"'{layer.Blob.MediaType}' is not a layer that can be read");
            return;
        }

        try
        {
            using var blob = blobs.OpenRead(layer.Blob);
            Unpack(blob, compression);
        }
        catch (ProblemException error)
        {
            Blame(error.Problems[0]);
        }
        catch (IOException error)
        {
            layer.Report("OCI-03", error.Message);
        }

        if (layer.IsComplete && isLowerComplete)
        {
            ReportParents();
            ReportIdleWhiteouts();
        }
    }

    private void Unpack(Stream blob, LayerCompression compression)
    {
        var where = layer.Blob.Digest.ToString();
        var limits = new ExpansionLimits(budget.Bytes, ExpansionLimits.Default.MaxRatio);
        using var expanded = LayerStreams.Expand(blob, compression, where, limits);
        using var hashing = new HashingStream(expanded);
        try
        {
            var reader = new TarReader(hashing, where, new TarLimits { MaxEntries = budget.Entries });
            while (reader.Next() is { } entry)
            {
                cancellation.ThrowIfCancellationRequested();
                Spend(entry);
                Take(entry, reader.Content);
            }

            if (!reader.HasEndMarker)
            {
                layer.Report("OCI-25", "the two zero blocks that end a tar are missing");
            }

            Drain(hashing);
            budget.Bytes -= hashing.Length;
            layer.DiffId = hashing.Digest();
        }
        catch (ProblemException error) when (!IsLimit(error.Problems[0]))
        {
            // A damaged blob usually shows first as damaged compression: its own hash, told at its end, is the better
            // answer.
            Drain(blob);
            throw;
        }
    }

    private void Spend(TarEntry entry)
    {
        budget.Entries--;
        budget.NameCharacters -= entry.Path.Length + (entry.LinkTarget?.Length ?? 0);
        if (budget.NameCharacters < 0)
        {
            throw TooLong();
        }
    }

    private static ProblemException TooLong() =>
        new(new Problem(LimitReached, "the names of its entries are unreasonably long"));

    /// <summary>The number of a path of this layer.</summary>
    private int Number(string path)
    {
        var number = _paths.Add(path);
        if (number != PathTable.None)
        {
            return number;
        }

        budget.IsFull = true;
        throw _paths.Count <= budget.MostPaths ? TooLong()
            : new ProblemException(new Problem(LimitReached, $"the image has more than {budget.MostPaths} files and directories"));
    }

    private void Take(TarEntry tar, Stream content)
    {
        if (Normalise(tar.Path) is not { } path)
        {
            layer.Report("OCI-11", "the path leads upwards", tar.Path);
            return;
        }

        if (tar.Path.StartsWith('/') || (path.Length == 0 && tar.Type != TarEntryType.Directory))
        {
            layer.Report("OCI-11", path.Length == 0 ? "the root is not a directory" : "the path is absolute", tar.Path);
            if (path.Length == 0)
            {
                return;
            }
        }

        // What has a rule of its own is told by that.
        if (EntryVerdict.Of(tar, "") is { } refusal
            && (refusal.Code is "NUA3034" or "NUA3054" || (refusal.Code is "NUA3055" && IsWhiteout(path))))
        {
            layer.Report("OCI-30", refusal.What, "/" + path);
        }

        if (IsWhiteout(path))
        {
            TakeWhiteout(path, tar);
            return;
        }

        var entry = new EntryData
        {
            Path = Number(path),
            Kind = KindOf(tar.Type),
            Mode = (ushort)(tar.Mode & 0xFFF),
            Uid = tar.Uid,
            Gid = tar.Gid,
            Size = tar.Size,
            ModifiedAt = tar.Modified.Seconds,
            Layer = layer.Index,
            Attributes = tar.Xattrs.Count == 0 ? null : [.. tar.Xattrs.Keys.Select(Attribute)],
        };
        if (entry.Kind == EntryKind.HardLink)
        {
            Link(ref entry, path, tar.LinkTarget!);
        }
        else if (entry.Kind == EntryKind.File)
        {
            (entry.Sha256, entry.Facts) = ReadFile(path, tar.Size, content);
        }
        else
        {
            entry.Target = Keep(tar.LinkTarget ?? "");
        }

        if (tree.Take(layer, entry) is not null)
        {
            layer.Report("OCI-10", "the layer has this path twice", "/" + path);
        }
    }

    /// <summary>The name, once in memory: honest images have a handful of different ones.</summary>
    private string Attribute(string name)
    {
        if (--budget.Attributes < 0 || (budget.AttributeNames.Count >= MostAttributeNames && !budget.AttributeNames.Contains(name)))
        {
            throw new ProblemException(new Problem(LimitReached, "it has unreasonably many extended attributes"));
        }

        budget.AttributeNames.Add(name);
        return budget.AttributeNames.TryGetValue(name, out var known) ? known : name;
    }

    private StoredText Keep(string text) => text.Length == 0 ? default : _paths.Keep(text) ?? throw TooLong();

    /// <summary>Gives the hard link what the file it names holds.</summary>
    private void Link(ref EntryData link, string path, string named)
    {
        var target = Normalise(named);
        var file = target is null ? null : tree.Taken(_paths.Find(target));
        if (target is null || file is null || !(file.IsFile || file.Kind == EntryKind.Link))
        {
            layer.Report("OCI-14", $"it names '{named}', which is no file before it in the layer", "/" + path);
            // Runtimes link to a lower layer's file all the same: then that is what the name holds.
            file = target is not null && file is null && tree.At(target) is { IsFile: true } below ? below : null;
        }
        else if (file.Mode != link.Mode || file.Uid != link.Uid || file.Gid != link.Gid || file.ModifiedAt != link.ModifiedAt)
        {
            layer.Report("OCI-15", $"its header says {Describe(link)}, that of /{target} {Describe(file.Data)}", "/" + path);
        }

        link.Target = Keep(file is null ? named : target!);
        if (file is not null)
        {
            (link.Size, link.Attributes, link.Facts, link.Sha256) = (file.Size, file.Data.Attributes, file.Facts, file.Sha256);
        }
    }

    private static string Describe(EntryData entry) =>
        $"0{Convert.ToString(entry.Mode, 8).PadLeft(3, '0')} {entry.Uid}:{entry.Gid} time {entry.ModifiedAt}";

    private (UInt256 Hash, FileFacts Facts) ReadFile(string path, long size, Stream content)
    {
        files.Begin(path, size);

        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int read;
            while ((read = content.Read(buffer, 0, BufferSize)) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
                files.Add(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        layer.FileBytes += size;
        var result = files.End();
        if (files.TooLarge is not null)
        {
            layer.Report("OCI-29", $"with {size} bytes it is too large to be judged", "/" + path);
        }

        return result;
    }

    private static bool IsWhiteout(string path) =>
        path.StartsWith(Whiteout.Prefix, StringComparison.Ordinal)
        || path.Contains("/" + Whiteout.Prefix, StringComparison.Ordinal);

    private void TakeWhiteout(string path, TarEntry tar)
    {
        var slash = path.LastIndexOf('/');
        var parent = slash < 0 ? "" : path[..slash];
        var name = path[(slash + 1)..];
        var hides = name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal) ? name[Whiteout.Prefix.Length..] : "";
        if (IsWhiteout(parent) || (
            name != Whiteout.Opaque && (hides is "" or "." or ".."
            || hides.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))))
        {
            layer.Report("OCI-13", "this use of '.wh.' means nothing", "/" + path);
            return;
        }

        if (tar.Type != TarEntryType.File || tar.Size != 0)
        {
            layer.Report("OCI-13", "a whiteout must be an empty regular file", "/" + path);
        }

        if (!tree.TakeWhiteout(layer, Number(path)))
        {
            layer.Report("OCI-10", "the layer has this path twice", "/" + path);
        }
    }

    private void ReportIdleWhiteouts()
    {
        foreach (var whiteout in layer.Whiteouts.Where(whiteout => !tree.Has(whiteout.Hidden)))
        {
            layer.Report("OCI-18", "it is hidden, but no lower layer has it", "/" + whiteout.Path);
        }
    }

    /// <summary>A parent may come after its children, so this waits for the end of the layer.</summary>
    private void ReportParents()
    {
        var seen = new HashSet<int> { PathTable.Root, PathTable.None };
        foreach (var entry in layer.Entries)
        {
            var parent = _paths.Parent(entry.Data.Path);
            if (!seen.Add(parent))
            {
                continue;
            }

            var own = tree.Taken(parent);
            if (own is null && !tree.Has(parent))
            {
                layer.Report("OCI-12", "neither this layer nor a lower one has this directory", "/" + _paths.Path(parent));
            }
            else if ((own ?? tree.At(parent)) is { Kind: EntryKind.Link } other)
            {
                layer.Report("OCI-12", $"it is the parent of /{entry.Path} but a {Rules.Words.Of(other.Kind)}", "/"
                    + _paths.Path(parent));
            }
        }
    }

    /// <summary>Relative to the root, without <c>.</c> and empty parts; null when a part leads upwards.</summary>
    private static string? Normalise(string path)
    {
        if (IsNormal(path))
        {
            return path;
        }

        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return Array.IndexOf(parts, "..") >= 0 ? null : string.Join('/', parts);
    }

    private static bool IsNormal(string path) =>
        path.Length > 0 && path[0] is not ('/' or '.') && path[^1] != '/'
        && !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal);

    private static EntryKind KindOf(TarEntryType type) => type switch
    {
        TarEntryType.File => EntryKind.File,
        TarEntryType.Directory => EntryKind.Directory,
        TarEntryType.SymbolicLink => EntryKind.Link,
        TarEntryType.HardLink => EntryKind.HardLink,
        TarEntryType.CharacterDevice => EntryKind.CharacterDevice,
        TarEntryType.BlockDevice => EntryKind.BlockDevice,
        _ => EntryKind.Fifo,
    };

    private static bool IsLimit(Problem problem) => problem.Code is LimitReached or "NUA3044";

    private void Blame(Problem problem)
    {
        var rule = problem.Code switch
        {
            "NUA3060" or "NUA3061" or "NUA3062" or "NUA3117" => "OCI-03",
            _ when IsLimit(problem) => "OCI-29",
            _ => "OCI-09",
        };
        var at = problem.Where?.LastIndexOf("at byte ", StringComparison.Ordinal) is >= 0 and var start
            ? $" ({problem.Where[start..]})" : "";
        layer.Report(rule, (problem.Why is null ? problem.What : $"{problem.What}: {problem.Why}") + at);
    }

    private void Drain(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            while (stream.Read(buffer, 0, BufferSize) > 0)
            {
                cancellation.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
