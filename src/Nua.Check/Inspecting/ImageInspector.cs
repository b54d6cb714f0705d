using Nua.Check.Rules;
using Nua.Check.Scanning;
using Nua.Oci;

namespace Nua.Check.Inspecting;

/// <summary>Tells what is in an image.</summary>
public static class ImageInspector
{
    /// <summary>Reads the whole image once. A layer that cannot be read is told in
    /// <see cref="ImageInspection.Problems"/>.</summary>
    public static ImageInspection Inspect(
        Image image, CheckOptions? options = null, CancellationToken cancellation = default)
    {
        var subject = ImageScanner.Scan(
            image.Manifest, image.Config, image.Blobs, options ?? CheckOptions.Default, cancellation);
        var metadata = subject.NuaConfig.Root.Member("metadata");
        return new ImageInspection
        {
            Digest = image.Digest.ToString(),
            Platform = image.Config.Platform.ToString(),
            IsNuaImage = subject.IsNuaImage,
            AppId = metadata.Text("id"),
            AppVersion = metadata.Text("version"),
            Layers = Layers(subject),
            Tree = new EntryView<InspectedFile>([.. subject.Tree.EntriesBelow("nua")], ToFile),
            Verbs = subject.IsNuaImage ? [.. subject.Verbs.Select(ToVerb)] : [],
            Start = Start(subject),
            User = subject.Run.User,
            Ports = subject.Run.ExposedPorts,
            LifecycleJson = subject.Lifecycle is { } lifecycle ? lifecycle.GetRawText() : null,
            Components = Components(subject),
            Unattributed = new EntryView<string>(Attribution.Unattributed(subject), entry => "/" + entry.Path),
            Labels = subject.Run.Labels,
            Problems =
            [
                .. from layer in subject.Layers
                   where !layer.IsComplete
                   from fault in layer.Faults
                   where fault.RuleId is "OCI-03" or "OCI-05" or "OCI-09" or "OCI-29"
                   select $"layer {layer.Index} ({layer.Blob.Digest}): {fault.What}",
            ],
        };
    }

    private static List<InspectedLayer> Layers(CheckSubject subject)
    {
        var kinds = subject.Build.Root.Items("layers").GroupBy(layer => layer.Text("diff_id") ?? "")
            .ToDictionary(same => same.Key, same => same.First().Text("kind"), StringComparer.Ordinal);
        var history = subject.Config.History.Where(line => !line.EmptyLayer).ToList();
        return
        [
            .. subject.Layers.Select(layer => new InspectedLayer(
                layer.Blob.Digest.ToString(),
                layer.DiffId?.ToString(),
                kinds.GetValueOrDefault(layer.DiffId?.ToString() ?? "")
                    ?? (layer.Index < history.Count ? history[layer.Index].CreatedBy ?? history[layer.Index].Comment
                    : null),
                layer.Blob.Size,
                layer.FileBytes,
                layer.EntryCount,
                layer.Whiteouts.Count)),
        ];
    }

    private static InspectedFile ToFile(ScannedEntry entry) => new(
        "/" + entry.Path, Words.Of(entry.Kind), entry.ModeText, entry.Uid, entry.Gid, entry.IsFile ? entry.Size : 0,
        entry.Target.Length > 0 ? entry.Target : null);

    private static InspectedVerb ToVerb(Verb verb) =>
        new(verb.Name, verb.Origin, verb.Entry is null ? null : "/" + verb.Entry.Path);

    /// <summary>The application's own command where the image says it, else what the engine runs.</summary>
    private static List<string> Start(CheckSubject subject)
    {
        var start = subject.Runtime.Member("start");
        if (subject.IsNuaImage && subject.VerbNamed("start").IsPackagers)
        {
            return ["/nua/scripts/start"];
        }

        if (start.Text("static_root") is { Length: > 0 } root)
        {
            return ["/nua/bin/nua-agent", "serve", root];
        }

        List<string> lines = [.. start.Texts("shell")];
        if (lines.Count > 0)
        {
            return ["/bin/sh", "-c", string.Join("; ", lines)];
        }

        List<string> argv = [.. start.Texts("argv")];
        return argv.Count > 0 ? argv : [.. subject.Run.Entrypoint ?? [], .. subject.Run.Cmd ?? []];
    }

    private static SortedDictionary<string, int> Components(CheckSubject subject)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var component in subject.Sbom.Root.Items("components"))
        {
            var type = PackageUrl.Parse(component.Text("purl") ?? "")?.Type ?? "other";
            counts[type] = counts.GetValueOrDefault(type) + 1;
        }

        return counts;
    }
}
