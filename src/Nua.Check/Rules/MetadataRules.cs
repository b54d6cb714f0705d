using System.Globalization;
using System.Text.Json;
using Nua.Check.Scanning;
using Nua.Foundation;

namespace Nua.Check.Rules;

/// <summary>NUA-M01 to M05, M09 to M11: what the documents of <c>/nua/metadata</c> say about the image.</summary>
internal static class MetadataRules
{
    public const string Section = "image-specification.md, section 3";

    /// <summary>The contract this version of Nua knows.</summary>
    public const int KnownContract = 1;

    private const string Rebuild = "rebuild the image with 'nua build'; do not edit the document by hand";

    private static readonly string[] _documents = ["build.json", "files.json", "nua-config.json", "sbom.json"];

    public static IReadOnlyList<Rule> All { get; } =
    [
        new("NUA-M01", Severity.Error,
            "`nua-config.json` is a JSON object with `schema` 1, `metadata.id` and `metadata.version`, and sections of the right types.",
            Section, Rebuild, s => Form(s.NuaConfig, MetadataShapes.NuaConfig)),
        new("NUA-M02", Severity.Error,
            "`lifecycle` has its keys with values in range: integers from 0, `upgrade_from` ≤ `data_version`, "
            + "waypoints between the two, positive times, known modes.",
            Section, "correct the section [lifecycle] of nua-config and rebuild", LifecycleIsComplete),
        new("NUA-M03", Severity.Error, "`lifecycle.contract` is a contract that exists: 1.",
            Section, "rebuild the image with a builder that writes contract 1, or check it with a newer nua",
            ContractIsKnown),
        new("NUA-M04", Severity.Error,
            "`runtime` has its keys with the right types, and agrees with `metadata` and `lifecycle` where both say the same.",
            Section, Rebuild, RuntimeIsComplete),
        new("NUA-M05", Severity.Error, "`build.json` is there, has `schema` 1 and its keys with the right types.",
            Section, Rebuild, BuildIsComplete),
        .. FileListRules.All,
        new("NUA-M09", Severity.Error,
            "`build.json` names the layers on top of the base, in order and with their diff IDs, up to its own, which is the last.",
            Section, Rebuild, LayersAreNamed),
        new("NUA-M10", Severity.Warning, "`/nua/metadata` holds the four documents and nothing else.",
            Section, "move the file to /nua/app", NothingElse),
        new("NUA-M11", Severity.Warning, "The image's creation time is the build's `epoch`, not the clock's.",
            Section, "rebuild with 'nua build', which takes SOURCE_DATE_EPOCH or the time of the source's last commit",
            TimeIsEpoch),
    ];

    /// <summary>Why the document cannot be used, or where it differs from its form.</summary>
    public static IEnumerable<Violation> Form(MetadataDocument document, JsonShape shape) => document.Root is { } root
        ? shape.Faults(root).Select(fault => new Violation(fault, document.Place))
        : [new Violation(document.Fault!, document.Place)];

    private static IEnumerable<Violation> LifecycleIsComplete(CheckSubject subject)
    {
        if (subject.Lifecycle is not { } lifecycle)
        {
            yield break;
        }

        var faults = MetadataShapes.Lifecycle.Faults(lifecycle).ToList();
        if (faults.Count == 0)
        {
            var (from, to) = (lifecycle.Number("upgrade_from"), lifecycle.Number("data_version"));
            if (from > to)
            {
                faults.Add($"upgrade_from {from} is above data_version {to}");
            }

            faults.AddRange(lifecycle.Items("waypoints").Where(w => w.GetInt64() < from || w.GetInt64() > to)
                .Select(w => $"waypoint {w.GetInt64()} is not between upgrade_from {from} and data_version {to}"));
        }

        foreach (var fault in faults)
        {
            yield return InConfig("lifecycle", fault);
        }
    }

    private static IEnumerable<Violation> ContractIsKnown(CheckSubject subject)
    {
        if (subject.Lifecycle is { } lifecycle && lifecycle.Number("contract") != KnownContract)
        {
            var found = lifecycle.Member("contract") is { } contract ? $"contract {contract.GetRawText()}"
                : "no contract";
            yield return InConfig("lifecycle.contract", $"{found}, known is {KnownContract}");
        }
    }

