using System.Text;
using Nua.Foundation;

namespace Nua.Sandbox;

/// <summary>
/// Runs programs that were compiled for another processor, through QEMU's user-mode emulation. Whoever makes the namespaces registers it there
/// (binfmt_misc(7)): the machine itself is not changed, and nothing outside sees it.
/// </summary>
/// <param name="Program">QEMU on this machine, statically linked: the kernel opens it once, so no root file system needs it or its libraries.</param>
public sealed record Emulator(string Program)
{
    /// <summary>What Debian's packages call it, and what they are called.</summary>
    private const string Name = "qemu-aarch64-static", Newer = "qemu-aarch64";

    /// <summary>What installs it, for an error's remedy.</summary>
    public const string Installation = "apt-get install qemu-user-static";

    /// <summary>The beginning of every ELF program for 64-bit ARM, and which of its bits count: not the byte of the operating system's ABI, and either kind,
    /// at a fixed address or not.</summary>
    private const string Magic = @"\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00";

    /// <inheritdoc cref="Magic"/>
    private const string Mask = @"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff";

    /// <summary>For programs of <c>arm64</c>; null when QEMU is not installed.</summary>
    public static Emulator? Find() =>
        (HostTools.Locate(Name) ?? HostTools.Locate(Newer)) is { } program ? new Emulator(program) : null;

    /// <summary>In the caller's user namespace, of which it must be root.</summary>
    /// <param name="folder">Empty; the kernel's register is mounted there.</param>
    /// <exception cref="ProblemException">NUA4024: the kernel has no register for each user namespace.</exception>
    public void Register(string folder)
    {
        try
        {
            Mounts.BinaryFormats(folder);
            // F: opened now, and not looked for in whatever root a container has. C would give it the privileges of setuid programs.
            File.WriteAllBytes($"{folder}/register", Encoding.ASCII.GetBytes($":nua-arm64:M::{Magic}:{Mask}:{Program}:F"));
        }
        catch (Exception failure) when (failure is ProblemException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                new Problem("NUA4024", "this machine's kernel cannot run programs of another processor in a namespace of its own")
                {
                    Where = Printable.Escape(Program, 200),
                    Why = failure is ProblemException known ? known.Problems[0].Why : Printable.Escape(failure.Message, 200),
                    Remedy = "it takes Linux 6.7 or later with binfmt_misc; otherwise build on a machine of that kind",
                },
                failure);
        }
    }
}
