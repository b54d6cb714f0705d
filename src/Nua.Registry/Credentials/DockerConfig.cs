using System.Text;
using System.Text.Json;
using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Registry.Credentials;

/// <summary>
/// Docker's <c>config.json</c>, as other tools read and write it, too: <c>auths</c>, and the programs of
/// <c>credHelpers</c> and <c>credsStore</c>.
/// </summary>
public sealed class DockerConfig(string path, TimeSpan helperTime, Action<Problem> tell) : ICredentialSource
{
    internal const int MaxBytes = 4 << 20;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public string Path { get; } = path;

    /// <summary><c>$REGISTRY_AUTH_FILE</c>, else <c>$DOCKER_CONFIG/config.json</c>, else <c>~/.docker/config.json</c>.</summary>
    public static string DefaultPath(Func<string, string?> environment) =>
        environment("REGISTRY_AUTH_FILE") is { Length: > 0 } file ? file
        : System.IO.Path.Combine(
            environment("DOCKER_CONFIG") is { Length: > 0 } folder ? folder : System.IO.Path.Combine(environment("HOME") ?? "/", ".docker"),
            "config.json");

    /// <exception cref="ProblemException">NUA3631 the file cannot be read, NUA3632 and NUA3633 its helper cannot be used.</exception>
    public async Task<Credential?> FindAsync(string host, CancellationToken cancellation)
    {
        using var document = Read();
        if (document is null)
        {
            return null;
        }

        return HelperFor(document.RootElement, host) is { } helper
            ? await new CredentialHelper(helper, helperTime).GetAsync(host, cancellation) ?? Written(document.RootElement, host)
            : Written(document.RootElement, host);
    }

    /// <summary>The helper that the file names for a host; null when it keeps the secret itself.</summary>
    internal static string? HelperFor(JsonElement root, string host) =>
        Member(root, "credHelpers") is { } helpers && Text(helpers, host) is { Length: > 0 } own ? own
        : Text(root, "credsStore") is { Length: > 0 } store ? store
        : null;

    /// <summary>Null when there is no such file.</summary>
    internal JsonDocument? Read()
    {
        try
        {
            if (!File.Exists(Path))
            {
                return null;
            }

            var document = StrictJson.Parse(File.ReadAllBytes(Path), Path, MaxBytes);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document : throw Unreadable("it is not an object", null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(error.Message, error);
        }
    }

    internal static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    /// <summary>Keys are written as <c>HOST</c>, and by older programs as an address.</summary>
    internal static bool IsFor(string key, string host)
    {
        var scheme = key.IndexOf("://", StringComparison.Ordinal);
        var rest = scheme < 0 ? key : key[(scheme + 3)..];
        return rest.Split('/')[0] == host;
    }

    private Credential? Written(JsonElement root, string host)
    {
        if (Member(root, "auths") is not { } auths)
        {
            return null;
        }

        // The exact name before an address; a name with a path is for a part of the registry, and not for all of it.
        var entry = auths.EnumerateObject().Where(auth => IsFor(auth.Name, host) && !IsNamespace(auth.Name))
            .OrderBy(auth => auth.Name != host).Select(auth => (JsonElement?)auth.Value).FirstOrDefault();
        if (entry is not { ValueKind: JsonValueKind.Object } found)
        {
            return null;
        }

        WarnIfReadable();
        if (Text(found, "identitytoken") is { Length: > 0 } token)
        {
            return new Credential("", token) { IsRefreshToken = true };
        }

        return Text(found, "auth") is { Length: > 0 } auth ? Decode(auth, host)
            : Text(found, "username") is { Length: > 0 } user ? new Credential(user, Text(found, "password") ?? "")
            : null;
    }

    private static bool IsNamespace(string key) => !key.Contains("://", StringComparison.Ordinal) && key.Contains('/', StringComparison.Ordinal);

    private Credential Decode(string auth, string host)
    {
        var buffer = new byte[auth.Length];
        if (Convert.TryFromBase64String(auth, buffer, out var length)
            && Encoding.UTF8.GetString(buffer, 0, length).TrimEnd('\0').Split(':', 2) is [{ Length: > 0 } user, var password])
        {
            return new Credential(user, password);
        }

        throw Unreadable($"what it has for {host} is not base64 of USER:PASSWORD", null);
    }

    private void WarnIfReadable()
    {
        if ((File.GetUnixFileMode(Path) & Others) != 0)
        {
            tell(new Problem("NUA3634", "other users of this machine can read or change your passwords")
            {
                Severity = Severity.Warning,
                Where = Path,
                Remedy = $"chmod 600 '{Printable.Escape(Path)}'",
            });
        }
    }

    private ProblemException Unreadable(string why, Exception? inner) => new(
        new Problem("NUA3631", "the file with credentials cannot be used") { Where = Path, Why = Printable.Escape(why, 300) }, inner);

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString() : null;
}
