using System.Text;
using System.Xml;
using System.Xml.Linq;
using Nua.Build.Sources;

namespace Nua.Build.Toolchains;

/// <summary>Collects <see cref="HostNetworkSettings"/>, one kind of setting per function.</summary>
internal sealed class HostNetworkReader(IReadOnlyDictionary<string, string> environment, string sandboxHome, string root)
{
    private const string Folder = HostNetworkSettings.Folder;
    private const string CaTarget = Folder + "/ca-certificates.crt";

    /// <summary>Every tool has its own name for the bundle; most replace their list with it, node adds it.</summary>
    private static readonly string[] _caVariables =
    [
        "SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO",
        "npm_config_cafile", "YARN_HTTPS_CA_FILE_PATH", "DENO_CERT", "CARGO_HTTP_CAINFO",
    ];

    private static readonly string[] _caFiles =
        ["etc/ssl/certs/ca-certificates.crt", "etc/pki/tls/certs/ca-bundle.crt", "etc/ssl/ca-bundle.pem", "etc/ssl/cert.pem"];

    private readonly SortedDictionary<string, string> _env = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _binds = new(StringComparer.Ordinal);
    private readonly List<HostFile> _files = [];
    private readonly SortedSet<string> _secrets = new(StringComparer.Ordinal);

    public HostNetworkSettings Read()
    {
        AddProxies();
        AddCertificates();
        AddResolver();
        AddPip();
        AddNpm();
        AddNuget();
        return new HostNetworkSettings
        {
            Env = _env,
            Binds = [.. _binds.Select(b => new HostBind(b.Value, b.Key))],
            Files = _files,
            Secrets = [.. _secrets],
        };
    }

    /// <summary>Both spellings: curl reads only the lower-case http_proxy, others only upper case.</summary>
    private void AddProxies()
    {
        foreach (var name in new[] { "http_proxy", "https_proxy", "all_proxy", "no_proxy", "ftp_proxy" })
        {
            var upper = name.ToUpperInvariant();
            var value = Variable(name) ?? Variable(upper);
            if (value is not null)
            {
                Set(name, value);
                Set(upper, value);
            }
        }
    }

    private void AddCertificates()
    {
        var bundle = new[] { Variable("SSL_CERT_FILE") }.Concat(_caFiles.Select(f => Path.Combine(root, f)))
            .FirstOrDefault(f => f is not null && File.Exists(f));
        if (bundle is null)
        {
            return;
        }

        Bind(bundle, CaTarget);
        foreach (var name in _caVariables)
        {
            _env[name] = CaTarget;
        }
    }

    private void AddResolver()
    {
        foreach (var file in new[] { "etc/resolv.conf", "etc/hosts" })
        {
            Bind(Path.Combine(root, file), "/" + file);
        }
    }

    private void AddPip()
    {
        var file = PipConfiguration.Read(environment, root);
        foreach (var (key, variable) in PipConfiguration.Passed)
        {
            if ((Variable(variable) ?? file.GetValueOrDefault(key)) is not { } value)
            {
                continue;
            }

            Set(variable, variable == PipConfiguration.FindLinks ? BindFindLinks(value) : value);
        }
    }

    /// <summary>Addresses stay; each local folder or file is bound under a name of its own.</summary>
    private string BindFindLinks(string value)
    {
        var result = new List<string>();
        foreach (var place in value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var path = place.StartsWith("file://", StringComparison.Ordinal) ? place["file://".Length..] : place;
            if (path.StartsWith('/'))
            {
                var target = $"{Folder}/find-links-{result.Count}";
                if (Bind(path, target))
                {
                    result.Add(target);
                }
            }
            else if (SourceAddress.IsHttp(place))
            {
                result.Add(place);
            }
        }

        return string.Join(' ', result);
    }

    private void AddNpm()
    {
        var configuration = NpmConfiguration.Read(environment, projectFolder: null, root);
        if (configuration.Registry is { } registry)
        {
            Set("npm_config_registry", registry);
            Set("NPM_CONFIG_REGISTRY", registry);
            Set("YARN_NPM_REGISTRY_SERVER", registry);
        }

        if (configuration.RegistryValues.Count == 0)
        {
            return;
        }

        // Not the user's own file: it may hold more than registries, such as paths of the host.
        var text = new StringBuilder();
        foreach (var (key, value) in configuration.RegistryValues)
        {
            text.Append(key).Append('=').Append(value).Append('\n');
            if (key.StartsWith("//", StringComparison.Ordinal) && !key.EndsWith(":username", StringComparison.Ordinal))
            {
                _secrets.Add(value);
            }
        }

        _files.Add(new HostFile(Folder + "/npmrc", text.ToString()));
        _env["npm_config_userconfig"] = Folder + "/npmrc";
    }

    private void AddNuget()
    {
        var home = Variable("HOME");
        var candidates = home is null ? [] : new[] { ".nuget/NuGet/NuGet.Config", ".config/NuGet/NuGet.Config" };
        foreach (var candidate in candidates)
        {
            var file = Path.Combine(home!, candidate);
            if (Bind(file, $"{sandboxHome}/.nuget/NuGet/NuGet.Config"))
            {
                BindLocalFeeds(file);
                return;
            }
        }
    }

    /// <summary>Package sources that are folders keep their path: the configuration names them.</summary>
    private void BindLocalFeeds(string file)
    {
        try
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, MaxCharactersInDocument = 1 << 20 };
            using var reader = XmlReader.Create(file, settings);
            var document = XDocument.Load(reader);
            foreach (var add in document.Descendants("packageSources").Elements("add"))
            {
                if (add.Attribute("value")?.Value is ['/', _, ..] folder && Directory.Exists(folder))
                {
                    Bind(folder, folder);
                }
            }

            foreach (var secret in document.Descendants("packageSourceCredentials").Descendants("add"))
            {
                var isPassword = secret.Attribute("key")?.Value.Contains("Password", StringComparison.OrdinalIgnoreCase) == true;
                if (isPassword && secret.Attribute("value")?.Value is { Length: > 0 } value)
                {
                    _secrets.Add(value);
                }
            }
        }
        catch (Exception e) when (e is XmlException or IOException or UnauthorizedAccessException)
        {
            // NuGet will say what is wrong with it, in the build's own output.
        }
    }

    /// <summary>False when it is not there. Links are followed here, so that the bind is of what they lead to.</summary>
    private bool Bind(string source, string target)
    {
        if (!File.Exists(source) && !Directory.Exists(source))
        {
            return false;
        }

        FileSystemInfo info = Directory.Exists(source) ? new DirectoryInfo(source) : new FileInfo(source);
        _binds[target] = (info.ResolveLinkTarget(returnFinalTarget: true) ?? info).FullName;
        return true;
    }

    private void Set(string name, string value)
    {
        _env[name] = value;
        foreach (var word in value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Uri.TryCreate(word, UriKind.Absolute, out var address) && address.UserInfo.Length > 0)
            {
                _secrets.Add(address.UserInfo);
                var password = address.UserInfo[(address.UserInfo.IndexOf(':', StringComparison.Ordinal) + 1)..];
                _secrets.Add(password);
                _secrets.Add(Uri.UnescapeDataString(password));
            }
        }
    }

    private string? Variable(string name) => environment.TryGetValue(name, out var value) && value.Length > 0 ? value : null;
}
