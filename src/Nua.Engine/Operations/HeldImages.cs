using System.Globalization;
using Nua.Engine.Instances;
using Nua.Oci.Storage;

namespace Nua.Engine.Operations;

/// <summary>The names <c>instance/NAME:gN</c> in the store: while a generation is kept, so is the image that can work on it.</summary>
public sealed class HeldImages(ImageStore store, InstanceFolder folder)
{
    private string Repository => $"instance/{folder.Name}:g";

    /// <summary>A name that an instance keeps an image by; nobody else gives or takes it.</summary>
    public static bool IsHolding(string? name) => name?.StartsWith("instance/", StringComparison.Ordinal) == true;

    public void Hold(Release release, int generation) =>
        store.Tag(store.Resolve(release.Image).Manifest, Repository + generation.ToString(CultureInfo.InvariantCulture));

    /// <summary>Takes away the names of all other generations.</summary>
    public void Keep(IReadOnlySet<int> generations)
    {
        foreach (var name in store.List().Select(image => image.Name).OfType<string>().Where(IsOurs).ToList())
        {
            if (!int.TryParse(name[Repository.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                || !generations.Contains(generation))
            {
                store.Remove(name);
            }
        }
    }

    private bool IsOurs(string name) => name.StartsWith(Repository, StringComparison.Ordinal);
}
