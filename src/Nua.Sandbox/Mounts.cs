using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Sandbox;

/// <summary>Mounts inside the worker's own mount namespace. They vanish with the worker.</summary>
public static class Mounts
{
    public static void Tmpfs(string target, string options = "mode=0755") =>
        Mount("tmpfs", target, "tmpfs", Libc.MsNoSuid | Libc.MsNoDev, options);

    /// <summary>The kernel's register of program formats, that of our user namespace (binfmt_misc(7)).</summary>
    public static void BinaryFormats(string target) =>
        Mount("binfmt_misc", target, "binfmt_misc", Libc.MsNoSuid | Libc.MsNoDev | Libc.MsNoExec, null);

    /// <summary>Shows <paramref name="source"/> (a relative path is taken from the working directory) at <paramref name="target"/> as well.</summary>
    public static void Bind(string source, string target, bool readOnly = false)
    {
        Mount(source, target, null, Libc.MsBind | Libc.MsRec, null);
        if (readOnly)
        {
            Mount(null, target, null, Libc.MsBind | Libc.MsRemount | Libc.MsRdOnly | Libc.MsNoSuid | Libc.MsNoDev, null);
        }
    }

    /// <summary>
    /// Stacks folders. <paramref name="lowers"/> are top first and relative to the working directory, which keeps the option string short:
    /// the kernel takes one page. Extensions that would put more than plain whiteouts in the upper folder are off.
    /// </summary>
    public static void Overlay(IReadOnlyList<string> lowers, string? upper, string? work, string target)
    {
        var options = new StringBuilder("userxattr,lowerdir=").AppendJoin(':', lowers);
        if (upper is not null)
        {
            options.Append(",upperdir=").Append(upper).Append(",workdir=").Append(work);
        }

        if (options.Length > 4000)
        {
            throw new ProblemException(new Problem("NUA4011", $"an image of {lowers.Count} layers is too deep to mount")
            {
                Remedy = "flatten the base image to fewer layers",
            });
        }

        Mount("overlay", target, "overlay", Libc.MsNoDev, options.ToString());
    }

    public static void Unmount(string target) =>
        Posix.Check(Libc.Umount2(Posix.Path(target), Libc.MntDetach), "unmounting", target);

    private static void Mount(string? source, string target, string? type, ulong flags, string? data)
    {
        var result = Libc.Mount(Bytes(source), Posix.Path(target), Bytes(type), flags, Bytes(data));
        if (result < 0)
        {
            var error = Posix.LastError;
            throw new ProblemException(
                new Problem("NUA4010", $"mounting {type ?? "a folder"} at '{Printable.Escape(target)}' was refused")
                {
                    Why = System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)
                        + (data is null ? "" : $" (options {Printable.Escape(data, 200)})"),
                    Remedy = "the kernel must allow overlay mounts in user namespaces (Linux 5.11 or later)",
                });
        }
    }

    private static byte[]? Bytes(string? text) => text is null ? null : Posix.Path(text);
}
