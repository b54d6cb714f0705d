using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Engine.Instances;
using Nua.Engine.Verifying;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Engine.Backups;

/// <summary>
/// What a backup is of: the first entry of the file, <c>nua-backup.json</c>, repeated in the manifest. Reading it takes the first kilobytes only. Nothing in it is
/// ever taken as a command or as a place to write to.
/// </summary>
public sealed record BackupHead
{
    public const string FileName = "nua-backup.json";

    /// <summary>Of this form; a newer one is refused.</summary>
    public const int CurrentFormat = 1;

    private const int LastSequence = 999_999_999, LongestText = 1000;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>32 hex digits, random: which backup this is, whatever the file is called.</summary>
    public required string Id { get; init; }

    public required string AppId { get; init; }

    public required string Instance { get; init; }

    public required string Version { get; init; }

    /// <summary>Digest of the image's manifest.</summary>
    public required string Image { get; init; }

    /// <summary>What the operator called the image.</summary>
    public required string Reference { get; init; }

    public required int DataVersion { get; init; }

    public int Contract { get; init; } = 1;

    /// <summary><c>copy</c>: the volumes themselves. <c>command</c>: what the application's own command left, for its own <c>restore</c>.</summary>
    public required string Kind { get; init; }

    /// <summary><c>cold</c>, <c>hot</c> or <c>snapshot</c>.</summary>
    public required string Mode { get; init; }

    // A list that is missing is given to init as null, whatever its initial value says: the way of generated JSON readers.

    /// <summary>Names of the volumes; empty for the kind <c>command</c>.</summary>
    public IReadOnlyList<string> Volumes { get; init => field = value ?? []; } = [];

    /// <summary>Names of the secrets that are in it. Only encrypted backups hold any.</summary>
    public IReadOnlyList<string> Secrets { get; init => field = value ?? []; } = [];

    /// <summary>Names of the secrets that the data needs and that are not in it.</summary>
    public IReadOnlyList<string> SecretsLeftOut { get; init => field = value ?? []; } = [];

    /// <summary>What was put into the application to be recognised, so that a restored copy can be asked for it.</summary>
    public IReadOnlyList<Seeding> Seeds { get; init => field = value ?? []; } = [];

    public bool HasImage { get; init; }

    public required string Writer { get; init; }

    /// <summary>UTC; informative only, backups of an instance are ordered by <see cref="Sequence"/>.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Counts the backups of the instance.</summary>
    public required int Sequence { get; init; }

    [JsonIgnore]
    public bool IsCopy => Kind == "copy";

    /// <summary>The release whose data it is.</summary>
    [JsonIgnore]
    public Release Release => new(Image, Reference, AppId, Version, DataVersion);

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, BackupJson.Default.BackupHead);

    /// <exception cref="ProblemException">NUA5120 it is no backup of ours; NUA5122 a newer form.</exception>
    public static BackupHead Parse(ReadOnlySpan<byte> json, string where)
    {
        try
        {
            var head = JsonSerializer.Deserialize(json, BackupJson.Default.BackupHead) ?? throw new JsonException("it is null");
            if (head.Format != CurrentFormat || head.Contract != 1)
            {
                throw BackupProblem.Newer(where, head.Format);
            }

            return head.IsSound() ? head : throw new JsonException("a name or number in it cannot be one");
        }
        catch (JsonException error)
        {
            throw BackupProblem.NotABackup(where, Printable.Escape(error.Message, 200));
        }
    }

    /// <summary>Its texts are printed and compared, its numbers are counted on: none may be what this program would not have written.</summary>
    private bool IsSound() =>
        Kind is "copy" or "command" && Id.Length == 32 && Id.All(char.IsAsciiHexDigitLower) && Digest.TryParse(Image, out _)
        && DataVersion >= 0 && Sequence is >= 0 and <= LastSequence
        && Volumes.All(IsFileName) && Secrets.All(IsFileName) && SecretsLeftOut.All(IsFileName)
        && Seeds.All(seed => seed?.Values is { } values && values.Values.All(value => value is not null))
        && ((string[])[AppId, Instance, Version, Reference, Mode, Writer]).All(text => text.Length <= LongestText && Printable.Escape(text) == text);

    internal static bool IsFileName(string? name) =>
        name is { Length: > 0 and <= 100 } && name[0] != '.' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    WriteIndented = false)]
[JsonSerializable(typeof(BackupHead))]
[JsonSerializable(typeof(ManifestEnd))]
[JsonSerializable(typeof(BackupList))]
internal sealed partial class BackupJson : JsonSerializerContext;
