using System.Globalization;
using Nua.Build.Layers;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Config;
using Nua.Oci;
using Nua.Oci.Layers;

namespace Nua.Build.Metadata;

/// <summary>Builds the image's config: what every engine reads, without anything of Nua, to run it.</summary>
internal static class ImageDocuments
{
    /// <param name="layers">Those on top of the base, in order.</param>
    public static ImageConfig Config(BuildPlan plan, RuntimeRoot root, IReadOnlyList<(LayerKind Kind, Layer Layer)> layers, ISet<string> folders, IReadOnlySet<string> ownScripts, long epoch)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(epoch).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var health = plan.Config.Healthcheck;
        var baseConfig = root.Base.Config;
        return new ImageConfig(baseConfig.Platform, [.. baseConfig.DiffIds, .. layers.Select(l => l.Layer.DiffId)])
        {
            Created = time,
            Author = plan.Config.Metadata.Author,
            Run = new Oci.RunConfig
            {
                User = plan.Wrap is { } wrap ? wrap.User : "10001:0",
                ExposedPorts = [.. Exposed(plan).Distinct().Order(StringComparer.Ordinal)],
                Env = plan.Wrap is null ? ImageEnvironment.Of(plan, folders) : WrappedEnv(plan, plan.Wrap),
                Entrypoint = [NuaTree.Agent, "init"],
                WorkingDir = plan.Wrap?.WorkDir ?? NuaTree.App,
                Labels = Labels(plan, root, ownScripts),
                StopSignal = plan.Config.Lifecycle.StopSignal ?? "SIGTERM",
                HealthCheck = new HealthCheck(["CMD", NuaTree.Scripts + "/healthcheck", "live"])
                {
                    Interval = TimeSpan.FromSeconds(health?.Interval ?? 10),
                    // The probe limits itself to the declared time; the engine's limit must be the later one.
                    Timeout = TimeSpan.FromSeconds((health?.Timeout ?? 5) + 2),
                    StartPeriod = TimeSpan.FromSeconds(health?.StartPeriod ?? plan.Config.Lifecycle.ReadyTimeout ?? 120),
                    Retries = health?.Retries ?? 3,
                },
            },
            History =
            [
                .. BaseHistory(baseConfig),
                .. layers.Select(l => new HistoryEntry { Created = time, CreatedBy = "nua: " + LayerNames.Of(l.Kind) }),
            ],
        };
    }

    /// <summary>The base's own lines where they count its layers rightly, else one for each layer.</summary>
    public static IEnumerable<HistoryEntry> BaseHistory(ImageConfig config) =>
        config.History.Count(h => !h.EmptyLayer) == config.DiffIds.Count
            ? config.History
            : config.DiffIds.Select(_ => new HistoryEntry { CreatedBy = "base image" });

    /// <summary>A base in Docker's form has the same layers under other names.</summary>
    public static Descriptor OciForm(Descriptor layer) =>
        MediaTypes.LayerCompressionOf(layer.MediaType) is { } compression
            ? new Descriptor(MediaTypes.Layer(compression), layer.Digest, layer.Size)
            : layer;

    /// <summary>What registries show of an image without fetching its config.</summary>
    public static Dictionary<string, string> Annotations(IReadOnlyDictionary<string, string> labels) => labels
        .Where(l => l.Key.StartsWith("org.opencontainers.image.", StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal);

    private static IEnumerable<string> Exposed(BuildPlan plan)
    {
        var ports = plan.Ports.Select(p => $"{p.Port}/{p.Protocol}");
        return RuntimeDocument.WebPort(plan) is { } web ? ports.Append($"{web}/tcp") : ports;
    }

    /// <summary>The image's own variables in their order, then the author's; a later value of a name takes the earlier one's place.</summary>
    private static List<string> WrappedEnv(BuildPlan plan, WrapSpec wrap)
    {
        var env = new OrderedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        };
        foreach (var pair in wrap.Env.Select(e => e.Split('=', 2)).Where(p => p is [{ Length: > 0 }, _]))
        {
            env[pair[0]] = pair[1];
        }

        foreach (var given in plan.Config.Env.Where(e => e.Value is not null && e.Name is not ("PATH" or "PORT")))
        {
            env[given.Name] = given.Value!;
        }

        var own = env["PATH"].Split(':').Where(p => p.StartsWith('/') && p != NuaTree.Bin);
        env["PATH"] = string.Join(':', own.Prepend(NuaTree.Bin));
        if (RuntimeDocument.WebPort(plan) is { } port)
        {
            env["PORT"] = port.ToString(CultureInfo.InvariantCulture);
        }

        return [.. env.Select(e => $"{e.Key}={e.Value}")];
    }

    private static SortedDictionary<string, string> Labels(BuildPlan plan, RuntimeRoot root, IReadOnlySet<string> ownScripts)
    {
        var metadata = plan.Config.Metadata;
        var lifecycle = plan.Config.Lifecycle;
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["io.nua.image-spec"] = "1",
            ["io.nua.contract"] = "1",
            ["io.nua.app-id"] = plan.App.Id,
            ["io.nua.data-version"] = (lifecycle.DataVersion ?? 0).ToString(CultureInfo.InvariantCulture),
            ["io.nua.upgrade-from"] = (lifecycle.UpgradeFrom ?? 0).ToString(CultureInfo.InvariantCulture),
            ["io.nua.rollback-mode"] = RuntimeDocument.RollbackMode(plan, ownScripts),
            ["org.opencontainers.image.title"] = plan.App.Title,
            ["org.opencontainers.image.version"] = plan.App.Version,
            ["org.opencontainers.image.base.name"] = root.BaseName,
            ["org.opencontainers.image.base.digest"] = root.Base.Digest.ToString(),
        };
        if (plan.Wrap is { } wrap)
        {
            labels[AnnotationKeys.Method] = AnnotationKeys.Wrap;
            foreach (var (key, value) in wrap.Labels)
            {
                labels.TryAdd(key, value);
            }
        }

        Add(labels, "org.opencontainers.image.description", metadata.Tagline ?? metadata.Description);
        Add(labels, "org.opencontainers.image.authors", metadata.Author);
        Add(labels, "org.opencontainers.image.url", metadata.Website);
        Add(labels, "org.opencontainers.image.licenses", plan.Config.Build.License);
        return labels;
    }

    private static void Add(SortedDictionary<string, string> labels, string key, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            labels[key] = value;
        }
    }
}
