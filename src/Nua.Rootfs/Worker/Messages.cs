using System.Text.Json;
using System.Text.Json.Serialization;
using Nua.Foundation;
using Nua.Rootfs.Volumes;
using Nua.Sandbox;

namespace Nua.Rootfs.Worker;

/// <summary>
/// One order to the worker. A stack is a mounted overlay, named by the caller: <c>tmp/STACK/fs</c> on disk holds what is written to it.
/// Folders below are names under the worker's own folder (<c>snapshots/KEY/fs</c>, <c>layers/HEX/fs</c>).
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "op")]
[JsonDerivedType(typeof(UnpackLayer), "unpack")]
[JsonDerivedType(typeof(MountStack), "mount")]
[JsonDerivedType(typeof(PutTar), "put")]
[JsonDerivedType(typeof(PutPrivateFile), "private")]
[JsonDerivedType(typeof(RunContainer), "run")]
[JsonDerivedType(typeof(ScanStack), "scan")]
[JsonDerivedType(typeof(SendContent), "content")]
[JsonDerivedType(typeof(ReadFile), "read")]
[JsonDerivedType(typeof(ExtractDebs), "debs")]
[JsonDerivedType(typeof(RemovePaths), "remove")]
[JsonDerivedType(typeof(CommitStack), "commit")]
[JsonDerivedType(typeof(DropStack), "drop")]
[JsonDerivedType(typeof(RemoveFolders), "rmdirs")]
[JsonDerivedType(typeof(RelayPort), "relay")]
[JsonDerivedType(typeof(CreateVolumes), "volumes")]
[JsonDerivedType(typeof(AddVolumes), "add-volumes")]
[JsonDerivedType(typeof(CloneVolumes), "clone")]
[JsonDerivedType(typeof(PackVolumes), "pack")]
[JsonDerivedType(typeof(UnpackVolumes), "fill")]
[JsonDerivedType(typeof(RemoveVolumes), "forget")]
[JsonDerivedType(typeof(MeasureVolumes), "measure")]
[JsonDerivedType(typeof(ProbeReflink), "reflink")]
internal abstract record Command;

/// <summary>Unpacks a layer blob on top of <paramref name="Lowers"/> into <paramref name="Folder"/> (<c>layers/CHAINID</c>), its uncompressed
/// bytes checked against the diff ID.</summary>
internal sealed record UnpackLayer(
    string Blob, string MediaType, string DiffId, string Folder, IReadOnlyList<string> Lowers, string Temporary) : Command;

/// <summary>Mounts folders, top first, with a new upper folder on top.</summary>
internal sealed record MountStack(string Stack, IReadOnlyList<string> Lowers) : Command;

/// <summary>A tar stream follows; it is unpacked into the stack below <paramref name="Folder"/>.</summary>
internal sealed record PutTar(string Stack, string Folder) : Command;

/// <summary>Content follows; it is kept in the worker's memory, never on disk, until the worker ends. Mounted as <c>private:NAME</c>.</summary>
internal sealed record PutPrivateFile(string Name) : Command;

internal sealed record RunContainer(
    string Stack,
    IReadOnlyList<string> Argv,
    IReadOnlyDictionary<string, string> Env,
    string WorkDir,
    uint Uid,
    uint Gid,
    IReadOnlyList<ContainerMount> Mounts,
    IReadOnlyList<string> Capabilities,
    bool SharesNetwork,
    bool IsRootReadOnly,
    bool IsFirstToEnd,
    double TimeLimitSeconds,
    string Runc) : Command;

/// <summary>Lists <paramref name="Folder"/> of the stack (its upper folder only when asked); entries follow as a stream.</summary>
internal sealed record ScanStack(string Stack, string Folder, IReadOnlyList<string> Exclude, bool UpperOnly) : Command;

/// <summary>Paths and sizes follow as a stream; back comes the content of those files, one after the other, nothing between.</summary>
internal sealed record SendContent(string Stack, bool UpperOnly) : Command;

/// <summary>At most <paramref name="Limit"/> bytes of a regular file, as a stream; nothing when it does not exist.</summary>
internal sealed record ReadFile(string Stack, string Path, int Limit) : Command;

/// <summary>Unpacks Debian packages with the host's dpkg-deb, in order, without running anything of theirs.</summary>
internal sealed record ExtractDebs(string Stack, IReadOnlyList<string> Files) : Command;

/// <summary>Removes paths or whole folders of the stack.</summary>
internal sealed record RemovePaths(string Stack, IReadOnlyList<string> Paths) : Command;

/// <summary>Unmounts, syncs, and renames the stack to <paramref name="Folder"/> (<c>snapshots/KEY</c>, <c>layers/HEX</c>).</summary>
internal sealed record CommitStack(string Stack, string Folder) : Command;

internal sealed record DropStack(string Stack) : Command;

/// <summary>Removes whole folders of the sandbox: left by a process that died, or no longer wanted.</summary>
internal sealed record RemoveFolders(IReadOnlyList<string> Folders) : Command;

/// <summary>Opens <c>tmp/STACK/p</c>, a socket whose connections go to a loopback port of the worker's network.</summary>
internal sealed record RelayPort(string Stack, int Port) : Command;

/// <param name="Status">Exit status of a container.</param>
internal sealed record Reply(int Status = 0, bool IsTimeout = false, bool IsDiskFull = false)
{
    /// <summary>What was copied, for orders about volumes.</summary>
    public CopyReport? Copy { get; init; }

    public FolderSize? Size { get; init; }

    public static ProblemException Failure(byte[] payload) =>
        new(JsonSerializer.Deserialize(payload, WorkerJson.Default.IReadOnlyListProblem)!);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Command))]
[JsonSerializable(typeof(Reply))]
[JsonSerializable(typeof(IReadOnlyList<Problem>))]
internal sealed partial class WorkerJson : JsonSerializerContext;
