using System.Text.Json;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Operations;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Storage;

namespace Nua.Cli.Commands;

/// <summary><c>nua images</c>: what the local store has.</summary>
public static class ImagesCommand
{
    public static NuaCommand Create() => new("images", "Lists the images of the local store.")
    {
        Usage = "[options]",
        Examples = [new("names only", "nua images --json | jq -r '.images[].name'")],
        JsonFields =
        [
            new("images[].name", "`NAME:TAG`; null for an image that lost its name to a newer one"),
            new("images[].digest", "digest of the manifest"),
            new("images[].size", "bytes of the layers as stored; null when the image is damaged"),
        ],
        Run = (_, session) => Task.FromResult(Run(session)),
    };

    private static int Run(Session session)
    {
        var store = Locations.OpenStore();
        // Names that instances hold images by are shown only where an image has no other.
        var all = store.List();
        var images = all.Where(image => !HeldImages.IsHolding(image.Name)
                || !all.Any(other => other.Manifest.Digest == image.Manifest.Digest && other.Name is not null && !HeldImages.IsHolding(other.Name)))
            .Select(image => (Image: image, Size: Size(store, image))).ToList();
        if (session.Json)
        {
            session.Out.WriteLine(JsonText.Indented(writer => Write(writer, images)));
            return ExitStatus.Done;
        }

        var table = new Table(2);
        table.Add("NAME", "DIGEST", "SIZE");
        foreach (var (image, size) in images)
        {
            table.Add(
                Printable.Escape(image.Name ?? "<none>"),
                image.Manifest.Digest.ToString()[..19],
                size is null ? "damaged" : ByteSize.Format(size.Value));
        }

        session.Out.Write(table.Text());
        return ExitStatus.Done;
    }

    private static long? Size(ImageStore store, StoredImage image)
    {
        try
        {
            if (MediaTypes.IsManifest(image.Manifest.MediaType))
            {
                return Image.Load(store.Blobs, image.Manifest).Manifest.Layers.Sum(layer => layer.Size);
            }

            // An index of platforms: the layers of all, those in common once.
            long size = 0;
            ImageClosure.Visit(store.Blobs, image.Manifest, blob =>
            {
                size += MediaTypes.IsLayer(blob.MediaType) ? blob.Size : 0;
                return true;
            });
            return size;
        }
        catch (ProblemException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter writer, List<(StoredImage Image, long? Size)> images)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("images");
        foreach (var (image, size) in images)
        {
            writer.WriteStartObject();
            writer.WriteString("name", image.Name);
            writer.WriteString("digest", image.Manifest.Digest.ToString());
            if (size is { } bytes)
            {
                writer.WriteNumber("size", bytes);
            }
            else
            {
                writer.WriteNull("size");
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
