using Nua.Foundation;

namespace Nua.Rootfs.Volumes;

/// <summary>
/// What is done to whole folders of volumes. There are two: <see cref="VolumeWork"/> in this process, for ids that are the host's, and
/// <see cref="VolumeWorkshop"/> by the worker, for ids of its user namespace. Folders are named relative to the store's home
/// (<c>instances/notes/generations/4</c>). A folder that is made is filled as <c>FOLDER.part</c>, brought to the disk and renamed: under its own name
/// it is complete, and a crash leaves at most a <c>.part</c>, which <see cref="Remove"/> takes away.
/// </summary>
/// <remarks>Errors: NUA4030 a file could not be handled, NUA4031 the disk is full, NUA4073 a path is too long, NUA4074 a file changed.</remarks>
public interface IVolumeWork : IDisposable
{
    /// <summary>Makes a folder with one empty folder for each volume.</summary>
    void Create(string folder, IReadOnlyList<NewVolume> volumes);

    /// <summary>Makes an empty folder for each volume that <paramref name="folder"/>, which is there, has not.</summary>
    void Add(string folder, IReadOnlyList<NewVolume> volumes);

    /// <summary>Makes <paramref name="to"/> a copy of <paramref name="from"/>, exact but for sockets and devices.</summary>
    CopyReport Clone(string from, string to, CancellationToken cancel);

    /// <summary>Gives what is in a folder as a tar, sorted, each path behind <paramref name="prefix"/>. What <paramref name="read"/> has read is
    /// whole only when this returns.</summary>
    CopyReport Pack(string folder, string prefix, Action<Stream> read, CancellationToken cancel);

    /// <summary>Makes a folder of the tar that <paramref name="write"/> writes. Nothing in the archive reaches outside of it.</summary>
    CopyReport Unpack(string folder, Action<Stream> write);

    /// <summary>Removes a folder, complete or not; no error when there is none.</summary>
    void Remove(string folder);

    FolderSize Measure(string folder);

    /// <summary>Whether copies in this folder share their content with the original.</summary>
    bool CanReflink(string folder);
}

/// <param name="Uid">As the application sees it.</param>
/// <param name="Mode">Group 0 may write by default: every user an image runs as has it.</param>
public sealed record NewVolume(string Name, uint Uid, uint Gid, uint Mode = 0x1F8);

/// <summary>What was copied and how.</summary>
/// <param name="Bytes">Content of files, holes not counted.</param>
/// <param name="Reflinked">Files that share their content with the original.</param>
/// <param name="Notes">What could not be kept, as warnings: sockets and devices left out, attributes this file system cannot hold.</param>
public sealed record CopyReport(long Files, long Bytes, long Reflinked, IReadOnlyList<Problem> Notes)
{
    public static readonly CopyReport Nothing = new(0, 0, 0, []);

    /// <summary><c>reflink</c> or <c>copy</c>.</summary>
    public string Way => Files > 0 && Reflinked > 0 ? "reflink" : "copy";
}

/// <param name="Bytes">On the disk, blocks of 512 bytes that are really used.</param>
/// <param name="ContentBytes">Sum of the files' lengths.</param>
public sealed record FolderSize(long Files, long Bytes, long ContentBytes);
