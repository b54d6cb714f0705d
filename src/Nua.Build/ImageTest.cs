using Nua.Build.Layers;
using Nua.Build.Planning;
using Nua.Build.Roots;
using Nua.Build.Steps;
using Nua.Foundation;
using Nua.Oci;
using Nua.Rootfs;
using Nua.Sandbox;

namespace Nua.Build;

/// <summary>Runs <c>build.test</c> in the finished image, as the application will run: its own user, no privilege, a root that cannot be written.</summary>
internal static class ImageTest
{
    /// <exception cref="ProblemException">NUA2307: a test command failed.</exception>
    public static void Run(
        BuildSession session, BuildPlan plan, Descriptor manifest, RuntimeRoot runtime, IReadOnlyList<BuiltLayer> layers)
    {
        if (plan.Test.Count == 0)
        {
            return;
        }

        session.Report(new BuildEvent.PhaseStarted("test"));
        var image = Image.Load(session.Store.Blobs, manifest);
        var stack = session.Workshop.Mount(session.Workshop.Unpack(image.Layers));
        var env = image.Config.Run.Env.Select(e => e.Split('=', 2)).ToDictionary(e => e[0], e => e.ElementAtOrDefault(1) ?? "");
        env["HOME"] = "/tmp";
        env["NUA_TEST"] = "1";
        for (var i = 0; i < plan.Test.Count; i++)
        {
            var command = plan.Test[i];
            session.Report(new BuildEvent.StepStarted(i + 1, Printable.Escape(command, 200)));
            var output = new StepOutput(session.Report, [], steps: 0);
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var result = session.Workshop.Run(
                stack,
                new ContainerOrder(["/bin/sh", "-e", "-c", command])
                {
                    Env = env,
                    WorkDir = "/",
                    Uid = plan.Wrap?.Uid ?? 10001,
                    Mounts = ApplicationMounts.Scratch,
                    IsRootReadOnly = true,
                    TimeLimit = TimeSpan.FromMinutes(10),
                },
                (_, bytes) => output.Add(bytes.Span),
                cancel: session.Cancel);
            output.Flush();
            session.Report(new BuildEvent.StepEnded(i + 1, result.Status, watch.Elapsed));
            if (result.Status != 0)
            {
                throw new ProblemException(new Problem("NUA2307", $"the test '{Printable.Escape(command, 200)}' failed with status {result.Status}")
                {
                    Where = "build.test",
                    Why = string.Join(" | ", output.Last(8)),
                    Remedy = "it runs in the finished image as user 10001 with a read-only root, /tmp and /nua/data writable, and no network",
                });
            }
        }

        session.Workshop.Drop(stack);
    }
}
