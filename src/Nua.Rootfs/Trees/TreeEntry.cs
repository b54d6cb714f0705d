using System.Security.Cryptography;
using System.Text;
using Nua.Foundation.Linux;

namespace Nua.Rootfs.Trees;

public enum TreeKind : byte
{
    File,
    Directory,
    Symlink,

    /// <summary>A name that the upper folder of an overlay hides.</summary>
    Whiteout,

    /// <summary>A directory of an upper folder that hides all that was below it.</summary>
    OpaqueDirectory,

    /// <summary>Socket, FIFO or device: an image cannot or must not hold it.</summary>
    Special,
}

/// <summary>One path of a tree on disk, as it will go into a layer.</summary>
/// <param name="Path">Relative, <c>/</c> between parts, no leading slash; bytes that are not UTF-8 as in <see cref="RawName"/>.</param>
/// <param name="Mode">The low twelve bits: permissions, setuid, setgid, sticky.</param>
/// <param name="Sha256">Lower-case hex for files, else empty.</param>
/// <param name="Link">A symlink's target, or the earlier path that this file is a hard link to.</param>
/// <param name="Capability">The <c>security.capability</c> attribute, exactly.</param>
public sealed record TreeEntry(
    string Path,
    TreeKind Kind,
    uint Mode,
    uint Uid,
    uint Gid,
    long Size,
    long ModifiedSeconds,
    string Sha256,
    string? Link,
    byte[]? Capability)
{
    public bool IsHardLink => Kind == TreeKind.File && Link is not null;

    public bool IsDirectory => Kind is TreeKind.Directory or TreeKind.OpaqueDirectory;
}

/// <summary>A sorted, immutable list of entries.</summary>
public sealed record FileTree(IReadOnlyList<TreeEntry> Entries)
{
    public static readonly FileTree Empty = new([]);

    /// <summary>
    /// Digest of everything that can reach a layer or a build. What is hashed, per entry:
    /// <c>path NUL kind SP mode(octal) SP uid SP gid SP mtime-or-zero SP sha256 SP link NUL capability(hex) LF</c>.
    /// Modification times count only when <paramref name="withTimes"/> says so: layers of packages keep them, applications do not.
    /// </summary>
    public string ComputeDigest(bool withTimes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var line = new StringBuilder();
        foreach (var entry in Entries)
        {
            line.Clear();
            line.Append('\0').Append((int)entry.Kind).Append(' ').Append(Convert.ToString(entry.Mode, 8)).Append(' ')
                .Append(entry.Uid).Append(' ').Append(entry.Gid).Append(' ')
                .Append(withTimes ? entry.ModifiedSeconds : 0).Append(' ').Append(entry.Sha256).Append(' ');
            hash.AppendData(RawName.ToBytes(entry.Path));
            hash.AppendData(Encoding.ASCII.GetBytes(line.ToString()));
            hash.AppendData(RawName.ToBytes(entry.Link ?? ""));
            hash.AppendData(
                Encoding.ASCII.GetBytes("\0" + (entry.Capability is null ? "" : Convert.ToHexStringLower(entry.Capability)) + "\n"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The order of layers: byte order of the path with <c>/</c> lowest, so that a directory comes right before its content.</summary>
    public static int CompareBytes(string a, string b)
    {
        var length = Math.Min(a.Length, b.Length);
        for (var i = 0; i < length; i++)
        {
            if (a[i] != b[i])
            {
                return a[i] == '/' ? -1 : b[i] == '/' ? 1 : a[i].CompareTo(b[i]);
            }
        }

        return a.Length.CompareTo(b.Length);
    }
}
