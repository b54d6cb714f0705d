using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nua.Build.Toolchains;

/// <summary>What a registry says about one package: as much of it as toolchains need.</summary>
public sealed record NpmPackage(string Name)
{
    /// <summary>Newest last.</summary>
    public required SortedDictionary<SemVer, NpmVersion> Versions { get; init; }

    /// <summary>Names such as <c>latest</c>.</summary>
    public required IReadOnlyDictionary<string, SemVer> Tags { get; init; }

    public string? ETag { get; init; }
    public string? LastModified { get; init; }

    /// <summary>When the registry last said so; seconds since 1970.</summary>
    public long Checked { get; init; }
}

/// <summary>One published version.</summary>
public sealed record NpmVersion
{
    public required string Tarball { get; init; }

    /// <summary>As published; null when the registry lists none.</summary>
    public string? Integrity { get; init; }

    /// <summary><c>engines.node</c>: the node versions it runs on; null is all.</summary>
    public string? NodeEngine { get; init; }

    public string? License { get; init; }
    public bool IsDeprecated { get; init; }

    /// <summary>Command → file.</summary>
    public IReadOnlyDictionary<string, string> Bin { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Names of packages it installs where the platform fits.</summary>
    public IReadOnlyList<string> OptionalDependencies { get; init; } = [];
}

/// <summary>
/// Reads what registries send (full or abbreviated form) and writes and reads the shorter form kept in the cache, which is
/// the same document with only the members that are used: <c>{"name","etag","last_modified","checked","dist-tags":{},"versions":
/// {"1.2.3":{"dist":{"tarball","integrity"},"engines":{"node"},"license","deprecated","bin":{},"optionalDependencies":{}}}}</c>.
/// </summary>
internal static class NpmPackageDocument
{
    /// <exception cref="JsonException">not JSON, or not a package document.</exception>
    public static NpmPackage Read(ReadOnlyMemory<byte> json, string name)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || Member(root, "versions") is not { ValueKind: JsonValueKind.Object } list)
        {
            throw new JsonException("there is no list of versions");
        }

        var versions = new SortedDictionary<SemVer, NpmVersion>();
        foreach (var property in list.EnumerateObject())
        {
            if (SemVer.TryParse(property.Name, out var version) && ReadVersion(property.Value) is { } read)
            {
                versions[version] = read;
            }
        }

        var tags = new SortedDictionary<string, SemVer>(StringComparer.Ordinal);
        foreach (var (tag, text) in Texts(Member(root, "dist-tags")))
        {
            if (SemVer.TryParse(text, out var version))
            {
                tags[tag] = version;
            }
        }

        return new NpmPackage(name)
        {
            Versions = versions,
            Tags = tags,
            ETag = Text(Member(root, "etag")),
            LastModified = Text(Member(root, "last_modified")),
            Checked = Member(root, "checked") is { ValueKind: JsonValueKind.Number } at && at.TryGetInt64(out var seconds) ? seconds : 0,
        };
    }

    public static byte[] Write(NpmPackage package)
    {
        var versions = new JsonObject();
        foreach (var (version, facts) in package.Versions)
        {
            versions[version.ToString()] = WriteVersion(facts);
        }

        var root = new JsonObject
        {
            ["name"] = package.Name,
            ["etag"] = package.ETag,
            ["last_modified"] = package.LastModified,
            ["checked"] = package.Checked,
            ["dist-tags"] = new JsonObject(package.Tags.Select(t => KeyValuePair.Create(t.Key, (JsonNode?)t.Value.ToString()))),
            ["versions"] = versions,
        };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            root.WriteTo(writer);
        }

        return stream.ToArray();
    }

    private static NpmVersion? ReadVersion(JsonElement version)
    {
        var dist = Member(version, "dist");
        return Text(Member(dist, "tarball")) is not { } tarball ? null : new NpmVersion
        {
            Tarball = tarball,
            Integrity = Text(Member(dist, "integrity")),
            NodeEngine = Text(Member(Member(version, "engines"), "node")),
            License = Text(Member(version, "license")),
            IsDeprecated = Member(version, "deprecated") is { ValueKind: JsonValueKind.String or JsonValueKind.True },
            Bin = Texts(Member(version, "bin")),
            OptionalDependencies = [.. Texts(Member(version, "optionalDependencies")).Keys],
        };
    }

    private static JsonObject WriteVersion(NpmVersion version)
    {
        var result = new JsonObject
        {
            ["dist"] = new JsonObject { ["tarball"] = version.Tarball, ["integrity"] = version.Integrity },
        };
        if (version.NodeEngine is not null)
        {
            result["engines"] = new JsonObject { ["node"] = version.NodeEngine };
        }

        if (version.License is not null)
        {
            result["license"] = version.License;
        }

        if (version.IsDeprecated)
        {
            result["deprecated"] = true;
        }

        if (version.Bin.Count > 0)
        {
            result["bin"] = new JsonObject(version.Bin.Select(b => KeyValuePair.Create(b.Key, (JsonNode?)b.Value)));
        }

        if (version.OptionalDependencies.Count > 0)
        {
            result["optionalDependencies"] = new JsonObject(
                version.OptionalDependencies.Select(n => KeyValuePair.Create(n, (JsonNode?)"*")));
        }

        return result;
    }

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty(name, out var found) ? found : null;

    private static string? Text(JsonElement? element) =>
        element is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static SortedDictionary<string, string> Texts(JsonElement? element)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (element is { ValueKind: JsonValueKind.Object } value)
        {
            foreach (var property in value.EnumerateObject())
            {
                if (Text(property.Value) is { } text)
                {
                    result[property.Name] = text;
                }
            }
        }

        return result;
    }
}
