using System.Security.Cryptography;
using System.Text;
using Nua.Build.Layers;
using Nua.Build.Packages;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Sbom;
using Nua.Build.Toolchains;
using Nua.Foundation;
using Nua.Rootfs.Trees;

namespace Nua.Build.Steps;

/// <summary>Runs the phases of a plan, each on the result of the one before, and gathers what they made. What depends only on lock files and
/// the like is kept and found again.</summary>
internal sealed class PhaseSequence(
    BuildSession session,
    BuildPlan plan,
    BuildSource source,
    IReadOnlyList<ResolvedToolchain> toolchains,
    RootBuilder roots,
    RuntimeRoot runtime,
    long epoch)
{
    private readonly PhaseRunner _phases = new(session, source, toolchains, epoch);

    public async Task<PhaseResults> RunAsync(Action<Problem> warn)
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

    private static bool IsBelow(string path, string folder) =>
        path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);
}

/// <summary>What the phases of a plan have made.</summary>
/// <param name="Stack">Where files of <paramref name="Gathered"/> are, when a build phase ran.</param>
internal sealed record PhaseResults(
    Gathered Gathered, DependencyRecord Dependencies, string? Stack, IReadOnlyList<string> Stray, PackageSet BuildPackages);
