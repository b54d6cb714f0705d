using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>What the configuration asks of whoever runs the image, which a build does not do: told, so that nobody waits for it.</summary>
internal static class OperatorNotes
{
    public static void Tell(AppConfig config, IReadOnlyList<PackagerFile> files, PlanNotes notes)
    {
        const string original = "nua/templates/";
        if (files.FirstOrDefault(file => file.Source.StartsWith(original, StringComparison.Ordinal)) is { } template)
        {
            var below = template.Source[original.Length..];
            below = below.EndsWith(".j2", StringComparison.Ordinal) ? below[..^3] : below;
            var others = files.Count(file => file.Source.StartsWith(original, StringComparison.Ordinal)) > 1 ? ", …" : "";
            notes.Decide("templates", $"$NUA_ETC/{below}{others}",
                $"rendered at each start; the first Nua wrote it to /{below}: let the application look in $NUA_ETC");
        }

        foreach (var provider in config.Providers.Where(provider => provider.ModuleName != SqliteProvider.Module))
        {
            notes.Decide($"service {provider.Name}", What(provider), provider.Type == "app"
                ? "an image holds one application: build and start this one by itself"
                : $"nua starts no service beside the application: `nua up … --binding {provider.Name}=FOLDER` says where it is "
                    + "(files host, port, username, password, database)");
        }

        if (config.DockerJson is not null)
        {
            notes.Decide("[docker]", "kept in the image, without effect here",
                "options of an engine are the operator's: `nua up` restarts the application always, and has --memory, --cpus and --network host");
        }

        if (config.Run.PostRun.Count > 0)
        {
            notes.Add(PlanProblems.PostRunIgnored());
        }

        if (Methods(config).ToList() is { Count: > 0 } methods)
        {
            notes.Decide("[backup]", $"{string.Join(", ", methods)}: kept in the image, without effect here",
                "`nua backup` copies the application's volumes while it is stopped, whenever it is called; services have backups of their own",
                "lifecycle.backup = \"…\"");
        }
    }

    private static string What(ProviderConfig provider)
    {
        var kind = provider.Build.BaseImage ?? provider.ModuleName ?? provider.Type ?? "of no known kind";
        return provider.ModuleVersion is { } version ? $"{kind} {version}" : kind;
    }

    private static IEnumerable<string> Methods(AppConfig config) =>
        config.Volumes.Select(volume => volume.Backup).Prepend(config.Backup).Concat(config.Providers.Select(provider => provider.Backup))
            .OfType<BackupConfig>().Select(backup => backup.Frequency is null ? backup.Method : $"{backup.Method} every {backup.Frequency}")
            .Distinct(StringComparer.Ordinal);
}
