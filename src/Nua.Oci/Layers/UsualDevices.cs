using Nua.Foundation;

namespace Nua.Oci.Layers;

/// <summary>The device nodes that images carry out of habit and every engine provides itself.</summary>
internal static class UsualDevices
{
    public static bool Contains(string path) => path is "dev/null" or "dev/zero" or "dev/full" or "dev/random"
        or "dev/urandom" or "dev/tty" or "dev/console" or "dev/ptmx";

    public static ProblemException Refused(string path, string where) => new(
        new Problem("NUA3034", $"the image has the device '{Printable.Escape(path, 200)}'")
        {
            Where = where,
            Why = "with a device node an image could reach the host's disks; only the usual ones of /dev are expected",
        });
}
