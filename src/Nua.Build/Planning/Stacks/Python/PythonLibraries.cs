namespace Nua.Build.Planning.Stacks.Python;

/// <summary>Python packages that compile or load libraries, and the Debian packages for it. Packages whose wheels bring
/// everything are not listed.</summary>
internal static class PythonLibraries
{
    private static readonly string[] _compiler = ["gcc", "libc6-dev", "python3-dev"];

    private static readonly Dictionary<string, (string[] Build, string[] Run)> _table = new(StringComparer.Ordinal)
    {
        ["dbus-python"] = (["libdbus-1-dev", "libglib2.0-dev", "pkg-config"], ["libdbus-1-3", "libglib2.0-0t64"]),
        ["gdal"] = (["libgdal-dev", "g++"], ["libgdal36"]),
        ["mariadb"] = (["libmariadb-dev"], ["libmariadb3"]),
        ["mysqlclient"] = (["libmariadb-dev", "pkg-config"], ["libmariadb3"]),
        ["psycopg"] = ([], ["libpq5"]),
        ["psycopg2"] = (["libpq-dev"], ["libpq5"]),
        ["pycairo"] = (["libcairo2-dev", "pkg-config"], ["libcairo2"]),
        ["pycups"] = (["libcups2-dev"], ["libcups2t64"]),
        ["pycurl"] = (["libcurl4-openssl-dev", "libssl-dev"], ["libcurl4t64"]),
        ["pygraphviz"] = (["libgraphviz-dev", "pkg-config"], ["graphviz"]),
        ["pylibmc"] = (["libmemcached-dev", "zlib1g-dev"], ["libmemcached11t64"]),
        ["pyodbc"] = ([], ["unixodbc"]),
        ["python-ldap"] = (["libldap-dev", "libsasl2-dev"], ["libldap2", "libsasl2-2"]),
        ["python-magic"] = ([], ["libmagic1t64"]),
        ["uwsgi"] = ([], []),
        ["weasyprint"] = ([], ["libharfbuzz-subset0", "libpango-1.0-0", "libpangoft2-1.0-0"]),
        ["xmlsec"] = (["libxml2-dev", "libxmlsec1-dev", "pkg-config"], ["libxmlsec1t64-openssl"]),
    };

    /// <summary>Only runs with a library; nothing is compiled.</summary>
    private static readonly HashSet<string> _pure = new(["psycopg", "pyodbc", "python-magic", "weasyprint"],
        StringComparer.Ordinal);

    public static (IReadOnlyList<string> Build, IReadOnlyList<string> Run,
        IReadOnlyList<string> Names) Find(IEnumerable<string> packages)
    {
        var names = packages.Where(_table.ContainsKey).Distinct().Order(StringComparer.Ordinal).ToList();
        var compiler = names.Exists(name => !_pure.Contains(name)) ? _compiler : [];
        return (
            [.. names.SelectMany(name => _table[name].Build).Concat(compiler).Distinct().Order(StringComparer.Ordinal)],
            [.. names.SelectMany(name => _table[name].Run).Distinct().Order(StringComparer.Ordinal)],
            names);
    }
}
