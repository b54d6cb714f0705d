namespace Nua.Acceptance.Running;

/// <summary>A folder of one test, gone afterwards with whatever odd owners and modes are in it.</summary>
public sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        // Lower case only: podman makes a repository name of the path. Short: its run root may have 50 characters, a socket 107.
        Path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"nua-test-{Guid.NewGuid():n}"[..21]);
        // World-readable: some tests run as another user, and the worker is another user on the host.
        Directory.CreateDirectory(Path, (UnixFileMode)0b111_101_101);
    }

    public string Path { get; }

    public string this[string relative] => System.IO.Path.Combine(Path, relative);

    public string Write(string relative, string text)
    {
        var path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A copy of a folder, as <c>cp -a</c> makes it.</summary>
    public string CopyOf(string folder, string name)
    {
        new Shell("/bin/cp").With("-a", folder, this[name]).RunAsync().GetAwaiter().GetResult().Expect(0);
        return this[name];
    }

    /// <remarks>Engines leave mounts behind (Podman its storage, Docker its network namespace): rm would stop at them.</remarks>
    public void Dispose() =>
        // rm, because Directory.Delete follows modes: a folder without the write bit stops it even where the user may remove it.
        new Shell("/bin/sh").With("-c", """
            grep -o " $0/[^ ]*" /proc/self/mounts | sort -r | xargs -r umount -l
            chmod -R u+rwX "$0" 2>/dev/null
            rm -rf "$0"
            """, Path).RunAsync().GetAwaiter().GetResult();
}
