using Nua.Build.Layers;
using Nua.Build.Metadata;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Sbom;
using Nua.Build.Steps;
using Nua.Build.Toolchains;
using Nua.Config;
using Nua.Oci;
using Nua.Rootfs.Trees;

namespace Nua.Build;

/// <summary>Makes the image of what the phases gathered: adds the agent, toolchains, the packager's files and the metadata, writes the layers,
/// config and manifest, and runs the tests that the plan has.</summary>
internal sealed class ImageAssembly(
    BuildSession session,
    BuildPlan plan,
    BuildSource source,
    string sourceDigest,
    IReadOnlyList<ResolvedToolchain> toolchains,
    RuntimeRoot runtime,
    long epoch)
{
    /// <summary>Names of the packager's own files in <c>/nua/scripts</c>.</summary>
    private HashSet<string> OwnScripts => source.Packager
        .Select(p => p.File.Target)
        .Where(target => target.StartsWith(NuaTree.Scripts + "/", StringComparison.Ordinal))
        .Select(target => target[(NuaTree.Scripts.Length + 1)..])
        .ToHashSet(StringComparer.Ordinal);

    /// <returns>The manifest, in the store but not yet under a name.</returns>
    public Descriptor Assemble(PhaseResults results)
    {
        var gathered = results.Gathered;
        AddPackagerFiles(gathered);
        AddRuntime(gathered);
        var layers = new List<BuiltLayer>(results.Dependencies.Layers);
        foreach (var kind in (LayerKind[])[LayerKind.Runtime, LayerKind.Dependencies, LayerKind.Application])
        {
            if (gathered[kind].Count > 0)
            {
                var workshop = results.Stack is null ? null : session.Workshop;
                layers.Add(session.Layers.Write(kind, gathered[kind], workshop, results.Stack ?? ""));
            }
        }

        layers = [.. layers.OrderBy(l => l.Kind)];
        var metadata = MetadataItems(results, gathered, layers);
        layers.Add(session.Layers.Write(LayerKind.Metadata, metadata));
        var manifest = WriteImage(layers);
        ImageTest.Run(session, plan, manifest, runtime, layers);
        return manifest;
    }

    private void AddPackagerFiles(Gathered gathered)
    {
        foreach (var (file, entry) in source.Packager)
        {
            if (file.Target.StartsWith("/nua/build/", StringComparison.Ordinal))
            {
                continue;
            }

            var target = file.Target.Trim('/');
            var normal = Normal.Of(entry, target, epoch);
            var isScript = target.StartsWith("nua/scripts/", StringComparison.Ordinal) && !target.StartsWith("nua/scripts/templates/", StringComparison.Ordinal);
            if (isScript && entry.Kind == TreeKind.File)
            {
                // A verb must be callable; whether the author's checkout kept the execute bit is chance.
                normal = normal with { Mode = 0x1ED };
            }

            var kind = isScript || target.StartsWith("nua/scripts/", StringComparison.Ordinal) || target.StartsWith("nua/etc/", StringComparison.Ordinal)
                ? LayerKind.Metadata
                : LayerKind.Application;
            ContentOrigin? origin = entry.Kind == TreeKind.File ? new ContentOrigin.Disk(Path.Combine(source.ProjectFolder, file.Source)) : null;
            gathered.Add(kind, new LayerItem(normal, origin));
        }
    }

    private void AddRuntime(Gathered gathered)
    {
        AddFile(gathered, session.Request.AgentPath, NuaTree.Agent.Trim('/'));
        foreach (var toolchain in toolchains)
        {
            foreach (var placement in toolchain.Image)
            {
                var target = placement.Target.Trim('/');
                if (File.Exists(placement.Source))
                {
                    AddFile(gathered, placement.Source, target);
                    continue;
                }

                foreach (var entry in TreeScanner.Scan(placement.Source, new ScanOptions()).Entries)
                {
                    ContentOrigin? origin = entry.Kind == TreeKind.File ? new ContentOrigin.Disk(placement.Source + "/" + entry.Path) : null;
                    gathered.Add(LayerKind.Runtime, new LayerItem(Normal.Of(entry, target + "/" + entry.Path, epoch), origin));
                }
            }

            foreach (var link in toolchain.ImageLinks)
            {
                gathered.Add(LayerKind.Runtime, new LayerItem(Normal.Symlink(link.Path.Trim('/'), link.Target, epoch), null));
            }
        }
    }

    private void AddFile(Gathered gathered, string file, string target)
    {
        var folder = Path.GetDirectoryName(file)!;
        var name = Path.GetFileName(file);
        var entry = TreeScanner.Scan(folder, new ScanOptions { IsExcluded = (path, _) => path != name }).Entries[0];
        gathered.Add(LayerKind.Runtime, new LayerItem(
            Normal.Of(entry, target, epoch) with { Mode = 0x1ED }, new ContentOrigin.Disk(file)));
    }

    private List<LayerItem> MetadataItems(PhaseResults results, Gathered gathered, IReadOnlyList<BuiltLayer> layers)
    {
        var items = new List<LayerItem>(gathered[LayerKind.Metadata]);
        var given = items.Where(i => i.Entry.Path.StartsWith("nua/scripts/", StringComparison.Ordinal))
            .Select(i => i.Entry.Path["nua/scripts/".Length..]).ToHashSet(StringComparer.Ordinal);
        items.AddRange(Scripts.Missing(given, runtime.Facts.HasShell, epoch));
        // A wrapped image keeps its own user, and its accounts as they are.
        items.AddRange(plan.IsWrap ? [] : [.. Accounts.Items(runtime.Facts, epoch), HostNames.Item(epoch)]);
        foreach (var folder in (string[])["nua/data", "nua/cache", "nua/backup"])
        {
            items.Add(new LayerItem(Normal.Directory(folder, epoch, mode: 0x1F8, uid: plan.Wrap?.Uid ?? 10001), null));
        }

        foreach (var folder in (string[])["nua/app", "nua/etc", "nua/scripts/templates"])
        {
            if (!items.Any(i => i.Entry.Path == folder))
            {
                items.Add(new LayerItem(Normal.Directory(folder, epoch), null));
            }
        }

        items.Add(Normal.File("nua/metadata/nua-config.json", RuntimeDocument.Write(plan, OwnScripts), epoch));
        items.Add(Normal.File("nua/metadata/build.json", BuildDocument.Write(new BuildFacts
        {
            Plan = plan,
            Source = source.Facts,
            SourceDigest = sourceDigest,
            Root = runtime,
            BuildPackages = results.BuildPackages,
            Toolchains = toolchains,
            Layers = [.. layers.Select(l => (l.Kind, l.Layer.DiffId.ToString()))],
            Stray = results.Stray,
            Epoch = epoch,
        }), epoch));
        var components = Components(results, gathered, items, layers);
        items.Add(Normal.File("nua/metadata/sbom.json", CycloneDxWriter.Write(components, epoch, ToolVersion.Text), epoch));
        var attribution = new Attribution(components);
        items.Add(Normal.File("nua/metadata/files.json", FilesDocument.Write(layers, items, attribution.ComponentOf), epoch));
        return items;
    }

    private ComponentInventory Components(
        PhaseResults results, Gathered gathered, IReadOnlyList<LayerItem> metadata, IReadOnlyList<BuiltLayer> layers)
    {
        var layerOf = layers.SelectMany(l => l.Tree.Entries.Select(e => (e.Path, Layer: LayerNames.Of(l.Kind))))
            .Concat(metadata.Select(i => (i.Entry.Path, Layer: "metadata")))
            .DistinctBy(p => p.Path).ToDictionary(p => p.Path, p => p.Layer, StringComparer.Ordinal);
        List<LayerItem> items =
        [
            .. gathered[LayerKind.Runtime], .. gathered[LayerKind.Dependencies], .. gathered[LayerKind.Application], .. metadata,
            .. results.Dependencies.Layers.SelectMany(l => l.Tree.Entries).Select(e => new LayerItem(e, null)),
        ];
        var workshop = results.Stack is null ? null : session.Workshop;
        var tree = new ItemTree(
            [.. items.DistinctBy(i => i.Entry.Path)], results.Dependencies.Evidence, workshop, results.Stack ?? "", new Dictionary<string, byte[]>());
        return ImageComponents.Find(plan, source, runtime, toolchains, tree, layerOf);
    }

    private Descriptor WriteImage(IReadOnlyList<BuiltLayer> layers)
    {
        var own = layers.Select(l => (l.Kind, l.Layer)).ToList();
        if (runtime.PackagesLayer is { } packages)
        {
            own.Insert(0, (LayerKind.Packages, packages));
        }

        var folders = layers.SelectMany(l => l.Tree.Entries).Where(e => e.IsDirectory).Select(e => "/" + e.Path).ToHashSet(StringComparer.Ordinal);
        var config = ImageDocuments.Config(plan, runtime, own, folders, OwnScripts, epoch);
        var configBlob = session.Writer.Put(MediaTypes.Config, config.ToBytes());
        foreach (var layer in runtime.Base.Manifest.Layers)
        {
            _ = session.Writer.Holds(layer.Digest, layer.Size);
        }

        var manifest = new ImageManifest(configBlob, [.. runtime.Base.Manifest.Layers.Select(ImageDocuments.OciForm), .. own.Select(l => l.Layer.Blob)])
        {
            Annotations = ImageDocuments.Annotations(config.Run.Labels),
        };
        return session.Writer.Put(MediaTypes.Manifest, manifest.ToBytes());
    }
}
