using System.Text.Json;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Layers;

namespace Nua.Engine.Contracts;

/// <summary>
/// What an image promises to its operator: the sections <c>lifecycle</c> and <c>runtime</c> of its <c>/nua/metadata/nua-config.json</c>
/// (lifecycle contract, version 1). Times are whole seconds.
/// </summary>
public sealed record AppContract
{
    /// <summary>The newest contract this program knows.</summary>
    public const int Known = 1;

    private const string ConfigPath = "nua/metadata/nua-config.json";

    public required string AppId { get; init; }

    public required string Version { get; init; }

    /// <summary>The port of <c>PORT</c>; null: it listens on none.</summary>
    public int? Port { get; init; }

    /// <summary>Form of the data; 0 keeps none.</summary>
    public int DataVersion { get; init; }

    /// <summary>The oldest data version that <c>upgrade</c> accepts.</summary>
    public int UpgradeFrom { get; init; }

    /// <summary>Data versions an upgrade must not jump over.</summary>
    public IReadOnlyList<int> Waypoints { get; init; } = [];

    /// <summary><c>rollback</c> is a script that keeps what users wrote; else only a kept generation leads back.</summary>
    public bool HasRollback { get; init; }

    /// <summary>The lowest data version <c>rollback</c> reaches; null: any.</summary>
    public int? RollbackTo { get; init; }

    /// <summary>The backup runs beside the live application.</summary>
    public bool IsBackupHot { get; init; }

    /// <summary>The image has a backup command of its own, and only its own <c>restore</c> understands what it leaves; else the volumes are copied.</summary>
    public bool HasBackupCommand { get; init; }

    public int BackupTimeout { get; init; } = 3600;

    public int UpgradeTimeout { get; init; } = 1800;

    public int ReadyTimeout { get; init; } = 120;

    public int StopTimeout { get; init; } = 30;

    public HealthTimes Health { get; init; } = new(10, 5, 3);

    /// <summary>Old and new may run at once on the same data.</summary>
    public bool HasOverlap { get; init; }

    public IReadOnlyList<ContractVolume> Volumes { get; init; } = [];

    public IReadOnlyList<ContractSecret> Secrets { get; init; } = [];

    /// <summary>Variables that must have a value before the application starts.</summary>
    public IReadOnlyList<string> RequiredSettings { get; init; } = [];

    public IReadOnlyList<ContractNeed> Needs { get; init; } = [];

    /// <summary>The whole document, for what only one part of the program needs.</summary>
    public required JsonElement Document { get; init; }

    /// <exception cref="ProblemException">NUA5020 not a Nua image; NUA5021 a newer contract; NUA5022 the document is not as specified; what
    /// reading a layer gives.</exception>
    public static AppContract Of(Image image) => Parse(
        TopFile.Read(image, ConfigPath) ?? throw new ProblemException(new Problem("NUA5020", "this is not a Nua image: it cannot operate itself")
        {
            Where = image.Digest.ToString(),
            Why = $"it has no /{ConfigPath}",
            Remedy = "wrap it first: a nua-config.toml with build.base-image and method = \"wrap\", then nua build",
        }),
        image.Digest.ToString());

