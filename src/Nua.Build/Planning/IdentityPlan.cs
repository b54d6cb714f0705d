using Nua.Build.Planning.Stacks;
using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>Name and version of the application: what the configuration says, else a manifest, else the
/// folder.</summary>
internal static class IdentityPlan
{
    public static AppIdentity Make(AppConfig config, StackDraft? draft, string folderName, PlanNotes notes)
    {
        var metadata = config.Metadata;
        var (name, nameFrom) = draft?.AppName is { Length: > 0 } found ? (found, "the manifest")
            : (folderName, "the folder's name");
        var id = metadata.Id is { Length: > 0 } given ? given : Clean(name);
        var (version, versionFrom) = metadata.Version is { Length: > 0 } asked ? (asked, "metadata.version")
            : draft?.AppVersion is { Length: > 0 } written ? (written, "the manifest") : ("0", "nothing says it");
        if (metadata.Id is null)
        {
            notes.Decide("id", id, nameFrom, $"metadata.id = {TomlText.Quote(id)}");
        }

        if (metadata.Version is null)
        {
            notes.Decide("version", version, versionFrom, $"metadata.version = {TomlText.Quote(version)}");
        }

        return new AppIdentity(id, version, metadata.Release, Title(config, name, id))
        {
            ImageName = ImageNaming.Name(id),
            ImageTag = ImageNaming.Tag(version, metadata.Release),
        };
    }

    /// <summary>A name as an id that needs no mapping: what the image will be called.</summary>
    private static string Clean(string name) => ImageNaming.Name(name)["nua-".Length..];

    private static string Title(AppConfig config, string name, string id) =>
        config.Metadata.Title is { Length: > 0 } title ? title : config.Metadata.Id is null && name.Length > 0 ? name
            : id;
}
