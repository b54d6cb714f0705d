using Nua.Build.Planning;
using Nua.Foundation;
using Nua.Oci;

namespace Nua.Build.Platforms;

/// <summary>What can be built here for a machine that this one is not: everything whose build runs nothing of the image.</summary>
internal static class ForeignPlatform
{
    /// <exception cref="ProblemException">NUA2501: something would have to run; every such thing is named.</exception>
    public static void Require(BuildPlan plan, Platform platform)
    {
        if (platform == Platform.LinuxAmd64)
        {
            return;
        }

        var reasons = Reasons(plan).ToList();
        if (reasons.Count > 0)
        {
            throw new ProblemException(new Problem("NUA2501", $"This application cannot be built for {Printable.Escape(platform.ToString(), 60)} on this machine")
            {
                Where = "--platform",
                Why = string.Join("; ", reasons),
                Remedy = "build it on a machine of that kind; what runs nothing can be built here: a site, prebuilt programs, a wrapped image",
            });
        }
    }

    private static IEnumerable<string> Reasons(BuildPlan plan)
    {
        if (plan.BaseReference is null)
        {
            yield return "the Debian base is put together by running its own dpkg (name an image for that platform: --base)";
        }

        if (plan.Phases.Count > 0)
        {
            yield return $"build steps run in it ({Printable.Escape(string.Join(", ", plan.Phases.Select(p => p.Name)), 200)})";
        }

        if (plan.RunPackages.Count > 0)
        {
            yield return $"dpkg runs in it to install {Printable.Escape(string.Join(", ", plan.RunPackages), 200)}";
        }

        if (plan.Test.Count > 0)
        {
            yield return "build.test runs in it";
        }
    }
}
