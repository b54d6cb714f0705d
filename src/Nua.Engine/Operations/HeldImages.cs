using System.Globalization;
using Nua.Engine.Instances;
using Nua.Oci.Storage;

namespace Nua.Engine.Operations;

/// <summary>The names <c>instance/NAME:gN</c> in the store: while a generation is kept, so is the image that can work on it. One that took over on the same
/// generation has a name of its own, <c>instance/NAME:gN-DIGEST</c>.</summary>
public sealed class HeldImages(ImageStore store, InstanceFolder folder)
{
    private string Repository => $"instance/{folder.Name}:g";

    /// <summary>A name that an instance keeps an image by; nobody else gives or takes it.</summary>
    public static bool IsHolding(string? name) => name?.StartsWith("instance/", StringComparison.Ordinal) == true;

    public void Hold(Release release, int generation) => Hold(release, NameOf(generation));

    public void HoldBeside(Release release, int generation) => Hold(release, NameOf(generation, release));

    /// <summary>Takes away the names of all others.</summary>
    public void Keep(IReadOnlyCollection<(int Generation, Release Release)> named)
    {
        var kept = named.SelectMany(pair => (string[])[NameOf(pair.Generation), NameOf(pair.Generation, pair.Release)]).ToHashSet(StringComparer.Ordinal);
        foreach (var name in store.List().Select(image => image.Name).OfType<string>().Where(IsOurs).ToList())
        {
            if (!kept.Contains(name))
            {
                store.Remove(name);
            }
        }
    }

    private void Hold(Release release, string name) => store.Tag(store.Resolve(release.Image).Manifest, name);

    private string NameOf(int generation) => Repository + generation.ToString(CultureInfo.InvariantCulture);

    private string NameOf(int generation, Release release) => $"{NameOf(generation)}-{release.Digest.Encoded[..12]}";

    private bool IsOurs(string name) => name.StartsWith(Repository, StringComparison.Ordinal);
}