    /// <inheritdoc cref="Of"/>
    public static AppContract Parse(ReadOnlyMemory<byte> json, string where)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(document.RootElement.Clone(), where);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new ProblemException(new Problem("NUA5022", "the image's nua-config.json is not as specified")
            {
                Where = where,
                Why = Printable.Escape(wrong.Message, 300),
                Remedy = "nua check names each wrong field",
            });
        }
    }

    private static AppContract Read(JsonElement root, string where)
    {
        var lifecycle = Member(root, "lifecycle");
        var runtime = Member(root, "runtime");
        var contract = Number(lifecycle, "contract", 1);
        if (contract > Known)
        {
            throw new ProblemException(new Problem("NUA5021", $"the image follows version {contract} of the lifecycle contract")
            {
                Where = where,
                Why = $"this version of nua knows {Known}",
                Remedy = "use a newer nua",
            });
        }

        var health = Member(lifecycle, "health");
        return new AppContract
        {
            AppId = Text(runtime, "app_id") ?? throw new FormatException("runtime.app_id is missing"),
            Version = Text(runtime, "version") ?? "",
            Port = Optional(runtime, "port"),
            DataVersion = Number(lifecycle, "data_version", 0),
            UpgradeFrom = Number(lifecycle, "upgrade_from", 0),
            Waypoints = [.. Items(lifecycle, "waypoints").Select(point => point.GetInt32())],
            HasRollback = Text(Member(lifecycle, "rollback"), "mode") == "script",
            RollbackTo = Optional(Member(lifecycle, "rollback"), "to"),
            IsBackupHot = Text(Member(lifecycle, "backup"), "mode") == "hot",
            HasBackupCommand = Text(Member(lifecycle, "backup"), "by") == "command"
                || Text(Member(runtime, "backup"), "command") is not null,
            BackupTimeout = Number(Member(lifecycle, "backup"), "timeout", 3600),
            UpgradeTimeout = Number(Member(lifecycle, "upgrade"), "timeout", 1800),
            ReadyTimeout = Number(Member(lifecycle, "start"), "ready_timeout", 120),
            StopTimeout = Number(Member(lifecycle, "stop"), "timeout", 30),
            Health = new HealthTimes(Number(health, "interval", 10), Number(health, "timeout", 5), Number(health, "retries", 3)),
            HasOverlap = Member(lifecycle, "overlap") is { ValueKind: JsonValueKind.True },
            Volumes = [.. Items(lifecycle, "volumes").Select(Volume)],
            Secrets = [.. Items(lifecycle, "secrets").Select(Secret)],
            RequiredSettings = [.. Items(runtime, "required_settings").Select(name => name.GetString() ?? "")],
            Needs = [.. Items(lifecycle, "needs").Select(need => new ContractNeed(Required(need, "binding"), Required(need, "type"), Text(need, "versions")))],
            Document = root,
        };
    }

    private static ContractVolume Volume(JsonElement volume)
    {
        var (name, path) = (Required(volume, "name"), Required(volume, "path"));
        return IsFileName(name) && path.StartsWith('/') && !path.Split('/').Contains("..")
            ? new ContractVolume(name, path, Text(volume, "class") == "cache")
            : throw new FormatException($"lifecycle.volumes: '{name}' at '{path}' is not a name and an absolute path");
    }

    private static ContractSecret Secret(JsonElement secret)
    {
        var name = Required(secret, "name");
        return IsFileName(name)
            ? new ContractSecret(name, Text(secret, "generate"), Text(secret, "scope") != "instance")
            : throw new FormatException($"lifecycle.secrets: '{name}' is not a name");
    }

    /// <summary>It becomes a file or folder of the operator's machine.</summary>
    private static bool IsFileName(string name) =>
        name.Length is > 0 and <= 100 && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : default;

    private static IEnumerable<JsonElement> Items(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static string? Text(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static string Required(JsonElement of, string name) =>
        Text(of, name) ?? throw new FormatException($"'{name}' is missing");

    private static int? Optional(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;

    private static int Number(JsonElement of, string name, int otherwise) => Optional(of, name) ?? otherwise;
}

/// <param name="Interval">Between two checks.</param>
/// <param name="Timeout">Of one check.</param>
/// <param name="Retries">Failures in a row until the application counts as unhealthy.</param>
public sealed record HealthTimes(int Interval, int Timeout, int Retries);

/// <param name="IsCache">May vanish at any time; never backed up.</param>
public sealed record ContractVolume(string Name, string Path, bool IsCache);

/// <param name="Generate"><c>hex:N</c>, <c>alnum:N</c> or <c>base64:N</c>; null: the operator gives it.</param>
/// <param name="IsForData">It protects data: kept with a backup, never made anew. Else each instance has its own.</param>
public sealed record ContractSecret(string Name, string? Generate, bool IsForData);

/// <summary>A service that must be bound at <c>/bindings/BINDING</c>.</summary>
public sealed record ContractNeed(string Binding, string Type, string? Versions);
