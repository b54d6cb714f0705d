using Nua.Foundation;
using Nua.Oci;
using Nua.Sandbox;

namespace Nua.Engine.Engines;

/// <summary>Whether this machine's processor runs an image.</summary>
internal static class ImagePlatform
{
    /// <exception cref="ProblemException">NUA5007: it is for another.</exception>
    public static void RequireOurs(Image image)
    {
        if (!IsOurs(image))
        {
            throw CannotRun(image, "take the image for linux/amd64 (nua pull, nua build), or a machine of that kind; nua run can emulate one, to try it");
        }
    }

    /// <summary>To try an image; null where none is needed.</summary>
    /// <exception cref="ProblemException">NUA5007: one is needed and not there.</exception>
    public static Emulator? EmulatorFor(Image image) =>
        IsOurs(image) ? null
        : image.Config.Platform.Architecture != "arm64" ? throw CannotRun(image, "take the image for linux/amd64, or a machine of that kind")
        : Emulator.Find() ?? throw CannotRun(image, $"install an emulator: {Emulator.Installation}; or take the image for linux/amd64");

    private static bool IsOurs(Image image) => Platform.LinuxAmd64.Accepts(image.Config.Platform);

    private static ProblemException CannotRun(Image image, string remedy) => new(
        new Problem("NUA5007", $"this machine does not run programs for {Printable.Escape(image.Config.Platform.ToString(), 60)}")
        {
            Where = image.Digest.ToString(),
            Remedy = remedy,
        });
}
