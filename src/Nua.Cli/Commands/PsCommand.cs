using System.Text.Json;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua ps</c>: the instances and how they are.</summary>
public static class PsCommand
{
    public static NuaCommand Create() => new("ps", "Lists the instances.")
    {
        Usage = "[options]",
        Examples = [new("those that are not ready", "nua ps --json | jq -r '.instances[] | select(.state != \"ready\") | .name'")],
        ExitStatuses = [new(0, "all are listed"), new(1, "one cannot be read; the others are listed")],
        JsonFields =
        [
            new("instances[].name", "name of the instance"),
            new("instances[].state", "`stopped`, `starting`, `ready`, `unhealthy`, `restarting`, or `unfinished`: an installation that was cut off"),
            new("instances[].is_wanted", "the operator wants it to run"),
            new("instances[].engine", "`local` or `docker`"),
            new("instances[].image", "digest of its image"),
            new("instances[].reference", "what the operator called the image"),
            new("instances[].version", "version of the application"),
            new("instances[].address", "where it answers; null without a port"),
        ],
        Run = async (_, session) =>
        {
            var status = ExitStatus.Done;
            var rows = new List<(InstanceFolder Folder, InstanceRecord? Record, ServiceStatus Status)>();
            foreach (var folder in Instance.List(Locations.StoreHome()))
            {
                try
                {
                    var record = Instance.ReadRecord(folder);
                    rows.Add((folder, record, record is null ? ServiceStatus.None : await StatusAsync(record, folder, session)));
                }
                catch (ProblemException unreadable)
                {
                    // One whose record is damaged must not hide the others.
                    session.Messages.Report(unreadable.Problems);
                    status = ExitStatus.Failed;
                }
            }

            session.Out.Write(session.Json ? Json(rows) : Text(rows));
            return status;
        },
    };

    /// <summary>An engine that does not answer must not hide the instances of the other.</summary>
    private static async Task<ServiceStatus> StatusAsync(InstanceRecord record, InstanceFolder folder, Session session)
    {
        try
        {
            return await Instances.Engine(record, folder, session).StatusAsync(folder, session.Cancellation);
        }
        catch (ProblemException away)
        {
            session.Messages.Report(away.Problems[0] with { Severity = Severity.Warning, What = $"'{folder.Name}': {away.Problems[0].What}" });
            return ServiceStatus.None;
        }
    }

    private static string Text(List<(InstanceFolder Folder, InstanceRecord? Record, ServiceStatus Status)> rows)
    {
        var table = new Table();
        table.Add("NAME", "STATE", "VERSION", "ADDRESS", "IMAGE");
        foreach (var (folder, record, status) in rows)
        {
            table.Add(
                folder.Name.ToString(),
                StateText.Of(record, status),
                Printable.Escape(record?.Release.Version ?? "-", 30),
                Address(record) ?? "-",
                Printable.Escape(record?.Release.Reference ?? "-", 60));
        }

        return table.Text();
    }

    private static string Json(List<(InstanceFolder Folder, InstanceRecord? Record, ServiceStatus Status)> rows) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteStartArray("instances");
        foreach (var (folder, record, status) in rows)
        {
            writer.WriteStartObject();
            writer.WriteString("name", folder.Name.ToString());
            writer.WriteString("state", record is null ? "unfinished" : StateText.Name(status.State));
            writer.WriteBoolean("is_wanted", record?.IsWanted ?? false);
            writer.WriteString("engine", record?.Engine);
            writer.WriteString("image", record?.Release.Image);
            writer.WriteString("reference", record?.Release.Reference);
            writer.WriteString("version", record?.Release.Version);
            writer.WriteString("address", Address(record));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }) + "\n";

    private static string? Address(InstanceRecord? record) =>
        record is { Settings.Ports: [var first, ..] } ? Addresses.Of(PublishedPort.Parse(first)) : null;
}
