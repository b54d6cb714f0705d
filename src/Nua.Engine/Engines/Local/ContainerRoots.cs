using System.Globalization;
using Nua.Foundation.Linux;
using Nua.Rootfs.Trees;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>
/// Where containers find their root and their private files: a tmpfs of the supervisor's own mount namespace, gone with it. A root is
/// mounted once for each image; the container's own view of it is read-only, and the folder on top only takes mount points that the image lacks.
/// A container that may write its root has one of its own, on the disk, gone when it ends.
/// </summary>
internal sealed class ContainerRoots
{
    private const uint PrivateFile = 0x100, PrivateFolder = 0x140;
    private readonly Dictionary<string, string> _mounted = new(StringComparer.Ordinal);
    private readonly string _writable;
    private int _counter;

    /// <summary>To be made in the folder <c>$NUA_HOME/sandbox</c>, as root of the namespaces.</summary>
    public ContainerRoots(string instance)
    {
        Base = ((string[])["/mnt", "/srv", "/media", "/opt"]).First(Directory.Exists);
        Mounts.Tmpfs(Base, "mode=0755,size=64m");
        foreach (var folder in (string[])["/store", "/roots", "/state", "/private"])
        {
            Directory.CreateDirectory(Base + folder);
        }

        Mounts.Bind("..", Store);
        _writable = $"{Store}/instances/{instance}/run/roots";
        RemoveWritable();
    }

    public string Base { get; }

    /// <summary>The store, whatever the modes of the folders above it allow.</summary>
    public string Store => Base + "/store";

    public string State => Base + "/state";

    /// <summary>A root that the container does not write.</summary>
    public string Mount(IReadOnlyList<string> lowers)
    {
        var key = string.Join(':', lowers);
        if (_mounted.TryGetValue(key, out var root))
        {
            return root;
        }

        var folder = $"{Base}/roots/{Interlocked.Increment(ref _counter)}";
        Directory.CreateDirectory(folder + "/root");
        Stack(lowers, folder, folder + "/root");
        return _mounted[key] = folder + "/root";
    }

    /// <summary>A root of one container's own; end it with <see cref="DropWritable"/>.</summary>
    public string MountWritable(IReadOnlyList<string> lowers)
    {
        var number = Interlocked.Increment(ref _counter).ToString(CultureInfo.InvariantCulture);
        var (folder, root) = ($"{_writable}/{number}", $"{Base}/roots/{number}");
        Directory.CreateDirectory(root);
        Stack(lowers, folder, root);
        return root;
    }

    public void DropWritable(string root)
    {
        Mounts.Unmount(root);
        Directory.Delete(root);
        TreeRemoval.Remove($"{_writable}/{Path.GetFileName(root)}");
    }

    /// <summary>What is left of containers that could not be dropped in order.</summary>
    public void RemoveWritable() => TreeRemoval.Remove(_writable);

    /// <summary>Writes files that only <paramref name="uid"/> can read.</summary>
    /// <returns>Their folder; remove it with <see cref="RemovePrivate"/>.</returns>
    public string WritePrivate(IReadOnlyDictionary<string, byte[]> files, uint uid, uint gid)
    {
        var folder = $"{Base}/private/{Interlocked.Increment(ref _counter)}";
        foreach (var (path, content) in files)
        {
            var target = $"{folder}/{path}";
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllBytes(target, content);
            Give(target, uid, gid, PrivateFile);
        }

        foreach (var inner in Directory.Exists(folder) ? Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories) : [])
        {
            Give(inner, uid, gid, PrivateFolder);
        }

        return folder;
    }

    /// <summary>An empty file that <paramref name="uid"/> can write.</summary>
    public string MakeResult(uint uid, uint gid)
    {
        var folder = $"{Base}/private/{Interlocked.Increment(ref _counter)}";
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(folder + "/result", []);
        Give(folder + "/result", uid, gid, 0x180);
        return folder + "/result";
    }

    /// <summary>A cache may vanish at any time, so it is made anew whenever it is missing.</summary>
    public static void MakeCache(string folder, uint uid, uint gid)
    {
        if (!Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder);
            Give(folder, uid, gid, 0x1F8);
        }
    }

    public static void RemovePrivate(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private void Stack(IReadOnlyList<string> lowers, string folder, string root)
    {
        Directory.CreateDirectory(folder + "/fs");
        Directory.CreateDirectory(folder + "/work");
        Directory.SetCurrentDirectory(Store + "/sandbox");
        Mounts.Overlay(lowers, folder + "/fs", folder + "/work", root);
    }

    private static void Give(string path, uint uid, uint gid, uint mode)
    {
        Posix.Check(Libc.FchownAt(Libc.AtFdCwd, Posix.Path(path), uid, gid, 0), "giving to the application", path);
        Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), mode, 0), "protecting", path);
    }
}
