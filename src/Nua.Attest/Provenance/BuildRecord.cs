using System.Text.Json;
using Nua.Foundation;
using Nua.Oci.Json;
using Nua.Oci.Layers;

namespace Nua.Attest.Provenance;

/// <summary>What an image says about how it was built: <c>/nua/metadata/build.json</c> and <c>nua-config.json</c>. Dispose it to free the
/// documents.</summary>
public sealed class BuildRecord : IDisposable
{
    public const string BuildPath = "nua/metadata/build.json";

    public const string ConfigPath = "nua/metadata/nua-config.json";

    private const int Schema = 1;

    private readonly JsonDocument _build;
    private readonly JsonDocument _config;

    private BuildRecord(JsonDocument build, JsonDocument config)
    {
        _build = build;
        _config = config;
    }

    public JsonElement Build => _build.RootElement;

    public JsonElement Config => _config.RootElement;

    /// <param name="tree">Quicker when the content of <see cref="BuildPath"/> and <see cref="ConfigPath"/> was kept in it.</param>
    /// <exception cref="ProblemException">NUA3930: the image does not say it; NUA3001–3003 the documents are not strict JSON; those of reading
    /// layers.</exception>
    public static BuildRecord Read(ImageTree tree) =>
        Parse(Content(tree, BuildPath), Content(tree, ConfigPath), tree.Image.Digest.ToString());

    /// <inheritdoc cref="Read"/>
    public static BuildRecord Parse(ReadOnlyMemory<byte> build, ReadOnlyMemory<byte> config, string where)
    {
        var record = new BuildRecord(
            StrictJson.Parse(build, $"{where}: /{BuildPath}"), StrictJson.Parse(config, $"{where}: /{ConfigPath}"));
        if (!IsObject(record.Config) || !IsObject(record.Build)
            || record.Build.Member("schema") is not { ValueKind: JsonValueKind.Number } schema || !schema.TryGetInt32(out var number) || number != Schema)
        {
            record.Dispose();
            throw Unknown(where, $"/{BuildPath} has not the form of schema {Schema}");
        }

        return record;
    }

    public void Dispose()
    {
        _build.Dispose();
        _config.Dispose();
    }

    private static ReadOnlyMemory<byte> Content(ImageTree tree, string path) =>
        tree.Find(path) is { } node
            ? tree.ReadContent(node, StrictJson.MaxBytes)
            : throw Unknown(tree.Image.Digest.ToString(), $"it has no /{path}");

    private static ProblemException Unknown(string where, string why) => new(
        new Problem("NUA3930", "the image does not say how it was built")
        {
            Where = where,
            Why = why,
            Remedy = "provenance can be made for images that nua built; attach somebody else's with --predicate FILE --type provenance",
        });

    private static bool IsObject(JsonElement element) => element.ValueKind == JsonValueKind.Object;
}