    private static IEnumerable<Violation> RuntimeIsComplete(CheckSubject subject)
    {
        if (subject.Runtime is not { } runtime)
        {
            yield break;
        }

        foreach (var fault in MetadataShapes.Runtime.Faults(runtime))
        {
            yield return InConfig("runtime", fault);
        }

        var metadata = subject.NuaConfig.Root.Member("metadata");
        (string, object?, string, object?)[] pairs =
        [
            ("app_id", runtime.Text("app_id"), "metadata.id", metadata.Text("id")),
            ("version", runtime.Text("version"), "metadata.version", metadata.Text("version")),
            ("data_version", runtime.Number("data_version"), "lifecycle.data_version",
                subject.Lifecycle.Number("data_version")),
            ("upgrade_from", runtime.Number("upgrade_from"), "lifecycle.upgrade_from",
                subject.Lifecycle.Number("upgrade_from")),
            ("stop.signal", runtime.Member("stop").Text("signal"), "lifecycle.stop.signal",
                subject.Lifecycle.Member("stop").Text("signal")),
        ];
        foreach (var (name, value, other, otherValue) in pairs)
        {
            if (value is not null && otherValue is not null && !value.Equals(otherValue))
            {
                yield return InConfig($"runtime.{name}", $"it is '{value}', but {other} is '{otherValue}'");
            }
        }
    }

    private static Violation InConfig(string place, string what) =>
        new(what, $"/nua/metadata/nua-config.json: {place}");

    private static IEnumerable<Violation> BuildIsComplete(CheckSubject subject)
    {
        foreach (var violation in Form(subject.Build, MetadataShapes.Build))
        {
            yield return violation;
        }

        if (subject.Build.Root.Member("source").Text("digest") is { Length: > 0 } digest
            && !Oci.Digest.TryParse(digest, out _))
        {
            yield return new Violation("source.digest is not a digest", subject.Build.Place);
        }
    }

    private static IEnumerable<Violation> LayersAreNamed(CheckSubject subject)
    {
        if (subject.Build.Root.Member("layers") is not { ValueKind: JsonValueKind.Array } layers)
        {
            yield break;
        }

        // The document's own layer cannot be in it with a hash of itself.
        var named = layers.EnumerateArray().Select(layer => layer.Text("diff_id")).ToList();
        if (named.Count > 0 && named[^1] is null)
        {
            named.RemoveAt(named.Count - 1);
        }

        var own = subject.Build.Entry!.Layer;
        if (own != subject.Layers.Count - 1)
        {
            yield return new Violation("there are layers on top of its own", subject.Build.Place, own + 1);
        }

        if (named.Count > own)
        {
            yield return new Violation($"it names {named.Count} layers, below its own are {own}", subject.Build.Place);
            yield break;
        }

        for (var index = 0; index < named.Count; index++)
        {
            var layer = own - named.Count + index;
            if (named[index] != subject.Layers[layer].DiffId?.ToString())
            {
                yield return new Violation(
                    $"layers[{index}] has another diff ID than the image", subject.Build.Place, layer);
            }
        }
    }

    private static IEnumerable<Violation> NothingElse(CheckSubject subject) =>
        subject.Tree.NamesIn("nua/metadata").Order(StringComparer.Ordinal).Where(name => !_documents.Contains(name))
            .Select(name => new Violation("the specification has no such document", $"/nua/metadata/{name}"));

    private static IEnumerable<Violation> TimeIsEpoch(CheckSubject subject)
    {
        if (subject.Build.Root.Number("epoch") is not { } epoch || subject.Config.Created is not { } created)
        {
            yield break;
        }

        if (!DateTimeOffset.TryParse(created, CultureInfo.InvariantCulture, out var time)
            || time.ToUnixTimeSeconds() != epoch)
        {
            yield return new Violation($"it is '{created}', the build's epoch is {epoch}", "config: created");
        }
    }
}
