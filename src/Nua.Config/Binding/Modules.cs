namespace Nua.Config.Binding;

/// <summary>What the built-in definitions of providers give, as far as references to them are checked.</summary>
internal static class Modules
{
    public static IReadOnlyList<string> Names { get; } = ["postgres", "mariadb", "mongo", "redis-cache", "sqlite"];

    /// <summary>Variables of the service; empty for an unknown module.</summary>
    public static IReadOnlyList<string> Variables(string? module) => module switch
    {
        "postgres" => ["POSTGRES_PORT", "POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB"],
        "mariadb" =>
            ["MARIADB_PORT", "MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "MARIADB_USER", "MARIADB_DATABASE"],
        "mongo" => ["MONGO_PORT", "MONGO_INITDB_ROOT_USERNAME", "MONGO_INITDB_ROOT_PASSWORD"],
        "redis-cache" => ["REDIS_PORT"],
        "sqlite" => ["SQLITE_DIR", "SQLITE_SOURCE", "SQLITE_DB"],
        _ => [],
    };

    /// <summary>Volumes of the service.</summary>
    public static IReadOnlyList<string> Volumes(string? module) => module switch
    {
        "postgres" => ["postgres-data"],
        "mariadb" => ["mariadb-data"],
        "mongo" => ["mongo-data"],
        "sqlite" => ["data"],
        _ => [],
    };
}
