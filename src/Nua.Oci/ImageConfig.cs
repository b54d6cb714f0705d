using Nua.Foundation;
using Nua.Oci.Json;

namespace Nua.Oci;

/// <summary>How an image runs and of which uncompressed layers it consists (image-spec config.md).</summary>
public sealed record ImageConfig(Platform Platform, IReadOnlyList<Digest> DiffIds)
{
    private static readonly string[] _keys =
    [
        "created", "author", "architecture", "os", "os.version", "os.features", "variant", "config", "rootfs", "history",
    ];

    private static readonly string[] _rootFsKeys = ["type", "diff_ids"];
    private static readonly string[] _historyKeys = ["created", "author", "created_by", "comment", "empty_layer"];

    /// <summary>RFC 3339, kept as written.</summary>
    public string? Created { get; init; }

    public string? Author { get; init; }

    public IReadOnlyList<string>? OsFeatures { get; init; }

    public RunConfig Run { get; init; } = new();

    public IReadOnlyList<HistoryEntry> History { get; init; } = [];

    /// <summary>Fields that image-spec does not define, as raw JSON.</summary>
    public IReadOnlyDictionary<string, string> Unknown { get; init; } = StringMap.Empty;

    /// <exception cref="ProblemException">NUA3001–3005.</exception>
    public static ImageConfig Parse(ReadOnlyMemory<byte> bytes, string where)
    {
        using var document = StrictJson.Parse(bytes, where);
        var json = JsonObjectReader.Open(document.RootElement, where, _keys);
        var rootFs = json.OptionalObject("rootfs", _rootFsKeys) ?? throw json.Invalid("rootfs", "it is missing");
        if (rootFs.String("type") is not "layers" and var type)
        {
            throw rootFs.Invalid("type", $"'{Printable.Escape(type, 40)}' is not 'layers'");
        }

        var diffIds = rootFs.OptionalStrings("diff_ids") ?? throw rootFs.Invalid("diff_ids", "it is missing");
        return new ImageConfig(Platform.Read(json), [.. diffIds.Select(id => Digest.Parse(id, rootFs.Where))])
        {
            Created = json.OptionalString("created"),
            Author = json.OptionalString("author"),
            OsFeatures = json.OptionalStrings("os.features"),
            Run = json.OptionalObject("config", RunConfig.Keys) is { } run ? RunConfig.Read(run) : new RunConfig(),
            History = [.. (json.OptionalObjects("history", _historyKeys) ?? []).Select(ReadHistory)],
            Unknown = json.Unknown(),
        };
    }

    /// <summary>The document, equal bytes for equal content.</summary>
    public byte[] ToBytes()
    {
        using var json = new CanonicalJson();
        json.Start();
        json.OptionalString("created", Created);
        json.OptionalString("author", Author);
        json.String("architecture", Platform.Architecture);
        json.OptionalString("variant", Platform.Variant);
        json.String("os", Platform.Os);
        json.OptionalString("os.version", Platform.OsVersion);
        json.Strings("os.features", OsFeatures);
        json.Name("config");
        Run.Write(json);
        json.Start("rootfs");
        json.String("type", "layers");
        json.Strings("diff_ids", [.. DiffIds.Select(id => id.ToString())]);
        json.End();
        WriteHistory(json);
        json.Raw(Unknown);
        json.End();
        return json.ToBytes();
    }

    private static HistoryEntry ReadHistory(JsonObjectReader json) => new()
    {
        Created = json.OptionalString("created"),
        Author = json.OptionalString("author"),
        CreatedBy = json.OptionalString("created_by"),
        Comment = json.OptionalString("comment"),
        EmptyLayer = json.OptionalBoolean("empty_layer") ?? false,
    };

    private void WriteHistory(CanonicalJson json)
    {
        if (History.Count == 0)
        {
            return;
        }

        json.StartArray("history");
        foreach (var entry in History)
        {
            json.Start();
            json.OptionalString("created", entry.Created);
            json.OptionalString("created_by", entry.CreatedBy);
            json.OptionalString("author", entry.Author);
            json.OptionalString("comment", entry.Comment);
            if (entry.EmptyLayer)
            {
                json.Boolean("empty_layer", true);
            }

            json.End();
        }

        json.EndArray();
    }
}

/// <summary>One line of an image's history. The entries that are not <see cref="EmptyLayer"/> are as many as the
/// layers.</summary>
public sealed record HistoryEntry
{
    public string? Created { get; init; }

    public string? Author { get; init; }

    public string? CreatedBy { get; init; }

    public string? Comment { get; init; }

    public bool EmptyLayer { get; init; }
}
