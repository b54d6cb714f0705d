using System.CommandLine;
using Nua.Cli.Commands;
using Nua.Oci;
using Nua.Oci.Archives;
using Nua.Oci.Storage;

namespace Nua.Cli.Parsing;

/// <summary><c>IMAGE|DIR</c>: an image in the store, wherever it comes from.</summary>
/// <param name="Reference">What a person would call it.</param>
public sealed record RunnableImage(Image Image, string Reference)
{
    /// <summary>Built now, loaded now, or there already.</summary>
    public static async Task<RunnableImage> FindAsync(string target, BuildInputs inputs, ParseResult parsed, Session session)
    {
        var store = Locations.OpenStore();
        if (Directory.Exists(target) && (LooksLikePath(target) || store.Find(target) is null))
        {
            var (outcome, _) = await BuildCommand.BuildAsync(inputs.Request(parsed, target), session);
            return Of(store, store.Resolve(outcome.Digest.ToString()), target);
        }

        var location = Locations.Parse(target);
        if (location is ImageLocation.StoreName or ImageLocation.StoreDigest)
        {
            return Of(store, store.Resolve(target), target);
        }

        using var source = ImageSource.Open(location, null);
        var loaded = ImageTransfer.Load(source, store, null, session.Cancellation);
        return Of(store, store.Resolve(loaded.Root.Digest.ToString()), target);
    }

    private static RunnableImage Of(ImageStore store, StoredImage stored, string asked) =>
        new(store.OpenImage(stored.Manifest), stored.Name is { } name && !Nua.Engine.Operations.HeldImages.IsHolding(name) ? name : asked);

    private static bool LooksLikePath(string target) => target.StartsWith('.') || target.Contains('/', StringComparison.Ordinal);
}
