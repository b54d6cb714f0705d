using System.Globalization;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua status</c>: all about one instance.</summary>
public static class StatusCommand
{
    private const int NotReady = 3;

    public static NuaCommand Create()
    {
        var name = Instances.Name();
        return new NuaCommand("status", "Shows how an instance is, what it runs and what is kept of it.")
        {
            Usage = "NAME",
            Examples = [new("as a script asks", "nua status notes --json | jq -r .state")],
            ExitStatuses = [new(0, "it is ready, or stopped as the operator wants it"), new(NotReady, "it should be ready and is not")],
            JsonFields =
            [
                new("name", "name of the instance"),
                new("state", "as `nua ps` says"),
                new("is_wanted", "the operator wants it to run"),
                new("is_gate_open", "requests reach the application; else they get the maintenance page"),
                new("health", "the line of the last health check; null before the first"),
                new("restarts", "how often it was started again since it was started by a command"),
                new("last_exit", "exit status of the container that ended last; null for none"),
                new("since", "when it came into this state, RFC 3339; null when stopped"),
                new("engine", "`local` or `docker`"),
                new("image", "digest of its image"),
                new("reference", "what the operator called the image"),
                new("version", "version of the application"),
                new("data_version", "form of the data that its image works with"),
                new("generation", "number of the data generation in use"),
                new("kept[]", "earlier generations that are kept: `generation`, `version`, `image`, `why` it was replaced"),
                new("ports[]", "published ports, `ADDRESS:HOST:CONTAINER`"),
                new("operation", "an operation that is running or was cut off: `kind`, `step`; null for none"),
            ],
            Arguments = { name },
            Run = async (parsed, session) =>
            {
                var folder = Instances.Folder(parsed.GetRequiredValue(name));
                var record = Instances.Read(folder);
                var operation = Instance.ReadOperation(folder);
                var status = await Instances.Engine(record, folder, session).StatusAsync(folder, session.Cancellation);
                session.Out.Write(session.Json ? Json(record, operation, status) : Text(record, operation, status));
                return status is { State: ServiceState.Ready, IsGateOpen: true } || (!record.IsWanted && status.State == ServiceState.Stopped) ? ExitStatus.Done : NotReady;
            },
        };
    }

    private static string Text(InstanceRecord record, OperationRecord? operation, ServiceStatus status)
    {
        var table = new Table();
        table.Add("state", StateText.Of(record, status) + (status.Health is { } health ? $": {health}" : ""));
        table.Add("application", Printable.Escape($"{record.Release.AppId} {record.Release.Version}", 120));
        table.Add("image", Printable.Escape(record.Release.Reference, 120) + $" ({record.Release.Image})");
        table.Add("engine", record.Engine);
        table.Add("data", $"generation {record.Generation}, data version {record.Release.DataVersion}");
        foreach (var port in record.Settings.Ports.Select(PublishedPort.Parse))
        {
            table.Add("address", Addresses.Of(port));
        }

        if (status.Restarts > 0 || (status.LastExit is { } && record.IsWanted))
        {
            table.Add("restarts", $"{status.Restarts.ToString(CultureInfo.InvariantCulture)}, last exit status {status.LastExit}");
        }

        foreach (var kept in record.Kept)
        {
            table.Add("kept", Printable.Escape($"generation {kept.Generation} of {kept.Release.AppId} {kept.Release.Version}, replaced by {kept.Why}", 200));
        }

        if (operation is not null)
        {
            table.Add("operation", Printable.Escape($"{operation.Kind}: {operation.Step}", 120));
        }

        return table.Text();
    }

    private static string Json(InstanceRecord record, OperationRecord? operation, ServiceStatus status) => JsonText.Indented(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", record.Name);
        writer.WriteString("state", StateText.Name(status.State));
        writer.WriteBoolean("is_wanted", record.IsWanted);
        writer.WriteBoolean("is_gate_open", status.IsGateOpen);
        writer.WriteString("health", status.Health);
        writer.WriteNumber("restarts", status.Restarts);
        writer.WritePropertyName("last_exit");
        writer.WriteRawValue(status.LastExit?.ToString(CultureInfo.InvariantCulture) ?? "null");
        writer.WriteString("since", status.Since?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("engine", record.Engine);
        writer.WriteString("image", record.Release.Image);
        writer.WriteString("reference", record.Release.Reference);
        writer.WriteString("version", record.Release.Version);
        writer.WriteNumber("data_version", record.Release.DataVersion);
        writer.WriteNumber("generation", record.Generation);
        writer.WriteStartArray("kept");
        foreach (var kept in record.Kept)
        {
            writer.WriteStartObject();
            writer.WriteNumber("generation", kept.Generation);
            writer.WriteString("version", kept.Release.Version);
            writer.WriteString("image", kept.Release.Image);
            writer.WriteString("why", kept.Why);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("ports");
        record.Settings.Ports.ToList().ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
        writer.WritePropertyName("operation");
        if (operation is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            writer.WriteStartObject();
            writer.WriteString("kind", operation.Kind);
            writer.WriteString("step", operation.Step);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }) + "\n";
}
