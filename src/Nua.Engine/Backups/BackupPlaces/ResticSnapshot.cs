using System.Globalization;
using System.Text.Json;

namespace Nua.Engine.Backups.BackupPlaces;

/// <summary>What restic says about a snapshot that holds one backup.</summary>
/// <param name="Path">Of its only file, in it.</param>
/// <param name="Instance">Whose backup; empty when it is not by <c>nua</c>.</param>
/// <param name="Sequence">Counts the backups of the instance.</param>
internal sealed record ResticSnapshot(string Id, string Path, string Instance, int Sequence, DateTimeOffset Time)
{
    private const string InstanceTag = "nua-instance=", SequenceTag = "nua-sequence=";

    /// <summary>Reads <c>restic snapshots --json</c>; those with more than one file in them are no backups and left out.</summary>
    /// <returns>Null when it is no such list.</returns>
    public static List<ResticSnapshot>? ParseList(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Null
                ? []
                : [.. document.RootElement.EnumerateArray().Where(item => item.GetProperty("paths").GetArrayLength() == 1).Select(Parse)];
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Reads <c>restic ls --json</c>: one object a line.</summary>
    /// <returns>In bytes; null when the file is not listed.</returns>
    public static long? ParseSize(string lines, string path)
    {
        try
        {
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                using var document = JsonDocument.Parse(line);
                if (document.RootElement.TryGetProperty("path", out var found) && found.GetString() == path)
                {
                    return document.RootElement.GetProperty("size").GetInt64();
                }
            }
        }
        catch (Exception odd) when (odd is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // As good as not listed.
        }

        return null;
    }

    /// <summary>One of each instance: the one with the highest number, whatever the clock said when it was made.</summary>
    public static List<ResticSnapshot> NewestOfEach(IEnumerable<ResticSnapshot> all) =>
        [.. all.GroupBy(found => found.Instance, StringComparer.Ordinal)
            .Select(series => series.OrderBy(found => found.Sequence).ThenBy(found => found.Time).Last())];

    private static ResticSnapshot Parse(JsonElement item)
    {
        List<string> tags = item.TryGetProperty("tags", out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(tag => tag.GetString()!)]
            : [];
        return new ResticSnapshot(
            item.GetProperty("id").GetString()!, item.GetProperty("paths")[0].GetString()!, After(tags, InstanceTag) ?? "",
            int.TryParse(After(tags, SequenceTag), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence) ? sequence : 0,
            item.GetProperty("time").GetDateTimeOffset());
    }

    private static string? After(List<string> tags, string start) =>
        tags.Find(tag => tag.StartsWith(start, StringComparison.Ordinal))?[start.Length..];
}
