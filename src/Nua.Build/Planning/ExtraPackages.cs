using Nua.Config;

namespace Nua.Build.Planning;

/// <summary>Debian packages behind the original's meta-packages, which providers ask for as connectors too.</summary>
internal static class ExtraPackages
{
    /// <summary>Both lists in order, doubles included.</summary>
    public static (IReadOnlyList<string> Build, IReadOnlyList<string> Run) Find(AppConfig config, PlanNotes notes)
    {
        var build = new List<string>();
        var run = new List<string>();
        foreach (var (name, because) in Asked(config))
        {
            switch (name)
            {
                case "postgres-client" or "psycopg2":
                    build.Add("libpq-dev");
                    run.AddRange(["libpq5", "postgresql-client"]);
                    notes.Decide("PostgreSQL client", "postgresql-client, libpq5", because, "run.packages = [\"…\"]");
                    break;
                case "mariadb-client":
                    build.AddRange(["libmariadb-dev", "pkg-config"]);
                    run.AddRange(["libmariadb3", "mariadb-client"]);
                    notes.Decide("MariaDB client", "mariadb-client, libmariadb3", because, "run.packages = [\"…\"]");
                    break;
                default:
                    notes.Add(PlanProblems.UnknownMetaPackage(name));
                    break;
            }
        }

        return (build, run);
    }

    private static IEnumerable<(string Name, string Because)> Asked(AppConfig config)
    {
        foreach (var name in config.Build.MetaPackages)
        {
            yield return (name, "build.meta-packages");
        }

        foreach (var provider in config.Providers)
        {
            IReadOnlyList<string> connectors = provider.Connector.Count > 0 ? provider.Connector
                : provider.ModuleName switch
            {
                "postgres" => ["postgres-client"],
                "mariadb" => ["mariadb-client"],
                _ => [],
            };
            foreach (var name in connectors)
            {
                yield return (name, $"provider {provider.Name}");
            }
        }
    }
}
