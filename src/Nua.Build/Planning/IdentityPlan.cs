using System.Text;
using Nua.Build.Planning.Stacks;
using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>Name and version of the application: what the configuration says, else a manifest, else the folder.</summary>
internal static class IdentityPlan
{
    public static AppIdentity Make(AppConfig config, StackDraft? draft, string folderName, PlanNotes notes)
    {
        var metadata = config.Metadata;
        var (id, idFrom) = metadata.Id is { Length: > 0 } given ? (given, "metadata.id")
            : draft?.AppName is { Length: > 0 } name ? (name, "the manifest")
            : folderName.Length > 0 ? (folderName, "the folder's name") : ("app", "nothing says it");
        var (version, versionFrom) = metadata.Version is { Length: > 0 } asked ? (asked, "metadata.version")
            : draft?.AppVersion is { Length: > 0 } found ? (found, "the manifest") : ("0", "nothing says it");
        if (metadata.Id is null)
        {
            notes.Decide("id", id, idFrom, $"metadata.id = \"{id}\"");
        }

        if (metadata.Version is null)
        {
            notes.Decide("version", version, versionFrom, $"metadata.version = \"{version}\"");
        }

        return new AppIdentity(id, version, metadata.Release, metadata.Title is { Length: > 0 } title ? title : id)
        {
            ImageName = RepositoryName(id),
            ImageTag = Tag(version + (metadata.Release is { } release ? $"-{release}" : "")),
        };
    }

    /// <summary>Lower case; what a repository name cannot hold becomes a hyphen, runs of them one.</summary>
    private static string RepositoryName(string id)
    {
        var lower = id.ToLowerInvariant();
        var text = new StringBuilder(lower.StartsWith("nua-", StringComparison.Ordinal) ? "" : "nua-");
        foreach (var c in lower)
        {
            var isPlain = char.IsAsciiLetterOrDigit(c);
            if (isPlain || text.Length == 0 || char.IsAsciiLetterOrDigit(text[^1]))
            {
                text.Append(isPlain || c is '.' or '_' or '-' ? c : '-');
            }
        }

        return text.ToString().TrimEnd('.', '_', '-') is { Length: > 0 } name ? name : "nua-app";
    }

    private static string Tag(string version)
    {
        var text = new StringBuilder();
        foreach (var c in version)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) || c == '_' || (text.Length > 0 && c is '.' or '-') ? c : text.Length > 0 ? '-' : '_');
        }

        return text.Length == 0 ? "0" : text.ToString(0, Math.Min(text.Length, 128));
    }
}
