using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Operations;
using Nua.Foundation;
using Nua.Oci.Storage;

namespace Nua.Cli.Commands;

/// <summary><c>nua rm</c>: takes images out of the store's index.</summary>
public static class RmCommand
{
    public static NuaCommand Create()
    {
        var images = new Argument<string[]>("IMAGE")
        {
            Description = "Names (only that name goes) or digests (the image goes with all its names)",
            Arity = ArgumentArity.OneOrMore,
        };
        return new NuaCommand("rm", "Removes images from the local store.")
        {
            Usage = "IMAGE…",
            Details = "The space is freed by the next 'nua prune'. Nothing is removed unless every IMAGE is there.",
            Examples = [new("two names at once", "nua rm nua-notes:0.9 nua-notes:0.8")],
            JsonFields =
            [
                new("removed[].name", "the name that is gone; null for an image without one"),
                new("removed[].digest", "digest of the manifest it stood for"),
            ],
            Arguments = { images },
            Run = (parsed, session) => Task.FromResult(Run(parsed.GetRequiredValue(images), session)),
        };
    }

    private static int Run(string[] images, Session session)
    {
        var store = Locations.OpenStore();
        var missing = images.Where(image => store.Find(image) is null).ToList();
        missing.ForEach(image => store.Resolve(image));
        RefuseInUse(store, images);
        var removed = images.Distinct(StringComparer.Ordinal).SelectMany(store.Remove).ToList();
        if (session.Json)
        {
            session.Out.WriteLine(Json(removed));
            return ExitStatus.Done;
        }

        foreach (var image in removed)
        {
            session.Messages.Note($"removed {Printable.Escape(image.Name ?? "an image without a name")} ({image.Manifest.Digest})");
        }

        return ExitStatus.Done;
    }

    /// <summary>A name alone may go: the instances hold the image by names of their own.</summary>
    private static void RefuseInUse(ImageStore store, string[] images)
    {
        var holders = store.List().Where(image => HeldImages.IsHolding(image.Name)).ToList();
        var problems = (
            from text in images
            let found = store.Resolve(text)
            let isByName = found.Name == text || found.Name?.StartsWith(text + ":", StringComparison.Ordinal) == true
            where !isByName || HeldImages.IsHolding(found.Name)
            from holder in holders
            where holder.Manifest.Digest == found.Manifest.Digest
            select new Problem("NUA9037", $"the image is in use: {Printable.Escape(holder.Name!, 120)} holds it")
            {
                Remedy = "remove a name only, or 'nua destroy' the instance first",
            }).ToList();
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }
    }

    private static string Json(List<StoredImage> removed) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("removed");
        foreach (var image in removed)
        {
            writer.WriteStartObject();
            writer.WriteString("name", image.Name);
            writer.WriteString("digest", image.Manifest.Digest.ToString());
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
