using System.Text;

namespace Nua.Build.Toolchains;

/// <summary>
/// Where npm packages come from on this machine and with which credentials. No address is built in: they come, first found
/// wins, from <c>npm_config_registry</c> / <c>NPM_CONFIG_REGISTRY</c>, the project's, the user's and the global
/// <c>.npmrc</c>; else an installed npm is asked (see <see cref="NpmRegistry"/>).
/// </summary>
public sealed record NpmConfiguration
{
    private const string RegistryKey = "registry";
    private static readonly string[] _globalFiles = ["etc/npmrc", "usr/etc/npmrc", "usr/local/etc/npmrc"];
    private readonly IReadOnlyDictionary<string, string> _values;

    private NpmConfiguration(IReadOnlyDictionary<string, string> values) => _values = values;

    /// <summary>The registry of unscoped packages; null when nothing on the machine names one.</summary>
    public string? Registry => _values.GetValueOrDefault(RegistryKey);

    /// <summary>Keys of registries and their credentials only, as <c>.npmrc</c> writes them; the values may be secret.</summary>
    public IReadOnlyDictionary<string, string> RegistryValues => _values;

    /// <summary>Reads the machine's configuration.</summary>
    /// <param name="environment">The variables of the calling process.</param>
    /// <param name="projectFolder">Folder of the application whose <c>.npmrc</c> counts; null: none.</param>
    /// <param name="root">Where the host's <c>/</c> is; for tests.</param>
    public static NpmConfiguration Read(
        IReadOnlyDictionary<string, string> environment, string? projectFolder, string root = "/")
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in GlobalFiles(environment, root))
        {
            Merge(result, Npmrc.ReadFile(file, environment));
        }

        var user = FromEnvironment(environment, "userconfig")
            ?? (environment.TryGetValue("HOME", out var home) ? Path.Combine(home, ".npmrc") : null);
        if (user is not null)
        {
            Merge(result, Npmrc.ReadFile(user, environment));
        }

        if (projectFolder is not null)
        {
            Merge(result, Npmrc.ReadFile(Path.Combine(projectFolder, ".npmrc"), variables: null));
        }

        if (FromEnvironment(environment, RegistryKey) is { } address)
        {
            result[RegistryKey] = address;
        }

        return new NpmConfiguration(result);
    }

    /// <summary>The address configured for a package: its scope's, else the general one, else null. Ends with a slash.</summary>
    /// <exception cref="ProblemException">NUA2122: the configured text is not an http or https address.</exception>
    public Uri? RegistryFor(string package)
    {
        var scope = package.StartsWith('@') ? package[..package.IndexOf('/', StringComparison.Ordinal)] : null;
        var text = (scope is null ? null : _values.GetValueOrDefault($"{scope}:{RegistryKey}")) ?? Registry;
        return text is null ? null : ParseRegistry(text);
    }

    /// <summary>The <c>Authorization</c> header for an address, or null. Credentials are found by host, port and the
    /// longest path, so they go to no other host than the one they were written for.</summary>
    public string? AuthorizationFor(Uri address)
    {
        var path = address.AbsolutePath;
        while (true)
        {
            var slash = path.LastIndexOf('/');
            path = slash < 0 ? "" : path[..(slash + 1)];
            var key = $"//{address.Authority}{(path.Length == 0 ? "/" : path)}";
            if (HeaderUnder(key) is { } header)
            {
                return header;
            }

            if (path.Length <= 1)
            {
                return null;
            }

            path = path.TrimEnd('/');
        }
    }

    /// <exception cref="ProblemException">NUA2122.</exception>
    public static Uri ParseRegistry(string text)
    {
        var isAddress = Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var address);
        return isAddress && address!.Scheme is "http" or "https" ? address! : throw ToolchainProblems.BadRegistry(text);
    }

    private string? HeaderUnder(string place)
    {
        if (_values.TryGetValue(place + ":_authToken", out var token))
        {
            return $"Bearer {token}";
        }

        if (_values.TryGetValue(place + ":_auth", out var basic))
        {
            return $"Basic {basic}";
        }

        if (!_values.TryGetValue(place + ":username", out var user)
            || !_values.TryGetValue(place + ":_password", out var password))
        {
            return null;
        }

        // .npmrc keeps the password, and only the password, in base64.
        Span<byte> clear = new byte[password.Length];
        return Convert.TryFromBase64String(password, clear, out var length)
            ? $"Basic {Convert.ToBase64String([.. Encoding.UTF8.GetBytes(user + ":"), .. clear[..length]])}"
            : null;
    }

    private static void Merge(SortedDictionary<string, string> result, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (key, value) in values)
        {
            if (value.Length > 0 && (key == RegistryKey || key.EndsWith(":registry", StringComparison.Ordinal)
                || key.StartsWith("//", StringComparison.Ordinal)))
            {
                result[key] = value;
            }
        }
    }

    private static string? FromEnvironment(IReadOnlyDictionary<string, string> environment, string key)
    {
        foreach (var name in new[] { "npm_config_" + key, "NPM_CONFIG_" + key.ToUpperInvariant() })
        {
            if (environment.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }
        }

        return null;
    }

    private static IEnumerable<string> GlobalFiles(IReadOnlyDictionary<string, string> environment, string root) =>
        FromEnvironment(environment, "globalconfig") is { } named
            ? [named]
            : [.. _globalFiles.Select(f => Path.Combine(root, f))];
}
