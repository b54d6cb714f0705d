using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Engine.Operations;
using Nua.Engine.Settings;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua up</c>: makes an instance of an image, or sees to it that it runs with these settings.</summary>
public static class UpCommand
{
    public static NuaCommand Create()
    {
        var target = new Argument<string>("IMAGE|DIR") { Description = "An image, or a folder that is built first" };
        var name = new Argument<string?>("NAME") { Description = "Name of the instance; the application's id when left out", Arity = ArgumentArity.ZeroOrOne };
        var engine = new EngineChoice();
        var settings = new SettingsInputs();
        var inputs = new BuildInputs();
        var command = new NuaCommand("up", "Installs an application from its image and starts it.")
        {
            Usage = "IMAGE|DIR [NAME] [-p HOST[:PORT]] [-e NAME=VALUE] [options]",
            Details = "The instance runs until it is stopped, also when nua has ended. The command ends when the application is ready; it prints its address.\n" +
                "On an instance that is there already it changes what the options say; another image of the same application is an upgrade, as nua upgrade does it.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("build the application in this folder if needed, and keep it running", "nua up . -p 8080"),
                new("another instance of the same image", "nua up nua-notes:1.0 bob -p 8082"),
            ],
            ExitStatuses = [new(0, "it is ready"), new(1, "it was not installed, nothing is left"), new(10, "the old release or settings run on"), new(73, "there is no space; nothing was changed"), new(78, "a setting, secret or binding is missing")],
            JsonFields =
            [
                new("name", "name of the instance"),
                new("address", "where the application answers; null without a port"),
                new("image", "digest of the image"),
                new("seconds", "until it was ready"),
            ],
            Arguments = { target, name },
            Options = { engine.Option, inputs.Set, inputs.NoCache },
            Run = async (parsed, session) =>
            {
                var image = await RunnableImage.FindAsync(parsed.GetRequiredValue(target), inputs, parsed, session);
                var contract = AppContract.Of(image.Image);
                var folder = Instances.Folder(parsed.GetValue(name) ?? NameOf(contract));
                return await RunAsync(image, contract, folder, engine, settings, parsed, session);
            },
        };
        foreach (var option in settings.All)
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static async Task<int> RunAsync(
        RunnableImage image, AppContract contract, InstanceFolder folder, EngineChoice engine, SettingsInputs inputs, ParseResult parsed, Session session)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await Instances.SettleAsync(folder, session);
        using var instance = Instance.Open(folder);
        using var place = Instances.Place(instance, Instances.Engine(engine.Of(parsed, instance), folder.StoreHome, session), session);
        var release = Instances.ReleaseOf(image, contract);
        UpChecks.RefuseOtherApplication(instance, release);
        InstanceSettings settings;
        SwitchReport? report;
        try
        {
            settings = Wanted(instance, contract, inputs, parsed);
            UpChecks.RefuseTakenPorts(settings, folder);
            settings = new SettingsWork(folder).Resolve(contract, settings, inputs.Given(parsed), (variable, value) => session.Messages.Note($"{variable} = {value}"));
            report = await SwitchAsync(place, instance.Record, release, settings, session);
        }
        catch
        {
            // Refused before anything began: no trace of the name is left.
            instance.Discard();
            throw;
        }

        if (report is { Outcome: not SwitchOutcome.Done })
        {
            session.Messages.Report(report.Problem!);
            return report.ExitCode;
        }

        Print(folder, settings, image, TimeProvider.System.GetElapsedTime(begun), session);
        return ExitStatus.Done;
    }

    internal static InstanceSettings Wanted(Instance instance, AppContract contract, SettingsInputs inputs, ParseResult parsed)
    {
        var settings = inputs.Apply(parsed, instance.Record?.Settings ?? new InstanceSettings());
        return settings.Ports.Count == 0 && contract.Port is not null && instance.Record is null
            ? settings with { Ports = [FreePort.Find(instance.Folder.StoreHome).Text] }
            : settings;
    }

    /// <returns>Null when nothing had to change.</returns>
    private static async Task<SwitchReport?> SwitchAsync(Places place, InstanceRecord? record, Release release, InstanceSettings settings, Session session)
    {
        var work = place.Work;
        if (record is null)
        {
            return await new Install(work).RunAsync(release, settings, session.Cancellation);
        }

        if (record.Release.Image != release.Image)
        {
            return await new Upgrade(work) { IsWanted = true, SafetyBackup = cancel => SwitchInputs.SafetyBackupAsync(place, session, cancel) }.RunAsync(release, settings, session.Cancellation);
        }

        if (SettingsText.AreEqual(record.Settings, settings))
        {
            await new Everyday(work).StartAsync(session.Cancellation);
            return null;
        }

        return await new Configure(work).RunAsync(settings, session.Cancellation);
    }

    private static void Print(InstanceFolder folder, InstanceSettings settings, RunnableImage image, TimeSpan time, Session session)
    {
        var address = settings.Ports.Count == 0 ? null : Addresses.Of(PublishedPort.Parse(settings.Ports[0]));
        if (session.Json)
        {
            session.Out.WriteLine(JsonText.Indented(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("name", folder.Name.ToString());
                writer.WriteString("address", address);
                writer.WriteString("image", image.Image.Digest.ToString());
                writer.WriteNumber("seconds", Math.Round(time.TotalSeconds, 3));
                writer.WriteEndObject();
            }));
            return;
        }

        session.Messages.Note($"'{folder.Name}' is ready");
        session.Out.WriteLine(address ?? folder.Name.ToString());
    }

    private static string NameOf(AppContract contract)
    {
        var name = new string([.. contract.AppId.ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        while (name.Contains("--", StringComparison.Ordinal))
        {
            name = name.Replace("--", "-", StringComparison.Ordinal);
        }

        return name.Trim('-')[..Math.Min(40, name.Trim('-').Length)];
    }
}
