using System.Text.Json;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci;
using Nua.Oci.Json;

namespace Nua.Registry.Settings;

/// <summary>
/// <c>registries.json</c> in the folder of the store: what the user says about registries.
/// <code>
/// {
///   "registries": {
///     "registry.example:5000": {
///       "plain-http": true,
///       "ca": "/etc/ssl/example.pem",
///       "token-realms": ["auth.example"],
///       "mirrors": ["mirror.example:5000/cache"]
///     }
///   }
/// }
/// </code>
/// Every field may be left out. A name that is not known is an error, so that a misspelt one does not go unnoticed.
/// </summary>
public static class RegistriesFile
{
    public const string FileName = "registries.json";

    private static readonly string[] _keys = ["plain-http", "ca", "token-realms", "mirrors"];

    /// <summary>By host; empty when there is no file.</summary>
    /// <exception cref="ProblemException">NUA3630: it cannot be read, or says something that is not known.</exception>
    public static IReadOnlyDictionary<string, HostSettings> Read(string home)
    {
        var path = Path.Combine(home, FileName);
        var result = new SortedDictionary<string, HostSettings>(StringComparer.Ordinal);
        if (!File.Exists(path))
        {
            return result;
        }

        try
        {
            using var document = StrictJson.Parse(File.ReadAllBytes(path), path, 1 << 20);
            foreach (var (host, json) in Hosts(document.RootElement, path))
            {
                result.Add(host, Settings(host, json, home));
            }

            return result;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Invalid(path, error.Message);
        }
    }

    /// <summary>Adds a host that may get the registry's credentials. Durable; what else is in the file stays.</summary>
    public static void AllowTokenRealm(string home, string registry, string realm)
    {
        DurableFile.CreateDirectory(home);
        var all = new SortedDictionary<string, HostSettings>(Read(home).ToDictionary(), StringComparer.Ordinal);
        var old = all.GetValueOrDefault(registry, HostSettings.Default);
        all[registry] = old with { TokenRealms = [.. old.TokenRealms.Union([realm], StringComparer.Ordinal)] };
        DurableFile.Replace(Path.Combine(home, FileName), Bytes(all), mode: 0x1A4);
    }

    private static IEnumerable<(string Host, JsonElement Json)> Hosts(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw Invalid(path, "it must be an object with the field 'registries'");
        }

        foreach (var property in root.EnumerateObject())
        {
            if (property.Name != "registries" || property.Value.ValueKind != JsonValueKind.Object)
            {
                throw Invalid(path, $"the only field is 'registries', an object; it has '{Printable.Escape(property.Name, 60)}'");
            }

            foreach (var host in property.Value.EnumerateObject())
            {
                yield return ImageReference.IsHost(host.Name) || ReferenceGrammar.IsHost(host.Name + ":443")
                    ? (host.Name, host.Value)
                    : throw Invalid(path, $"'{Printable.Escape(host.Name, 120)}' is not HOST or HOST:PORT");
            }
        }
    }

    private static HostSettings Settings(string host, JsonElement element, string home)
    {
        var path = Path.Combine(home, FileName);
        var json = JsonObjectReader.Open(element, $"{path}: {host}", _keys);
        if (json.Unknown().Keys.FirstOrDefault() is { } unknown)
        {
            throw Invalid(path, $"{host}: '{Printable.Escape(unknown, 60)}' is not one of {string.Join(", ", _keys)}");
        }

        var mirrors = json.OptionalStrings("mirrors") ?? [];
        if (mirrors.FirstOrDefault(mirror => !IsMirror(mirror)) is { } wrong)
        {
            throw Invalid(path, $"{host}: the mirror '{Printable.Escape(wrong, 120)}' is not HOST[:PORT][/PREFIX]");
        }

        return new HostSettings
        {
            PlainHttp = json.OptionalBoolean("plain-http") ?? false,
            CaFile = json.OptionalString("ca") is { } file ? Path.Combine(home, file) : null,
            TokenRealms = json.OptionalStrings("token-realms") ?? [],
            Mirrors = mirrors,
        };
    }

    private static bool IsMirror(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return ReferenceGrammar.IsHost(slash < 0 ? text : text[..slash])
            && (slash < 0 || ReferenceGrammar.IsRepository(text[(slash + 1)..].Trim('/')));
    }

    private static byte[] Bytes(SortedDictionary<string, HostSettings> all)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteStartObject("registries");
            foreach (var (host, settings) in all)
            {
                json.WriteStartObject(host);
                if (settings.PlainHttp)
                {
                    json.WriteBoolean("plain-http", true);
                }

                if (settings.CaFile is { } file)
                {
                    json.WriteString("ca", file);
                }

                Write(json, "token-realms", settings.TokenRealms);
                Write(json, "mirrors", settings.Mirrors);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            json.WriteStartArray(name);
            foreach (var value in values)
            {
                json.WriteStringValue(value);
            }

            json.WriteEndArray();
        }
    }

    private static ProblemException Invalid(string path, string why) => new(
        new Problem("NUA3630", "the settings for registries cannot be used")
        {
            Where = path,
            Why = Printable.Escape(why, 400),
            Remedy = "see docs/guide/registries.md for its form",
        });
}
