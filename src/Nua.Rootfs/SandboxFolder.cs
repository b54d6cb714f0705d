using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Sandbox;

namespace Nua.Rootfs;

/// <summary>
/// <c>$NUA_HOME/sandbox</c>: the worker's territory, owned by the root of its namespace.
/// <c>bin</c> a copy of this program the worker can execute · <c>layers/HEX</c> unpacked layers by chain ID · <c>snapshots/KEY</c> upper
/// folders of build stacks · <c>caches/NAME</c> of package managers · <c>tmp</c> what is in work.
/// Everything in it can be made again from the blobs.
/// </summary>
public sealed record SandboxFolder(string Home)
{
    public string Path => Home + "/sandbox";

    public bool HasSnapshot(string key) => Directory.Exists($"{Path}/snapshots/{key}");

    /// <summary>Creates what is missing and gives it to the namespace's root, who may also walk to the blobs but not list them.</summary>
    public void Prepare(HostTools tools)
    {
        var (uid, gid) = Namespaces.RootIds(tools);
        foreach (var part in (string[])["", "/layers", "/snapshots", "/caches", "/tmp", "/bin"])
        {
            var folder = Path + part;
            if (!Directory.Exists(folder))
            {
                DurableFile.CreateDirectory(folder, 0x1C0);
                Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(folder), uid, gid, 0), "giving to the sandbox", folder);
            }
        }

        if (HostTools.IsRoot)
        {
            foreach (var folder in (string[])[Home + "/blobs", Home + "/blobs/sha256", Home + "/caches"])
            {
                DurableFile.CreateDirectory(folder, 0x1C0);
                Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(folder), 0, gid, 0), "opening to the sandbox", folder);
                Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(folder), 0x1C8, 0), "opening to the sandbox", folder);
            }

            Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(Home), 0x1C9, 0), "opening to the sandbox", Home);
        }
    }

    /// <summary>This program where the namespace's root can execute it, as a path relative to <see cref="Path"/>: the original may lie in
    /// somebody's home.</summary>
    public string InstallProgram(string program)
    {
        var info = new FileInfo(program);
        var name = $"bin/nua-{info.Length:x}-{info.LastWriteTimeUtc.Ticks:x}";
        var target = $"{Path}/{name}";
        if (!File.Exists(target))
        {
            var temporary = $"{target}.{Guid.NewGuid():N}.tmp";
            File.Copy(program, temporary);
            File.SetUnixFileMode(temporary, (UnixFileMode)0x1ED);
            DurableFile.Rename(temporary, target);
        }

        return "./" + name;
    }

    /// <summary>Folders in <c>tmp</c> whose process is gone, as paths relative to <see cref="Path"/>.</summary>
    public IReadOnlyList<string> Abandoned() =>
        [.. Directory.EnumerateDirectories(Path + "/tmp")
            .Select(folder => System.IO.Path.GetFileName(folder)!)
            .Where(name => !OwnerTag.IsAlive(name))
            .Select(name => "tmp/" + name)];
}

/// <summary>Names temporary folders after the process that made them: <c>PID.STARTTIME.N</c>, which no later process can have.</summary>
public static class OwnerTag
{
    private static readonly string _own = $"{Environment.ProcessId}.{StartTime(Environment.ProcessId)}";
    private static int _count;

    public static string Next() => $"{_own}.{Interlocked.Increment(ref _count)}";

    public static bool IsAlive(string name)
    {
        var parts = name.Split('.');
        return parts.Length == 3 && int.TryParse(parts[0], out var pid) && StartTime(pid) == parts[1];
    }

    /// <summary>Field 22 of <c>/proc/PID/stat</c>, ticks after boot; empty when there is no such process.</summary>
    private static string StartTime(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return "";
        }
    }
}
