using System.Text.Json;

namespace Nua.Sandbox;

/// <summary>Writes the runtime bundle's <c>config.json</c> (OCI runtime specification 1.0.2) for a <see cref="ContainerSpec"/>.</summary>
internal static class BundleWriter
{
    private static readonly string[] _masked =
    [
        "/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug", "/proc/scsi",
        "/proc/timer_list", "/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] _readOnly =
        ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static void Write(ContainerSpec spec, ulong openFiles, ulong processes, Stream output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("ociVersion", "1.0.2");
        json.WriteString("hostname", spec.HostName);
        json.WriteStartObject("root");
        json.WriteString("path", spec.Root);
        json.WriteBoolean("readonly", spec.IsRootReadOnly);
        json.WriteEndObject();
        WriteProcess(json, spec, openFiles, processes);
        json.WriteStartArray("mounts");
        WriteSystemMounts(json, spec);
        foreach (var mount in spec.Mounts)
        {
            WriteMount(json, mount);
        }

        json.WriteEndArray();
        json.WriteStartObject("linux");
        json.WriteStartArray("namespaces");
        foreach (var name in Namespaces(spec))
        {
            json.WriteStartObject();
            json.WriteString("type", name);
            if (name == "pid" && spec.PidNamespaceOf is { } process)
            {
                json.WriteString("path", $"/proc/{process}/ns/pid");
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteStrings(json, "maskedPaths", _masked);
        WriteStrings(json, "readonlyPaths", _readOnly);
        SeccompProfile.Write(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static IEnumerable<string> Namespaces(ContainerSpec spec)
    {
        yield return "pid";
        yield return "mount";
        yield return "ipc";
        yield return "uts";
        if (!spec.SharesNetwork)
        {
            yield return "network";
        }
    }

    private static void WriteProcess(Utf8JsonWriter json, ContainerSpec spec, ulong openFiles, ulong processes)
    {
        json.WriteStartObject("process");
        json.WriteBoolean("terminal", false);
        json.WriteBoolean("noNewPrivileges", true);
        json.WriteString("cwd", spec.WorkDir);
        json.WriteStartObject("user");
        json.WriteNumber("uid", spec.Uid);
        json.WriteNumber("gid", spec.Gid);
        json.WriteNumber("umask", 0x12);
        json.WriteEndObject();
        WriteStrings(json, "args", spec.Argv);
        json.WriteStartArray("env");
        foreach (var (name, value) in spec.Env)
        {
            json.WriteStringValue($"{name}={value}");
        }

        json.WriteEndArray();
        json.WriteStartObject("capabilities");
        foreach (var set in (string[])["bounding", "effective", "permitted"])
        {
            WriteStrings(json, set, spec.Capabilities);
        }

        WriteStrings(json, "inheritable", []);
        WriteStrings(json, "ambient", []);
        json.WriteEndObject();
        if (spec.IsFirstToEnd)
        {
            json.WriteNumber("oomScoreAdj", 1000);
        }

        json.WriteStartArray("rlimits");
        WriteLimit(json, "RLIMIT_NOFILE", openFiles);
        WriteLimit(json, "RLIMIT_CORE", 0);
        if (processes > 0)
        {
            WriteLimit(json, "RLIMIT_NPROC", processes);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLimit(Utf8JsonWriter json, string type, ulong value)
    {
        json.WriteStartObject();
        json.WriteString("type", type);
        json.WriteNumber("hard", value);
        json.WriteNumber("soft", value);
        json.WriteEndObject();
    }

    private static void WriteSystemMounts(Utf8JsonWriter json, ContainerSpec spec)
    {
        WriteRaw(json, "proc", "proc", "/proc", "nosuid", "noexec", "nodev");
        WriteRaw(json, "tmpfs", "tmpfs", "/dev", "nosuid", "strictatime", "mode=755", "size=65536k");
        WriteRaw(json, "devpts", "devpts", "/dev/pts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620");
        WriteRaw(json, "tmpfs", "shm", "/dev/shm", "nosuid", "noexec", "nodev", "mode=1777", "size=65536k");
        WriteRaw(json, "mqueue", "mqueue", "/dev/mqueue", "nosuid", "noexec", "nodev");
        if (!spec.SharesNetwork)
        {
            // A fresh sysfs may be mounted only by the owner of the network namespace; without it /sys stays an empty folder.
            WriteRaw(json, "sysfs", "sysfs", "/sys", "nosuid", "noexec", "nodev", "ro");
        }
    }

    private static void WriteMount(Utf8JsonWriter json, ContainerMount mount)
    {
        if (mount.Kind == "tmpfs")
        {
            string[] options = ["nosuid", "nodev", .. (mount.Options ?? "mode=1777").Split(',')];
            WriteRaw(json, "tmpfs", "tmpfs", mount.Target, options);
            return;
        }

        WriteRaw(json, "bind", mount.Source, mount.Target, "rbind", "nosuid", "nodev", mount.IsReadOnly ? "ro" : "rw");
    }

    private static void WriteRaw(Utf8JsonWriter json, string type, string source, string target, params string[] options)
    {
        json.WriteStartObject();
        json.WriteString("destination", target);
        json.WriteString("type", type);
        json.WriteString("source", source);
        WriteStrings(json, "options", options);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }
}
