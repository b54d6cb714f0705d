using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nua.Build.Layers;
using Nua.Build.Metadata;
using Nua.Build.Packages;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Sbom;
using Nua.Build.Steps;
using Nua.Build.Toolchains;
using Nua.Config;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Rootfs.Trees;

namespace Nua.Build;

/// <summary>The work of a build whose result is not known yet: run the phases, write the layers, put the image together, test it.</summary>
internal sealed class BuildWork(
    BuildSession session,
    BuildPlan plan,
    BuildSource source,
    string sourceDigest,
    IReadOnlyList<ResolvedToolchain> toolchains,
    RootBuilder roots,
    RuntimeRoot runtime,
    long epoch)
{
    private readonly PhaseRunner _phases = new(session, source, toolchains, epoch);

    /// <summary>Names of the packager's own files in <c>/nua/scripts</c>.</summary>
    private HashSet<string> OwnScripts => source.Packager
        .Select(p => p.File.Target)
        .Where(target => target.StartsWith(NuaTree.Scripts + "/", StringComparison.Ordinal))
        .Select(target => target[(NuaTree.Scripts.Length + 1)..])
        .ToHashSet(StringComparer.Ordinal);

    /// <returns>The manifest, in the store but not yet under a name.</returns>
    public async Task<Descriptor> RunAsync(Action<Problem> warn)
    {
        var results = await RunPhasesAsync(warn);
        try
        {
            return Assemble(results, warn);
        }
        finally
        {
            if (results.Stack is not null)
            {
                session.Workshop.Drop(results.Stack);
            }
        }
    }

    private async Task<PhaseResults> RunPhasesAsync(Action<Problem> warn)
    {
        var gathered = new Gathered();
        var gathering = new Gathering(plan, source, epoch);
        if (plan.Phases.Count == 0)
        {
            gathering.FromSource(gathered);
            return new PhaseResults(gathered, DependencyRecord.None, null, [], PackageSet.Empty);
        }

        var isDependenciesOnly = plan.Phases.All(p => p.Inputs is not null);
        if (isDependenciesOnly)
        {
            // Keyed by the packages' names on this root, so that a cached result needs no worker at all.
            var fullKey = DependencyKey(plan.Phases, runtime.Key + string.Join(' ', plan.BuildPackages));
            var record = session.Request.NoCache ? null : DependencyRecord.Find(session.Writer, fullKey);
            record ??= await MakeDependenciesAsync(gathering, fullKey);
            gathering.FromSource(gathered);
            return new PhaseResults(gathered, record, null, [], PackageSet.Empty);
        }

        var (lowers, set, key) = await roots.BuildRootAsync(runtime, plan.BuildPackages);
        var stack = RunPhases(lowers, key);
        gathering.FromBuildRoot(gathered, session.Workshop, stack, _phases.MountPoints);
        var stray = Stray(stack, gathered, warn);
        return new PhaseResults(gathered, DependencyRecord.None, stack, stray, set);
    }

    private async Task<DependencyRecord> MakeDependenciesAsync(Gathering gathering, string fullKey)
    {
        var (lowers, _, key) = await roots.BuildRootAsync(runtime, plan.BuildPackages);
        var stack = RunPhases(lowers, key);
        var gathered = new Gathered();
        gathering.FromDependencies(gathered, session.Workshop, stack, _phases.MountPoints);
        var layers = new List<BuiltLayer>();
        var opened = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var kind in Enum.GetValues<LayerKind>())
        {
            if (gathered[kind].Count > 0)
            {
                layers.Add(session.Layers.Write(kind, gathered[kind], session.Workshop, stack));
                var tree = new ItemTree(gathered[kind], opened, session.Workshop, stack, opened);
                _ = ComponentFinder.Find(tree, new ImageFacts { AppId = plan.App.Id, AppVersion = plan.App.Version });
            }
        }

        session.Workshop.Drop(stack);
        var record = new DependencyRecord(layers, opened);
        record.Save(session.Writer, fullKey);
        return record;
    }

    /// <summary>Runs every phase, each on the result of the one before. The results of dependency phases are kept and found again.</summary>
    /// <returns>The stack of the last phase, still mounted.</returns>
    private string RunPhases(IReadOnlyList<string> lowers, string key)
    {
        var below = lowers;
        var at = key;
        for (var i = 0; i < plan.Phases.Count; i++)
        {
            var phase = plan.Phases[i];
            var isLast = i == plan.Phases.Count - 1;
            at = DependencyKey([phase], at);
            var snapshot = "d-" + at;
            if (phase.Inputs is not null && !isLast && !session.Request.NoCache && session.Workshop.Folder.HasSnapshot(snapshot))
            {
                session.Note($"{phase.Name}: unchanged");
                below = [$"snapshots/{snapshot}/fs", .. below];
                continue;
            }

            var stack = session.Workshop.Mount(below);
            _phases.Run(stack, phase);
            if (isLast)
            {
                return stack;
            }

            var folder = phase.Inputs is not null ? $"snapshots/{snapshot}" : $"tmp/{Rootfs.OwnerTag.Next()}";
            session.Workshop.Commit(stack, folder);
            below = [folder + "/fs", .. below];
        }

        throw new InvalidOperationException("a plan without phases");
    }

    /// <summary>Names the result of phases: what they run, what they see, on which root, with which tools.</summary>
    private string DependencyKey(IReadOnlyList<BuildPhase> phases, string root)
    {
        var text = new StringBuilder(root).Append('\0').Append(ToolVersion.Compatibility).Append('\0').Append(epoch).Append('\0')
            .Append(session.AgentDigest).Append('\0')
            .AppendJoin('\n', toolchains.Select(t => $"{t.Name} {t.Version} {t.Integrity}")).Append('\0')
            .AppendJoin('\n', plan.Collects.Select(c => $"{c.From}>{c.To} {c.Layer} {string.Join(',', c.Exclude)} {string.Join(',', c.Dependencies)}"));
        foreach (var phase in phases)
        {
            text.Append('\0').Append(phase.Name).Append('\0').Append(session.Request.Network ?? phase.Network);
            foreach (var step in phase.Steps)
            {
                text.Append('\0').AppendJoin('\u0001', step.Argv).Append('\0').Append(step.WorkDir).Append('\0')
                    .AppendJoin('\u0001', step.Env.Select(e => e.Key + "=" + e.Value));
            }

            text.Append('\0').Append(_phases.InputTree(phase).ComputeDigest(withTimes: false));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>What commands wrote where nothing is collected. Kept when <c>build.keep</c> names it.</summary>
    private List<string> Stray(string stack, Gathered gathered, Action<Problem> warn)
    {
        var stray = new List<string>();
        foreach (var entry in session.Workshop.Scan(stack, "", upperOnly: true, exclude: ["nua", "tmp", "run", "root/.cache", "var/cache"]).Entries)
        {
            if (entry.Kind is TreeKind.Special or TreeKind.Whiteout || _phases.MountPoints.Contains(entry.Path) || Cleaning.IsLeftOut(entry))
            {
                continue;
            }

            var isKept = plan.Keep.Any(keep => IsBelow(entry.Path, keep.Trim('/')));
            if (isKept)
            {
                ContentOrigin? origin = entry.Kind == TreeKind.File ? new ContentOrigin.Stack(entry.Path) : null;
                gathered.Add(LayerKind.Application, new LayerItem(Normal.Of(entry with { Link = entry.IsHardLink ? null : entry.Link }, entry.Path, epoch), origin));
            }
            else if (!entry.IsDirectory)
            {
                stray.Add("/" + entry.Path);
            }
        }

        if (stray.Count > 0)
        {
            warn(new Problem("NUA2306", $"build commands wrote {stray.Count} files outside /nua, which the image does not keep")
            {
                Severity = Severity.Warning,
                Why = string.Join(", ", stray.Take(5).Select(p => Printable.Escape(p, 120))) + (stray.Count > 5 ? ", …" : ""),
                Remedy = "if the application needs them, name them: build.keep = [\"/usr/local\"]",
            });
        }

        return stray.Count > 200 ? [.. stray.Take(200), $"… and {stray.Count - 200} more"] : stray;
    }

    private Descriptor Assemble(PhaseResults results, Action<Problem> warn)
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

    private static bool IsBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    /// <param name="Stack">Where files of <paramref name="Gathered"/> are, when a build phase ran.</param>
    private sealed record PhaseResults(
        Gathered Gathered, DependencyRecord Dependencies, string? Stack, IReadOnlyList<string> Stray, PackageSet BuildPackages);
}
