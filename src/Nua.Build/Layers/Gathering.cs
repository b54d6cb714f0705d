using Nua.Build.Planning;
using Nua.Build.Steps;
using Nua.Foundation;
using Nua.Rootfs;
using Nua.Rootfs.Trees;

namespace Nua.Build.Layers;

/// <summary>Items by the layer they go to. A path is in a layer once: what is added later wins.</summary>
public sealed class Gathered
{
    private readonly SortedDictionary<LayerKind, Dictionary<string, LayerItem>> _items = [];

    public IReadOnlyCollection<LayerItem> this[LayerKind kind] => _items.TryGetValue(kind, out var items) ? items.Values : [];

    public void Add(LayerKind kind, LayerItem item)
    {
        if (!_items.TryGetValue(kind, out var items))
        {
            _items[kind] = items = new Dictionary<string, LayerItem>(StringComparer.Ordinal);
        }

        items[item.Entry.Path] = item;
    }
}

/// <summary>
/// Carries out a plan's <see cref="Collect"/>s: from the source folder where no build phase ran, from the build root where one did. The
/// build tree itself never gets into an image: only what is collected does.
/// </summary>
internal sealed class Gathering(BuildPlan plan, BuildSource source, long epoch)
{
    private const string Source = "/nua/build/src";

    /// <summary>What comes straight from the source folder. Paths named as dependencies are left to <see cref="FromDependencies"/>.</summary>
    public void FromSource(Gathered gathered)
    {
        foreach (var collect in plan.Collects.Where(c => IsInSource(c.From)))
        {
            var below = collect.From[Source.Length..].Trim('/');
            var rules = IgnoreRules.None.With(collect.Exclude);
            foreach (var entry in source.Tree.Entries)
            {
                if (Relative(entry.Path, below) is not { } path || path.Length == 0
                    || rules.IsIgnored(path) || IsDependency(collect, path))
                {
                    continue;
                }

                ContentOrigin? origin = entry.Kind == TreeKind.File
                    ? new ContentOrigin.Disk(Path.Combine(source.Folder, entry.Path))
                    : null;
                gathered.Add(collect.Layer, new LayerItem(Normal.Of(entry, Join(collect.To, path), epoch), origin));
            }
        }
    }

    /// <summary>What a dependency phase made, when no build phase follows.</summary>
    public void FromDependencies(Gathered gathered, Workshop workshop, string stack, IReadOnlySet<string> mountPoints)
    {
        foreach (var collect in plan.Collects)
        {
            if (!IsInSource(collect.From))
            {
                Add(gathered, collect, workshop, stack, collect.From, collect.To, mountPoints);
                continue;
            }

            foreach (var folder in collect.Dependencies)
            {
                var part = collect with { Layer = LayerKind.Dependencies, Exclude = [], Dependencies = [], Optional = true };
                Add(gathered, part, workshop, stack, collect.From + "/" + folder, Join(collect.To, folder), mountPoints);
            }
        }
    }

    /// <summary>Everything, from the build root after its last phase.</summary>
    public void FromBuildRoot(Gathered gathered, Workshop workshop, string stack, IReadOnlySet<string> mountPoints)
    {
        foreach (var collect in plan.Collects)
        {
            Add(gathered, collect, workshop, stack, collect.From, collect.To, mountPoints);
        }
    }

    private void Add(
        Gathered gathered, Collect collect, Workshop workshop, string stack, string from, string to, IReadOnlySet<string> mountPoints)
    {
        var root = from.Trim('/');
        var tree = workshop.Scan(stack, root);
        if (tree.Entries.Count == 0)
        {
            // A source may be empty: commands alone can make an application.
            if (!AddSingleFile(gathered, collect, workshop, stack, root, to) && !collect.Optional && from != Source)
            {
                throw new ProblemException(new Problem("NUA2305", $"the build made nothing at '{Printable.Escape(from)}'")
                {
                    Why = $"the plan takes it to '{Printable.Escape(to)}'",
                    Remedy = "let the build commands write there, or name the right folder (build.document-root, build.build)",
                });
            }

            return;
        }

        var rules = IgnoreRules.None.With(collect.Exclude);
        foreach (var entry in tree.Entries)
        {
            var path = entry.Path;
            if (rules.IsIgnored(path) || mountPoints.Contains(Join(root, path)) || entry.Kind is TreeKind.Special or TreeKind.Whiteout)
            {
                continue;
            }

            var kind = IsDependency(collect, path) ? LayerKind.Dependencies : collect.Layer;
            ContentOrigin? origin = entry.Kind == TreeKind.File ? new ContentOrigin.Stack(Join(root, path)) : null;
            gathered.Add(kind, new LayerItem(Normal.Of(entry, Join(to, path), epoch), origin));
        }
    }

    private bool AddSingleFile(Gathered gathered, Collect collect, Workshop workshop, string stack, string root, string to)
    {
        var slash = root.LastIndexOf('/');
        var folder = slash < 0 ? "" : root[..slash];
        var name = root[(slash + 1)..];
        var found = workshop.Scan(stack, folder).Entries.FirstOrDefault(e => e.Path == name && e.Kind == TreeKind.File);
        if (found is null)
        {
            return false;
        }

        gathered.Add(collect.Layer, new LayerItem(Normal.Of(found, to.Trim('/'), epoch), new ContentOrigin.Stack(root)));
        return true;
    }

    private static bool IsInSource(string from) => from == Source || from.StartsWith(Source + "/", StringComparison.Ordinal);

    private static bool IsDependency(Collect collect, string path) =>
        collect.Dependencies.Any(d => path == d || path.StartsWith(d + "/", StringComparison.Ordinal));

    /// <summary>The path below a folder; null when it is elsewhere.</summary>
    private static string? Relative(string path, string folder)
    {
        if (folder.Length == 0)
        {
            return path;
        }

        return path.StartsWith(folder + "/", StringComparison.Ordinal) ? path[(folder.Length + 1)..] : null;
    }

    private static string Join(string a, string b)
    {
        a = a.Trim('/');
        return a.Length == 0 ? b : b.Length == 0 ? a : a + "/" + b;
    }
}
