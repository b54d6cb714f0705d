using Nua.Oci.Attachments;

namespace Nua.Oci.Storage;

/// <summary>The attachments of a store's index whose image has left it; and those of these attachments, and so on.</summary>
internal static class OrphanedAttachments
{
    /// <param name="isInUse">Attachments that stay whatever they are about.</param>
    /// <returns>Entries of the index itself, compared by reference.</returns>
    /// <exception cref="Nua.Foundation.ProblemException">a document cannot be read, so that what it is about is unknown.</exception>
    public static HashSet<Descriptor> In(ImageIndex index, IBlobStore blobs, Func<Descriptor, bool> isInUse)
    {
        var orphans = new HashSet<Descriptor>(
            index.Manifests.Where(entry => entry.IsAttachment() && !isInUse(entry)), ReferenceEqualityComparer.Instance);
        if (orphans.Count == 0)
        {
            return orphans;
        }

        var kept = new HashSet<Digest>();
        foreach (var entry in index.Manifests.Where(entry => !orphans.Contains(entry)))
        {
            kept.UnionWith(AttachmentIndex.Manifests(blobs, entry));
        }

        var subjects = orphans.Select(entry => (Entry: entry, Subject: AttachmentIndex.SubjectOf(blobs, entry))).ToList();
        int before;
        do
        {
            before = orphans.Count;
            foreach (var (entry, subject) in subjects)
            {
                if (subject is { } digest && kept.Contains(digest) && orphans.Remove(entry))
                {
                    kept.Add(entry.Digest);
                }
            }
        }
        while (orphans.Count < before);
        return orphans;
    }
}
