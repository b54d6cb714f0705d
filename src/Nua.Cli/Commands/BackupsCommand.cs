using System.Globalization;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Backups;
using Nua.Engine.Backups.BackupPlaces;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua backups</c>: what there is to restore from.</summary>
public static class BackupsCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        return new NuaCommand("backups", "Lists the backups of an instance, oldest first.")
        {
            Usage = "NAME",
            Details = "sealed: written whole. checked: every byte was read back. proven: it was restored and the application worked on it.\n" +
                "The list outlives the instance.",
            Examples = [new("with sizes and states", "nua backups notes")],
            JsonFields = [.. BackupCommand.Fields.Select(field => field with { Name = "backups[]." + field.Name }), new("backups[].is_there", "the file is in its place; left out for a place on another machine, which is not asked")],
            Arguments = { name },
            Run = (parsed, session) =>
            {
                var list = BackupList.Load(Instances.Folder(parsed.GetRequiredValue(name))).Backups;
                if (session.Json)
                {
                    session.Out.WriteLine(Json(list));
                    return Task.FromResult(ExitStatus.Done);
                }

                var table = new Table(0, 4, 5);
                table.Add("NUMBER", "MADE", "STATE", "VERSION", "DATA", "SIZE", "FILE");
                foreach (var entry in list)
                {
                    table.Add(
                        entry.Sequence.ToString(CultureInfo.InvariantCulture),
                        entry.Made.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                        BackupPlace.Parse(entry.Place).IsThere == false ? "missing" : entry.State,
                        Printable.Escape(entry.Version, 20),
                        entry.DataVersion.ToString(CultureInfo.InvariantCulture),
                        ByteSize.Format(entry.FileBytes),
                        Printable.Escape(entry.Place, 200));
                }

                session.Out.Write(table.Text());
                return Task.FromResult(ExitStatus.Done);
            },
        };
    }

    private static string Json(IReadOnlyList<BackupEntry> list) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("backups");
        foreach (var entry in list)
        {
            BackupCommand.Write(writer, entry, BackupPlace.Parse(entry.Place).IsThere);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    });
}
