using System.Text.RegularExpressions;

namespace Nua.Check.Scanning;

/// <summary>Knows files that hold credentials, or usually do, from their names and what is in them.</summary>
public static partial class CredentialFiles
{
    private static readonly string[] _versionControl = [".git", ".hg", ".svn", ".bzr"];
    private static readonly string[] _settings = [".netrc", ".git-credentials", ".pypirc", ".htpasswd"];

    private static readonly string[] _caches =
    [
        ".cache/pip/", ".npm/_cacache/", ".yarn/berry/cache/", ".cache/yarn/", ".cache/pnpm/",
        ".local/share/pnpm/store/",
        "var/cache/apt/archives/", "var/lib/apt/lists/", ".nuget/packages/", ".cargo/registry/cache/",
        ".bun/install/cache/",
    ];

    /// <summary>Whether the file's text decides: only such files are kept while a layer is read.</summary>
    public static bool IsJudgedByText(string path)
    {
        var name = NameOf(path);
        return IsEnvironment(name) || name is ".npmrc" or ".yarnrc.yml" or ".dockercfg"
            || Array.IndexOf(_settings, name) >= 0
            || IsBelow(path, ".docker", "config.json") || IsBelow(path, ".aws", "credentials")
            || IsBelow(path, ".kube", "config")
            || IsBelow(path, "gcloud", "application_default_credentials.json");
    }

    /// <summary>The kind of credential that the text holds; null when it holds none.</summary>
    public static string? KindOf(string path, string text)
    {
        var name = NameOf(path);
        var (pattern, kind) = name switch
        {
            ".npmrc" => (NpmLogin(), "npm login"),
            ".yarnrc.yml" => (YarnLogin(), "yarn login"),
            ".netrc" => (NetrcLogin(), "login for a host"),
            ".git-credentials" => (GitLogin(), "git login"),
            ".pypirc" => (PasswordLine(), "PyPI login"),
            ".htpasswd" => (HashedPassword(), "password hashes"),
            ".dockercfg" => (DockerLogin(), "registry login"),
            "config.json" => (DockerLogin(), "registry login"),
            "credentials" => (AwsLogin(), "AWS login"),
            "config" => (KubernetesLogin(), "Kubernetes login"),
            "application_default_credentials.json" => (GoogleLogin(), "Google login"),
            _ => (SecretVariable(), "secret variable"),
        };
        return pattern.IsMatch(text) ? kind : null;
    }

    /// <summary>A reason to keep the path out of an image although no credential was seen in it; null when there is
    /// none.</summary>
    public static string? Unwanted(string path)
    {
        var name = NameOf(path);
        foreach (var folder in _versionControl)
        {
            if (path.EndsWith("/" + folder, StringComparison.Ordinal) || path == folder
                || path.StartsWith(folder + "/", StringComparison.Ordinal)
                || path.Contains("/" + folder + "/", StringComparison.Ordinal))
            {
                return "version control folder";
            }
        }

        if (IsEnvironment(name) || Array.IndexOf(_settings, name) >= 0)
        {
            return "file that usually holds credentials";
        }

        foreach (var cache in _caches)
        {
            if (("/" + path).Contains("/" + cache, StringComparison.Ordinal) && name is not ("lock" or "partial"))
            {
                return "package manager's cache";
            }
        }

        return null;
    }

    /// <summary>Brought by a language's package manager: its examples and test keys are in every copy of the
    /// package.</summary>
    public static bool IsInDependency(string path) =>
        path.Contains("/node_modules/", StringComparison.Ordinal)
        || path.Contains("/site-packages/", StringComparison.Ordinal)
        || path.Contains("/dist-packages/", StringComparison.Ordinal);

    private static bool IsEnvironment(string name) =>
        name == ".env" || (name.StartsWith(".env.", StringComparison.Ordinal)
            && name is not (
            ".env.example" or ".env.sample" or ".env.template" or ".env.dist" or ".env.defaults" or ".env.schema"));

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static bool IsBelow(string path, string folder, string name) =>
        path == $"{folder}/{name}" || path.EndsWith($"/{folder}/{name}", StringComparison.Ordinal);

    // Every expression takes time in proportion to the text: the text may be hostile.
    // A value that begins with $ names a variable and is no secret.
    [GeneratedRegex(@"^[ \t]*(//[^\s=]*:)?_?(authToken|auth|password)\s*=\s*[^$\s]", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex NpmLogin();

    [GeneratedRegex(@"^[ \t]*npmAuth(Token|Ident)\s*:\s*[""']?[^$\s""']", RegexOptions.Multiline)]
    private static partial Regex YarnLogin();

    [GeneratedRegex(@"\bpassword\s+\S")]
    private static partial Regex NetrcLogin();

    [GeneratedRegex(@"^[ \t]*https?://[^\s:@/]*:[^\s@]+@", RegexOptions.Multiline)]
    private static partial Regex GitLogin();

    [GeneratedRegex(@"^[ \t]*password\s*[=:]\s*\S", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex PasswordLine();

    [GeneratedRegex(@"^[^\s:#]+:\S{8,}", RegexOptions.Multiline)]
    private static partial Regex HashedPassword();

    [GeneratedRegex(@"""(auth|identitytoken|password)""\s*:\s*""[^""]")]
    private static partial Regex DockerLogin();

    [GeneratedRegex(@"aws_(secret_access_key|session_token)\s*=\s*\S", RegexOptions.IgnoreCase)]
    private static partial Regex AwsLogin();

    [GeneratedRegex(@"\b(client-key-data|token|password)\s*:\s*[""']?[^\s""']")]
    private static partial Regex KubernetesLogin();

    [GeneratedRegex(@"""(refresh_token|private_key|client_secret)""\s*:\s*""[^""]")]
    private static partial Regex GoogleLogin();

    [GeneratedRegex(@"^[ \t]*(export[ \t]+)?[A-Z0-9_]{0,60}(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY)[A-Z0-9_]{0,60}[ \t]*=[ \t]*[""']?[^$\s""']",
        RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex SecretVariable();
}
