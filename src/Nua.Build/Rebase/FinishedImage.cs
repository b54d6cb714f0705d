using System.Text.Json;
using Nua.Build.Layers;
using Nua.Build.Sbom;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Layers;
using Nua.Oci.Tar;
using Nua.Rootfs.Trees;

namespace Nua.Build.Rebase;

/// <summary>A finished image taken apart by what its own <c>build.json</c> says of it: base, packages, the application's layers, metadata.</summary>
internal sealed class FinishedImage
{
    private const string BuildJson = "nua/metadata/build.json";
    private const int MostMetadata = 64 << 20;

    private FinishedImage(Image image, JsonElement? build, IReadOnlyList<LayerItem> metadata)
    {
        (Image, Build, Metadata) = (image, build, metadata);
        RunPackages = [.. build.Member("packages").Items().Where(p => p.Member("scope").Text() == "run").Select(p => p.Member("name").Text() ?? "")];
        var named = build.Member("layers").Items().Count();
        FirstOwn = image.Layers.Count - 1 - named;
        BaseCount = FirstOwn - (RunPackages.Count > 0 ? 1 : 0);
    }

    public Image Image { get; }

    /// <summary>The document <c>build.json</c>.</summary>
    public JsonElement? Build { get; }

    /// <summary>Everything in the topmost layer, as it is.</summary>
    public IReadOnlyList<LayerItem> Metadata { get; }

    /// <summary>Debian packages that were installed on the base for this application.</summary>
    public IReadOnlyList<string> RunPackages { get; }

    /// <summary>How many layers are the base's.</summary>
    public int BaseCount { get; }

    /// <summary>Index of the first layer above base and packages.</summary>
    public int FirstOwn { get; }

    /// <summary>Neither the base's nor packages nor metadata.</summary>
    public IEnumerable<ImageLayer> Own => Image.Layers.Skip(FirstOwn).SkipLast(1);

    public string OldBase => Build.Member("base").Member("digest").Text() ?? "";

    /// <summary>Seconds since 1970 that every file of the build has.</summary>
    public long Epoch => Build.Member("epoch") is { ValueKind: JsonValueKind.Number } epoch && epoch.TryGetInt64(out var seconds) ? seconds : 0;

    /// <exception cref="ProblemException">NUA2401 it is no Nua image, or was changed after it was built; NUA2402 it is wrapped.</exception>
    public static FinishedImage Open(Image image, string name)
    {
        if (image.Layers.Count == 0)
        {
            throw RebaseProblem.NotOurs(name, "it has no layer");
        }

        var metadata = ReadTop(image);
        var document = metadata.FirstOrDefault(i => i.Entry.Path == BuildJson)?.Origin as ContentOrigin.Memory;
        var build = document is null ? null : JsonFacts.ParseObject(document.Bytes);
        if (build is null)
        {
            throw RebaseProblem.NotOurs(name, $"its topmost layer has no /{BuildJson}: another tool made or changed it");
        }

        if (image.Config.Run.IsWrapped)
        {
            throw RebaseProblem.Wrapped(name);
        }

        var finished = new FinishedImage(image, build, metadata);
        var named = build.Member("layers").Items().Select(l => l.Member("diff_id").Text()).ToList();
        return finished.BaseCount >= 0 && named.SequenceEqual(finished.Own.Select(l => l.DiffId.ToString()))
            ? finished
            : throw RebaseProblem.NotOurs(name, "its layers are not those that its build.json names");
    }

    private static List<LayerItem> ReadTop(Image image)
    {
        var items = new List<LayerItem>();
        var layer = image.Layers[^1];
        using var tar = LayerStreams.OpenVerified(image, layer);
        using var reader = new TarReader(tar, $"layer {layer.Index} ({layer.Blob.Digest})");
        long total = 0;
        while (reader.Next() is { } entry)
        {
            total += entry.Size;
            if (total > MostMetadata || entry.Type is not (TarEntryType.File or TarEntryType.Directory or TarEntryType.SymbolicLink))
            {
                // No metadata layer of ours: without the document it is refused with a reason.
                return [];
            }

            items.Add(Item(entry, reader.Content));
        }

        return items;
    }

    private static LayerItem Item(TarEntry entry, Stream content)
    {
        var path = entry.Path.Trim('/');
        if (entry.Type == TarEntryType.File)
        {
            var bytes = new byte[entry.Size];
            content.ReadExactly(bytes);
            var item = Normal.File(path, bytes, entry.Modified.Seconds, entry.Mode);
            return item with { Entry = item.Entry with { Uid = entry.Uid, Gid = entry.Gid } };
        }

        var other = entry.Type == TarEntryType.Directory
            ? Normal.Directory(path, entry.Modified.Seconds, entry.Mode, entry.Uid) with { Gid = entry.Gid }
            : Normal.Symlink(path, entry.LinkTarget!, entry.Modified.Seconds);
        return new LayerItem(other, null);
    }
}
