using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Clock;

/// <summary>Who works where; read once from <c>team.json</c>.</summary>
public sealed record Team(IReadOnlyList<Colleague> Colleagues)
{
    public static Team Read(string path)
    {
        using var file = File.OpenRead(path);
        return new Team(JsonSerializer.Deserialize(file, JsonContext.Default.ColleagueArray) ?? []);
    }

    /// <summary>Everybody's time of day, and whether it is a sensible moment to call them.</summary>
    public ColleagueTime[] At(DateTimeOffset now) =>
        [.. Colleagues.Select(colleague => colleague.At(now)).OrderBy(one => one.Local.Offset).ThenBy(one => one.Name)];

    public string Page(DateTimeOffset now)
    {
        var rows = At(now).Select(one =>
            $"<tr><td>{WebUtility.HtmlEncode(one.Name)}<td>{WebUtility.HtmlEncode(one.Zone)}"
            + $"<td>{one.Local:ddd HH:mm}<td>{(one.IsAtWork ? "at work" : "")}\n");
        return $"""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta http-equiv="refresh" content="30">
            <title>Team clock</title>
            <style>body {"{ font: 1rem/1.6 system-ui; margin: 2rem }"} td {"{ padding-right: 2rem }"}</style>
            <h1>Team clock</h1>
            <table>
            {string.Concat(rows)}</table>
            </html>

            """;
    }
}

public sealed record Colleague(string Name, string Zone)
{
    public ColleagueTime At(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, TimeZoneInfo.FindSystemTimeZoneById(Zone));
        var isAtWork = local.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday) && local.Hour is >= 9 and < 17;
        return new ColleagueTime(Name, Zone, local, isAtWork);
    }
}

public sealed record ColleagueTime(string Name, string Zone, DateTimeOffset Local, bool IsAtWork);

public sealed record ZoneTime(string Zone, DateTimeOffset Local);

public sealed record Refusal(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Colleague[]))]
[JsonSerializable(typeof(ColleagueTime[]))]
[JsonSerializable(typeof(ZoneTime))]
[JsonSerializable(typeof(Refusal))]
internal sealed partial class JsonContext : JsonSerializerContext;
