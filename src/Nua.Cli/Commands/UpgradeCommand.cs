using System.CommandLine;
using Nua.Cli.Output;
using Nua.Cli.Parsing;
using Nua.Engine.Contracts;
using Nua.Engine.Operations;
using Nua.Engine.Settings;

namespace Nua.Cli.Commands;

/// <summary><c>nua upgrade</c>: another image of the same application, or everything as it was.</summary>
public static class UpgradeCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var target = new Argument<string>("IMAGE|DIR") { Description = "The new image, or a folder that is built first" };
        var settings = new SettingsInputs();
        var switching = new SwitchInputs();
        var inputs = new BuildInputs();
        var rehearse = Inputs.Flag("--rehearse", "Try all of it on a copy of the data, say how it went and how long it took, and change nothing");
        var command = new NuaCommand("upgrade", "Brings an instance to a new image, or leaves it exactly as it is.")
        {
            Usage = "NAME IMAGE|DIR [-e NAME=VALUE] [--rehearse] [--no-backup] [--steady SECONDS]",
            Details = "The new image works on a copy of the data, and users meet a maintenance page until it is ready and has stayed so for a while. When anything goes\n" +
                "wrong before that, the copy is thrown away and the old release runs again on its untouched data. Equal data versions need no migration:\n" +
                "then users are let in as soon as the new release is ready, and should it fail the old one goes on with what they wrote.\n" +
                "What was seeded (nua seed) must be there before the old release is given up.\n\n" + Inputs.ImageForms,
            Examples =
            [
                new("to the next release", "nua upgrade notes nua-notes:2.0"),
                new("would it work, and how long would it take?", "nua upgrade notes nua-notes:2.0 --rehearse"),
                new("how long was it away?", "nua upgrade notes nua-notes:2.0 --json | jq .away_seconds"),
            ],
            ExitStatuses = SwitchOutput.ExitStatuses,
            JsonFields = SwitchOutput.Fields,
            Arguments = { name, target },
            Options = { inputs.Set, inputs.NoCache, rehearse },
            Run = async (parsed, session) =>
            {
                using var place = await Instances.OpenAsync(parsed.GetRequiredValue(name), session);
                var image = await RunnableImage.FindAsync(parsed.GetRequiredValue(target), inputs, parsed, session);
                return parsed.GetValue(rehearse)
                    ? await RehearseAsync(switching.Apply(parsed, place.Work), place, image, settings, parsed, session)
                    : await RunAsync(place, image, settings, switching, parsed, session);
            },
        };
        foreach (var option in settings.All.Concat(switching.All))
        {
            command.Options.Add(option);
        }

        return command;
    }

    private static async Task<int> RunAsync(
        Places place, RunnableImage image, SettingsInputs inputs, SwitchInputs switching, ParseResult parsed, Session session)
    {
        var work = switching.Apply(parsed, place.Work);
        var record = work.Instance.Record!;
        var contract = AppContract.Of(image.Image);
        var release = Instances.ReleaseOf(image, contract);
        UpgradeChecks.Check(record.Release, contract);
        var settings = new SettingsWork(work.Folder).Resolve(
            contract, inputs.Apply(parsed, record.Settings), inputs.Given(parsed), (variable, value) => session.Messages.Note($"{variable} = {value}"));
        var report = release.Image != record.Release.Image
            ? await new Upgrade(work) { SafetyBackup = switching.SafetyBackup(parsed, place, session) }.RunAsync(release, settings, session.Cancellation)
            : SettingsText.AreEqual(settings, record.Settings)
                ? new SwitchReport(SwitchOutcome.Done, OperationKind.Upgrade, record.Release, release, Problem: null) { Generation = record.Generation }
                : await new Configure(work).RunAsync(settings, session.Cancellation);
        return SwitchOutput.Print(work.Folder.Name, report, session);
    }

    private static async Task<int> RehearseAsync(
        Workplace work, Places place, RunnableImage image, SettingsInputs inputs, ParseResult parsed, Session session)
    {
        var target = Instances.ReleaseOf(image, AppContract.Of(image.Image));
        var report = await new Rehearsal(work, place.Data, Locations.OpenStore()).RunAsync(
            target, inputs.Apply(parsed, work.Instance.Record!.Settings), inputs.Given(parsed), session.Cancellation);
        return SwitchOutput.Print(work.Folder.Name, report, session);
    }
}
