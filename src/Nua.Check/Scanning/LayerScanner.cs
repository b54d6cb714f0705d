using System.Buffers;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Tar;

namespace Nua.Check.Scanning;

/// <summary>Reads one layer from its blob, hashing the compressed and the uncompressed bytes on the way.</summary>
/// <param name="lower">The layers below, already merged.</param>
/// <param name="isLowerComplete">All of those could be read.</param>
internal sealed class LayerScanner(
    ScannedLayer layer, MergedTree lower, bool isLowerComplete, FileReading files, ImageScanner.Budget budget,
    CancellationToken cancellation)
{
    private const int BufferSize = 128 << 10;
    private const string WhiteoutMark = ".wh.";
    private const string OpaqueMark = ".wh..wh..opq";

    /// <summary>As the tar reader says it.</summary>
    private const string LimitReached = TarLimits.Code;

    private readonly Dictionary<string, ScannedEntry> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _whiteouts = new(StringComparer.Ordinal);
    private readonly HashSet<string> _parentsChecked = new(StringComparer.Ordinal) { "" };

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
        catch (ProblemException)
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
            throw new ProblemException(new Problem(LimitReached, "the names of its entries are too long to be honest"));
        }
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

        var entry = new ScannedEntry
        {
            Path = path,
            Kind = KindOf(tar.Type),
            Mode = (int)(tar.Mode & 0xFFF),
            Uid = tar.Uid,
            Gid = tar.Gid,
            Size = tar.Size,
            ModifiedAt = tar.Modified.Seconds,
            Target = tar.LinkTarget ?? "",
            Layer = layer.Index,
            Attributes = tar.Xattrs.Count == 0 ? [] : [.. tar.Xattrs.Keys],
        };
        if (entry.Kind == EntryKind.HardLink)
        {
            entry = Linked(entry);
        }
        else if (entry.Kind == EntryKind.File)
        {
            entry.Facts = ReadFile(path, tar.Size, content);
        }

        layer.Entries.Add(entry);
        if (!_seen.TryAdd(path, entry))
        {
            layer.Report("OCI-10", "the layer has this path twice", "/" + path);
            _seen[path] = entry;
        }
    }

    /// <summary>The hard link with what the file it names holds.</summary>
    private ScannedEntry Linked(ScannedEntry link)
    {
        var target = Normalise(link.Target);
        var file = target is null ? null : _seen.GetValueOrDefault(target);
        if (target is null || file is null || !(file.IsFile || file.Kind == EntryKind.Link))
        {
            layer.Report("OCI-14", $"it names '{link.Target}', which is no file before it in the layer", "/"
                + link.Path);
            // Runtimes link to a lower layer's file all the same: then that is what the name holds.
            return target is not null && file is null && lower.At(target) is { IsFile: true } below ? link.Naming(target, below) : link;
        }

        if (file.Mode != link.Mode || file.Uid != link.Uid || file.Gid != link.Gid
            || file.ModifiedAt != link.ModifiedAt)
        {
            layer.Report("OCI-15", $"its header says {Describe(link)}, that of /{target} {Describe(file)}", "/"
                + link.Path);
        }

        return link.Naming(target, file);
    }

    private static string Describe(ScannedEntry entry) =>
        $"{entry.ModeText} {entry.Uid}:{entry.Gid} time {entry.ModifiedAt}";

    private FileFacts ReadFile(string path, long size, Stream content)
    {
        files.Begin(path, size);
        if (files.TooLarge is not null)
        {
            layer.Report("OCI-29", $"with {size} bytes it is too large to be judged", "/" + path);
        }

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
        return files.End();
    }

    private static bool IsWhiteout(string path) =>
        path.StartsWith(WhiteoutMark, StringComparison.Ordinal)
        || path.Contains("/" + WhiteoutMark, StringComparison.Ordinal);

    private void TakeWhiteout(string path, TarEntry tar)
    {
        var slash = path.LastIndexOf('/');
        var parent = slash < 0 ? "" : path[..slash];
        var name = path[(slash + 1)..];
        var hides = name.StartsWith(WhiteoutMark, StringComparison.Ordinal) ? name[WhiteoutMark.Length..] : "";
        if (IsWhiteout(parent) || (
            name != OpaqueMark && (hides is "" or "." or ".."
            || hides.StartsWith(WhiteoutMark, StringComparison.Ordinal))))
        {
            layer.Report("OCI-13", "this use of '.wh.' means nothing", "/" + path);
            return;
        }

        if (tar.Type != TarEntryType.File || tar.Size != 0)
        {
            layer.Report("OCI-13", "a whiteout must be an empty regular file", "/" + path);
        }

        if (!_whiteouts.Add(path))
        {
            layer.Report("OCI-10", "the layer has this path twice", "/" + path);
        }

        layer.Whiteouts.Add(new Whiteout(parent, name == OpaqueMark ? null : hides));
    }

    private void ReportIdleWhiteouts()
    {
        foreach (var whiteout in layer.Whiteouts.Where(whiteout => !lower.Has(whiteout.Path)))
        {
            layer.Report("OCI-18", "it is hidden, but no lower layer has it", "/" + whiteout.Path);
        }
    }

    /// <summary>A parent may come after its children, so this waits for the end of the layer.</summary>
    private void ReportParents()
    {
        foreach (var entry in layer.Entries)
        {
            var parent = entry.Parent;
            if (!_parentsChecked.Add(parent))
            {
                continue;
            }

            var own = _seen.GetValueOrDefault(parent);
            if (own is null && !lower.Has(parent))
            {
                layer.Report("OCI-12", "neither this layer nor a lower one has this directory", "/" + parent);
            }
            else if ((own ?? lower.At(parent)) is { Kind: EntryKind.Link } other)
            {
                layer.Report("OCI-12", $"it is the parent of /{entry.Path} but a {Rules.Words.Of(other.Kind)}", "/"
                    + parent);
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

    private void Blame(Problem problem)
    {
        var rule = problem.Code switch
        {
            "NUA3060" or "NUA3061" or "NUA3062" => "OCI-03",
            LimitReached or "NUA3044" => "OCI-29",
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
