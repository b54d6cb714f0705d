using Nua.Build.Planning;
using Nua.Foundation;
using Nua.Oci;
using Nua.Sandbox;

namespace Nua.Build.Platforms;

/// <summary>What can be built here for a machine that this one is not: with an emulator nearly everything, else that whose build runs nothing of the
/// image.</summary>
internal static class ForeignPlatform
{
    /// <param name="emulator">Null when none is installed.</param>
    /// <exception cref="ProblemException">NUA2501: something would have to run and cannot; every such thing is named.</exception>
    public static void Require(BuildPlan plan, Platform platform, Emulator? emulator)
    {
        if (platform == Platform.LinuxAmd64)
        {
            return;
        }

        var reasons = (emulator is null ? Running(plan) : NotEmulated(plan)).ToList();
        if (reasons.Count > 0)
        {
            throw new ProblemException(new Problem("NUA2501", $"this application cannot be built for {Printable.Escape(platform.ToString(), 60)} on this machine")
            {
                Where = "--platform",
                Why = string.Join("; ", reasons),
                Remedy = emulator is null
                    ? $"install an emulator: {Emulator.Installation}; or build it on a machine of that kind"
                    : "build it on a machine of that kind",
            });
        }
    }

    private static IEnumerable<string> Running(BuildPlan plan)
    {
        if (plan.BaseReference is null)
        {
            yield return "the Debian base is put together by running its own dpkg (or name an image for that platform: --base)";
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

    /// <summary>Programs of this machine that a build borrows do not run among another's libraries.</summary>
    private static IEnumerable<string> NotEmulated(BuildPlan plan)
    {
        if (plan.Toolchains.Any(toolchain => toolchain.Name == "dotnet-sdk"))
        {
            yield return "the .NET SDK is this machine's, and runs only on it";
        }
    }
}
