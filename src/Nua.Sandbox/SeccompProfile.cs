using System.Text.Json;

namespace Nua.Sandbox;

/// <summary>
/// The system call filter of every container. It denies what neither a build tool nor a web application needs and what kernel
/// exploits have come through; all else is allowed, so that a new libc keeps working. The container fails to start when the filter
/// cannot be loaded.
/// </summary>
public static class SeccompProfile
{
    /// <summary>Answered with EPERM.</summary>
    public static readonly IReadOnlyList<string> Denied =
    [
        "acct", "add_key", "bpf", "clock_adjtime", "clock_settime", "create_module", "delete_module", "fanotify_init",
        "finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms", "init_module", "io_uring_enter",
        "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl",
        "lookup_dcookie", "mbind", "mount", "mount_setattr", "move_mount", "move_pages", "name_to_handle_at", "nfsservctl",
        "open_by_handle_at", "open_tree", "perf_event_open", "personality", "pivot_root", "process_vm_readv",
        "process_vm_writev", "ptrace", "query_module", "quotactl", "quotactl_fd", "reboot", "request_key", "setns",
        "settimeofday", "stime", "swapoff", "swapon", "sysfs", "syslog", "umount", "umount2", "unshare", "uselib",
        "userfaultfd", "ustat", "vhangup", "vm86", "vm86old",
    ];

    private const uint CloneNewNamespaces = 0x7E020000;

    internal static void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("seccomp");
        json.WriteString("defaultAction", "SCMP_ACT_ALLOW");
        json.WriteStartArray("architectures");
        json.WriteStringValue("SCMP_ARCH_X86_64");
        json.WriteStringValue("SCMP_ARCH_X86");
        json.WriteStringValue("SCMP_ARCH_AARCH64");
        json.WriteEndArray();
        json.WriteStartArray("syscalls");
        WriteRule(json, Denied, errno: 1);
        // clone3 hides its flags from filters; told that it does not exist, the C library falls back to clone.
        WriteRule(json, ["clone3"], errno: 38);
        foreach (var flag in NamespaceFlags())
        {
            WriteRule(json, ["clone"], errno: 1, mask: flag);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static IEnumerable<uint> NamespaceFlags()
    {
        for (var bit = 0x00020000u; bit != 0; bit <<= 1)
        {
            if ((CloneNewNamespaces & bit) != 0)
            {
                yield return bit;
            }
        }
    }

    private static void WriteRule(Utf8JsonWriter json, IReadOnlyList<string> names, int errno, uint mask = 0)
    {
        json.WriteStartObject();
        json.WriteStartArray("names");
        foreach (var name in names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteString("action", "SCMP_ACT_ERRNO");
        json.WriteNumber("errnoRet", errno);
        if (mask != 0)
        {
            json.WriteStartArray("args");
            json.WriteStartObject();
            json.WriteNumber("index", 0);
            json.WriteNumber("value", mask);
            json.WriteNumber("valueTwo", mask);
            json.WriteString("op", "SCMP_CMP_MASKED_EQ");
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
