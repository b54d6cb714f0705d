using Nua.Check.Scanning;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Check;

/// <summary>Proves the rules of the specification on one image, by reading it. Memory and time are bounded by the
/// options, whatever the image claims; nothing in an image makes it throw.</summary>
public static class ImageChecker
{
    private const int LongestText = 500;

    /// <summary>Checks an image that could be opened.</summary>
    public static CheckReport Check(
        Image image, CheckOptions? options = null, CancellationToken cancellation = default) =>
        Check(image.ManifestDescriptor, image.Manifest, image.Config, image.Blobs, options ?? CheckOptions.Default,
            cancellation);

    /// <summary>Checks an image that perhaps cannot even be opened: what is wrong with its documents becomes a
    /// finding.</summary>
    /// <param name="root">Of a manifest, or of an index whose image for linux/amd64 is checked.</param>
    public static CheckReport Check(
        IBlobStore blobs, Descriptor root, CheckOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= CheckOptions.Default;
        var manifest = root;
        var place = "index";
        try
        {
            manifest = ImageClosure.Select(blobs, root, Platform.LinuxAmd64);
            place = "manifest";
            var parsed = ImageManifest.Parse(blobs.ReadDocument(manifest), place, manifest.MediaType);
            place = "config";
            if (!MediaTypes.IsImageConfig(parsed.Config.MediaType))
            {
                return Unreadable(manifest, options, "OCI-01",
                    $"it is an artifact of type '{parsed.Config.MediaType}', not an image", "manifest");
            }

            var config = ImageConfig.Parse(blobs.ReadDocument(parsed.Config), place);
            return Check(manifest, parsed, config, blobs, options, cancellation);
        }
        catch (ProblemException error) when (error.Problems[0].Code is not "NUA3011")
        {
            // But that it is for other platforms is no fault of the image.
            var problem = error.Problems[0];
            var rule = problem.Code switch
            {
                "NUA3060" or "NUA3061" or "NUA3062" => "OCI-03",
                _ when place == "config" => "OCI-04",
                "NUA3005" or "NUA3013" => "OCI-02",
                _ when problem.Where != "manifest"
                    && problem.Where?.StartsWith("manifest", StringComparison.Ordinal) == true => "OCI-02",
                _ => "OCI-01",
            };
            var what = problem.Why is null ? problem.What : $"{problem.What}: {problem.Why}";
            return Unreadable(manifest, options, rule, what, problem.Where ?? place);
        }
    }

    private static CheckReport Check(
        Descriptor descriptor, ImageManifest manifest, ImageConfig config, IBlobStore blobs, CheckOptions options,
        CancellationToken cancellation)
    {
        var subject = ImageScanner.Scan(manifest, config, blobs, options, cancellation);

        // What is missing from a layer that cannot be read is not missing from the image: only say what was seen.
        var asked = RuleCatalogue.All
            .Where(rule => rule.IsForEveryImage || (subject.IsNuaImage && subject.IsComplete))
            .Where(rule => rule.Id != "NUA-L01" || subject.IsComplete)
            .ToList();
        var findings = asked.SelectMany(rule => Findings(rule, subject, options, cancellation)).ToList();
        return new CheckReport(descriptor.Digest.ToString(), subject.IsNuaImage, Sorted(findings), asked.Count);
    }

    private static CheckReport Unreadable(
        Descriptor manifest, CheckOptions options, string ruleId, string what, string place)
    {
        var rule = RuleCatalogue.Get(ruleId);
        return new CheckReport(
            manifest.Digest.ToString(), IsNuaImage: false, [ToFinding(rule, new Violation(what, place), null, options)],
            RulesAsked: 1);
    }

    private static IEnumerable<Finding> Findings(
        Rule rule, CheckSubject subject, CheckOptions options, CancellationToken cancellation)
    {
        var count = 0;
        foreach (var violation in rule.Find(subject))
        {
            cancellation.ThrowIfCancellationRequested();
            if (count++ < options.MostFindingsPerRule)
            {
                var layer = violation.Layer is { } index ? subject.Layers[index].Blob.Digest.ToString() : null;
                yield return ToFinding(rule, violation, layer, options);
            }
        }

        if (count > options.MostFindingsPerRule)
        {
            yield return ToFinding(rule, new Violation($"and {count - options.MostFindingsPerRule} more"), null,
                options);
        }
    }

    private static Finding ToFinding(Rule rule, Violation violation, string? layer, CheckOptions options) => new(
        rule.Id,
        options.IsStrict && rule.Severity == Severity.Warning ? Severity.Error : rule.Severity,
        Printable.Escape(violation.What, LongestText))
    {
        Layer = layer,
        Place = violation.Place is null ? null : Printable.Escape(violation.Place, LongestText),
        Remedy = rule.Remedy,
    };

    private static List<Finding> Sorted(List<Finding> findings) =>
    [
        .. findings.OrderByDescending(finding => finding.Severity)
            .ThenBy(finding => finding.RuleId, StringComparer.Ordinal),
    ];
}
