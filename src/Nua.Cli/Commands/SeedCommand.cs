using Nua.Cli.Parsing;
using Nua.Engine.Contracts;
using Nua.Engine.Instances;
using Nua.Engine.Verifying;
using Nua.Foundation;

namespace Nua.Cli.Commands;

/// <summary><c>nua seed</c>: recognisable data, to see later that it is still there.</summary>
public static class SeedCommand
{
    public static NuaCommand Create()
    {
        var name = Instances.Name();
        var check = Inputs.Flag("--check", "Put nothing in; check that all that was seeded is there");
        return new NuaCommand("seed", "Puts recognisable data into an instance, or checks that it is still there.")
        {
            Usage = "NAME [--check]",
            Details = "[verify] in the image's nua-config says how. No port has to be published for it. What was seeded is noted with the instance and with\n" +
                "each backup, for nua backup --prove.",
            Examples = [new("before an upgrade", "nua seed notes"), new("and after it", "nua seed notes --check")],
            ExitStatuses = [new(0, "done, or all is there"), new(1, "a request was not answered as it must be")],
            Arguments = { name },
            Options = { check },
            Run = async (parsed, session) =>
            {
                using var place = await Instances.OpenAsync(parsed.GetRequiredValue(name), session);
                var work = place.Work;
                var contract = work.Containers.Contract(work.Instance.Record!.Release);
                var verifier = new Verifier(work.Engine, work.Folder, VerifyPlan.Of(contract) ?? throw NoPlan(work.Folder, contract));
                return parsed.GetValue(check)
                    ? await CheckAsync(verifier, work.Folder, session)
                    : await SeedAsync(verifier, work.Folder, session);
            },
        };
    }

    private static async Task<int> SeedAsync(Verifier verifier, InstanceFolder folder, Session session)
    {
        var record = SeedRecord.Load(folder);
        var seeding = await verifier.SeedAsync(record.Next, session.Cancellation);
        (record with { Seedings = [.. record.Seedings, seeding] }).Save(folder);
        session.Messages.Note($"seeding {seeding.Number} is in");
        return ExitStatus.Done;
    }

    private static async Task<int> CheckAsync(Verifier verifier, InstanceFolder folder, Session session)
    {
        var seedings = SeedRecord.Load(folder).Seedings;
        foreach (var seeding in seedings)
        {
            await verifier.CheckAsync(seeding, session.Cancellation);
        }

        session.Messages.Note(seedings.Count == 0 ? "nothing was seeded" : $"all there: {seedings.Count} seedings");
        return ExitStatus.Done;
    }

    private static ProblemException NoPlan(InstanceFolder folder, AppContract contract) => new(
        new Problem("NUA9070", $"the image of '{folder.Name}' does not say how to seed and verify")
        {
            Where = Printable.Escape(contract.AppId, 80),
            Remedy = "add [verify] to its nua-config and build it again",
        });
}
