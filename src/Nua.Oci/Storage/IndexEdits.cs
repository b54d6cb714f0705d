namespace Nua.Oci.Storage;

/// <summary>Pure changes of an index whose entries are named by <c>org.opencontainers.image.ref.name</c>.</summary>
public static class IndexEdits
{
    public static string? NameOf(this Descriptor entry) => entry.Annotations.GetValueOrDefault(AnnotationKeys.RefName);

    /// <summary>
    /// Points names at a manifest. An image that loses its last name stays in the index without one, so that a digest which was
    /// once printed still resolves; pruning removes it.
    /// </summary>
    public static ImageIndex WithNames(this ImageIndex index, Descriptor manifest, IReadOnlyList<string> names)
    {
        var kept = new List<Descriptor>();
        foreach (var entry in index.Manifests)
        {
            var isSame = entry.Digest == manifest.Digest;
            if (entry.NameOf() is { } name && names.Contains(name, StringComparer.Ordinal))
            {
                if (!isSame)
                {
                    kept.Add(WithoutName(entry));
                }
            }
            else if (!isSame || entry.NameOf() is not null)
            {
                kept.Add(entry);
            }
        }

        kept.AddRange(names.Distinct(StringComparer.Ordinal).Select(name => WithName(manifest, name)));
        if (names.Count == 0 && !kept.Any(entry => entry.Digest == manifest.Digest))
        {
            kept.Add(WithoutName(manifest));
        }

        return index with { Manifests = WithoutDuplicates(kept) };
    }

    /// <summary>Removes the entries that <paramref name="isGone"/> chooses, which is asked once for each. The same
    /// index when it chooses none.</summary>
    public static ImageIndex Without(this ImageIndex index, Func<Descriptor, bool> isGone)
    {
        var kept = index.Manifests.Where(entry => !isGone(entry)).ToList();
        return kept.Count == index.Manifests.Count ? index : index with { Manifests = kept };
    }

    private static Descriptor WithName(Descriptor manifest, string name) => manifest with
    {
        Annotations = StringMap.Of(AnnotationKeys.RefName, name),
        Data = null,
    };

    private static Descriptor WithoutName(Descriptor manifest) => manifest with
    {
        Annotations = StringMap.Empty,
        Data = null,
    };

    /// <summary>A nameless entry says nothing when the same image has a name or stands there already.</summary>
    private static List<Descriptor> WithoutDuplicates(List<Descriptor> entries)
    {
        var named = entries.Where(entry => entry.NameOf() is not null).Select(entry => entry.Digest).ToHashSet();
        var seen = new HashSet<Digest>();
        return [.. entries.Where(entry =>
            entry.NameOf() is not null || (!named.Contains(entry.Digest) && seen.Add(entry.Digest)))];
    }
}
