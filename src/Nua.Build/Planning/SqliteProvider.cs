using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>The provider module <c>sqlite</c> is no service: a folder for a database file. That is <c>/nua/data</c>, which is
/// what is backed up.</summary>
internal static class SqliteProvider
{
    public const string Module = "sqlite";

    /// <summary>The configuration with the variables that such a provider gives filled in.</summary>
    public static AppConfig Resolve(AppConfig config, PlanNotes notes)
    {
        foreach (var provider in config.Providers.Where(provider => provider.ModuleName == Module))
        {
            var file = $"{provider.Name}.db";
            notes.Decide($"service {provider.Name}", $"{NuaTree.Data}/{file}", "SQLite is a file: no service is needed", "env.NAME = \"…\"");
            config = config with
            {
                Env = [.. config.Env.Select(entry => entry.Dynamic is { Kind: "key" } dynamic && dynamic.From == provider.Name
                    && ValueOf(provider, dynamic.Key, file) is { } value ? new EnvEntry(entry.Name, value, null) : entry)],
            };
        }

        return config;
    }

    private static string? ValueOf(ProviderConfig provider, string? key, string file) =>
        provider.Env.FirstOrDefault(entry => entry.Name == key)?.Value ?? key switch
        {
            "SQLITE_DIR" or "SQLITE_SOURCE" => NuaTree.Data,
            "SQLITE_DB" => file,
            _ => null,
        };
}
