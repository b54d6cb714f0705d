using Nua.Config;
using Nua.Engine.Engines;
using Nua.Engine.Instances;
using Nua.Engine.Verifying;
using Nua.Foundation;

namespace Nua.Engine.Operations;

/// <summary>Does a release have what was seeded? Asked of a new one before the old one is given up.</summary>
internal static class Verification
{
    /// <summary>What the release that serves now has: whatever users have removed since is not looked for later. Nothing when it does not serve.</summary>
    public static async Task<IReadOnlyList<Seeding>> PresentAsync(Workplace place, CancellationToken cancel)
    {
        var seedings = SeedRecord.Load(place.Folder).Seedings;
        if (seedings.Count == 0 || VerifyPlan.Of(place.Containers.Contract(place.Instance.Record!.Release)) is not { } plan
            || (await place.Engine.StatusAsync(place.Folder, cancel)).State != ServiceState.Ready)
        {
            return [];
        }

        var verifier = new Verifier(place.Engine, place.Folder, plan);
        var present = new List<Seeding>();
        foreach (var seeding in seedings)
        {
            try
            {
                await verifier.CheckAsync(seeding, cancel);
                present.Add(seeding);
            }
            catch (ProblemException missing)
            {
                place.Tell($"seeding {seeding.Number} is not there any more ({missing.Problems[0].Why}); it is not looked for afterwards");
            }
        }

        return present;
    }

    /// <returns>How many seedings were looked for and found. None when the release does not say how to look.</returns>
    /// <exception cref="ProblemException">NUA5141, NUA5142: one is not there as it was.</exception>
    public static async Task<int> RunAsync(Workplace place, Release release, IReadOnlyList<Seeding> seedings, CancellationToken cancel)
    {
        if (seedings.Count == 0 || VerifyPlan.Of(place.Containers.Contract(release)) is not { } plan)
        {
            return 0;
        }

        var known = seedings.Where(seeding => IsKnown(plan, seeding)).ToList();
        if (known.Count < seedings.Count)
        {
            place.Tell($"{seedings.Count - known.Count} of {seedings.Count} seedings were put in by a release that noted other values; they are not looked for");
        }

        var verifier = new Verifier(place.Engine, place.Folder, plan);
        foreach (var seeding in known)
        {
            await verifier.CheckAsync(seeding, cancel);
        }

        return known.Count;
    }

    /// <summary>Has every value that this release would have captured itself.</summary>
    private static bool IsKnown(VerifyConfig plan, Seeding seeding) =>
        plan.Seed.SelectMany(request => request.Capture.Keys).All(seeding.Values.ContainsKey);
}
