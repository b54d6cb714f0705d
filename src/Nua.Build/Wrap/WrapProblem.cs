using Nua.Foundation;
using Nua.Oci;

namespace Nua.Build.Wrap;

/// <summary>Why an image cannot be built on, or wrapped.</summary>
internal static class WrapProblem
{
    public static ProblemException OtherPlatform(string reference, Platform found, Platform wanted) =>
        new(new Problem("NUA2213", $"the image '{Show(reference)}' is for {Show(found.ToString())}")
        {
            Where = "build.base-image",
            Why = $"this build makes an image for {Show(wanted.ToString())}, and the agent in it is a program for that",
            Remedy = $"name an image that has {Show(wanted.ToString())}",
        });

    public static ProblemException PathsTooLong(Digest image, long most) =>
        new(new Problem("NUA2218", $"the paths in the image are longer than {most} characters together")
        {
            Where = image.ToString(),
            Why = "their list would take more memory than a build may use for it; ordinary images stay far below",
            Remedy = "use another image, or one with fewer files in deep folders",
        });

    public static ProblemException HasNua(string reference) =>
        new(new Problem("NUA2214", $"the image '{Show(reference)}' has a /nua of its own")
        {
            Where = "build.base-image",
            Why = "it is a Nua image already, or uses the place where one keeps its scripts and metadata",
            Remedy = "use the image as it is, or name the image that it was made from",
        });

    public static ProblemException NothingToRun(string reference) =>
        new(new Problem("NUA2215", $"the image '{Show(reference)}' does not say what to run")
        {
            Where = "build.base-image",
            Why = "its configuration has neither Entrypoint nor Cmd",
            Remedy = "say it: run.start = \"…\"",
        });

    public static ProblemException UnknownUser(string reference, string user) =>
        new(new Problem("NUA2216", $"the image '{Show(reference)}' runs as the user '{Show(user)}', which it does not have")
        {
            Where = "config: User",
            Why = "a user is a number, or a name in the image's own /etc/passwd",
            Remedy = "correct the image: no engine can start it",
        });

    private static string Show(string text) => Printable.Escape(text, 200);
}
