using System.Text;
using Nua.Engine.Backups.BackupPlaces;
using Nua.Engine.Contracts;
using Nua.Engine.Data;
using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Storage;
using Nua.Oci.Tar;
using Nua.Rootfs.Volumes;

namespace Nua.Engine.Backups;

/// <param name="Entries">Names in it.</param>
/// <param name="ContentBytes">Of all files.</param>
/// <param name="Secrets">Those in it, by name.</param>
/// <param name="Notes">What the file system here could not hold.</param>
public sealed record BackupSummary(long Entries, long ContentBytes, IReadOnlyDictionary<string, byte[]> Secrets, IReadOnlyList<Problem> Notes);

/// <summary>
/// Reads a backup. Every way of reading it goes through every byte and every entry, and ends well only when the file is whole, unchanged and exactly what its
/// manifest lists; whatever was made on the way is thrown away otherwise.
/// </summary>
/// <remarks>Errors have exit code 65: NUA5120 no backup, NUA5121 damaged, NUA5122 a newer form, NUA5123 cut off, NUA5124 not what it says.</remarks>
public sealed class BackupReader
{
    private const int MaxHead = 1 << 20;
    private const int MaxSecret = 64 << 10;

    private readonly BackupPlace _place;
    private readonly BackupKey? _key;
    private readonly string _temporary;
    private readonly byte[] _head;

    private BackupReader(BackupPlace place, BackupKey? key, string temporary, byte[] head) =>
        (_place, _key, _temporary, _head, Head) = (place, key, temporary, head, BackupHead.Parse(head, Where(place)));

    public BackupHead Head { get; }

    /// <summary>Reads the head only.</summary>
    /// <param name="text">As in <see cref="BackupPlace.Parse"/>.</param>
    /// <param name="temporary">A folder for a list of files, a fraction of a percent of the data.</param>
    /// <param name="instance">Whose newest backup is meant when the place holds several.</param>
    public static BackupReader Open(string text, BackupKey? key, string temporary, string? instance = null, CancellationToken cancel = default)
    {
        byte[] head = [];
        var place = BackupPlace.Parse(text).Resolve(instance, cancel);
        Read(
            place,
            key,
            toEnd: false,
            stream =>
            {
                using var tar = new TarReader(stream, Where(place), VolumeWork.Limits);
                head = ReadHead(tar, Where(place));
            },
            cancel);
        return new BackupReader(place, key, temporary, head);
    }

    /// <summary>Refuses what this image cannot take.</summary>
    /// <exception cref="ProblemException">NUA5125 another application, NUA5126 newer data, NUA5127 older than it accepts, NUA5128 another volume.</exception>
    public void Accept(AppContract contract)
    {
        var where = Where(_place);
        if (Head.AppId != contract.AppId)
        {
            throw BackupProblem.AnotherApp(where, Head.AppId, contract.AppId);
        }

        if (Head.DataVersion > contract.DataVersion)
        {
            throw BackupProblem.NewerData(where, Head.DataVersion, contract.DataVersion);
        }

        if (Head.DataVersion < contract.DataVersion && Head.DataVersion < contract.UpgradeFrom)
        {
            throw BackupProblem.OlderData(where, Head.DataVersion, contract.UpgradeFrom);
        }

        if (Head.Volumes.FirstOrDefault(name => !contract.Volumes.Any(own => own.Name == name && !own.IsCache)) is { } unknown)
        {
            throw BackupProblem.MissingVolume(where, unknown);
        }
    }

    /// <summary>Reads every byte and changes nothing.</summary>
    public BackupSummary Check(CancellationToken cancel = default)
    {
        BackupSummary? summary = null;
        Read(_place, _key, toEnd: true, stream => summary = Pass(stream, null, null, cancel), cancel);
        return summary!;
    }

    /// <summary>Makes a new generation of a backup of the kind <c>copy</c>; when anything is wrong with the backup, there is none.</summary>
    /// <param name="volumes">All that the image has; those the backup lacks are made empty.</param>
    public BackupSummary UnpackInto(
        Generations generations, int number, IReadOnlyList<NewVolume> volumes, CancellationToken cancel = default)
    {
        BackupSummary? summary = null;
        var report = Unpack(() => generations.Unpack(number, output => Read(_place, _key, toEnd: true, stream => Write(stream, output), cancel)));
        return summary! with { Notes = report.Notes };

        void Write(Stream stream, Stream output)
        {
            using var tar = new TarWriter(output);
            foreach (var volume in volumes.Where(volume => !Head.Volumes.Contains(volume.Name)))
            {
                tar.Write(new TarEntry(volume.Name, TarEntryType.Directory) { Mode = volume.Mode, Uid = volume.Uid, Gid = volume.Gid });
            }

            summary = Pass(stream, new DataSink("volumes/", tar), null, cancel);
            tar.Complete();
        }
    }

    /// <summary>Unpacks a backup of the kind <c>command</c> into <see cref="Generations.Staging"/>, for the application's own <c>restore</c>.</summary>
    public BackupSummary UnpackFiles(Generations generations, CancellationToken cancel = default)
    {
        BackupSummary? summary = null;
        var report = Unpack(() => generations.UnpackStaging(output => Read(_place, _key, toEnd: true, stream => Write(stream, output), cancel)));
        return summary! with { Notes = report.Notes };

        void Write(Stream stream, Stream output)
        {
            using var tar = new TarWriter(output);
            summary = Pass(stream, new DataSink("", tar), null, cancel);
            tar.Complete();
        }
    }

    private static CopyReport Unpack(Func<CopyReport> work)
    {
        try
        {
            return work();
        }
        catch (ProblemException wrong) when (BackupProblem.OfEntry(wrong) is { } refusal)
        {
            throw refusal;
        }
    }

    /// <summary>Takes the image in the backup into the store.</summary>
    /// <param name="name">Holds it there.</param>
    /// <exception cref="ProblemException">NUA5129: there is none in it.</exception>
    public void LoadImage(ImageStore store, string name, CancellationToken cancel = default)
    {
        if (!Head.HasImage)
        {
            throw new ProblemException(new Problem("NUA5129", "the image is not in the backup")
            {
                Where = Where(_place),
                Why = $"it needs {Head.Reference} ({Head.Image})",
                Remedy = "get the image (nua load, nua pull), or make backups with --with-image",
            })
            { ExitCode = 65 };
        }

        var folder = Path.Combine(_temporary, $".image-{Guid.NewGuid():N}");
        try
        {
            Directory.CreateDirectory(folder);
            Read(_place, _key, toEnd: true, stream => Pass(stream, null, folder, cancel), cancel);
            EmbeddedImage.Load(folder, name, Head.Image, store, cancel);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Expands and, with a key, decrypts. What any stage finds wrong is one error about the backup.</summary>
    private static void Read(BackupPlace place, BackupKey? key, bool toEnd, Action<Stream> read, CancellationToken cancel)
    {
        var where = Where(place);
        try
        {
            using var content = place.Open(cancel);
            var file = Recognised(content, key, where);
            using var age = key is null ? null : new FilterProgram(key.Program, key.DecryptArguments);
            age?.TakeInputFrom(file);
            using var trailer = new TrailerReader(age?.Output ?? file, where);
            using var zstd = new ParallelZstdReader(trailer, where);
            try
            {
                read(zstd);
            }
            catch (ProblemException failure) when (IsOfArchive(failure) || failure.Problems[0].Code == "NUA5123")
            {
                // What ended too early did so because a program failed or found something: its word counts.
                content.Complete();
                age?.Complete();
                throw;
            }

            if (toEnd)
            {
                content.Complete();
                age?.Complete();
            }
        }
        catch (ProblemException failure) when (IsOfArchive(failure))
        {
            var problem = failure.Problems[0];
            throw problem.Code == "NUA5133"
                ? problem.Why?.Contains("no identity matched", StringComparison.Ordinal) == true
                    ? BackupProblem.AnotherKey(where, failure)
                    : BackupProblem.Damaged(where, $"age: {problem.Why}", failure)
                : BackupProblem.Damaged(where, problem.Why is null ? problem.What : $"{problem.What}: {problem.Why}", failure);
        }
    }

    /// <summary>Errors about tar and zstd, and the decrypting program's.</summary>
    private static bool IsOfArchive(ProblemException failure) =>
        failure.Problems[0].Code is var code && (code.StartsWith("NUA30", StringComparison.Ordinal) || code == "NUA5133");

    /// <summary>All of it, when it begins as a backup that the key fits.</summary>
    private static JoinedStreams Recognised(PlaceContent content, BackupKey? key, string where)
    {
        var start = new byte[BackupKey.Magic.Length];
        var length = content.Bytes.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (length < start.Length)
        {
            content.Complete();
        }

        var isEncrypted = Encoding.ASCII.GetString(start, 0, length) == BackupKey.Magic;
        if (isEncrypted && key is null)
        {
            throw new ProblemException(new Problem("NUA5135", "the backup is encrypted")
            {
                Where = where,
                Remedy = "give the file of the identity with --key",
            })
            { ExitCode = 65 };
        }

        if (isEncrypted || (length >= 4 && start.AsSpan(0, 4).SequenceEqual((ReadOnlySpan<byte>)[0x28, 0xB5, 0x2F, 0xFD]) && key is null))
        {
            return new JoinedStreams(new MemoryStream(start, 0, length), content.Bytes);
        }

        throw BackupProblem.NotABackup(where, key is null ? "it does not begin as one" : "it is not encrypted");
    }

    private static byte[] ReadHead(TarReader tar, string where)
    {
        if (tar.Next() is not { Path: BackupHead.FileName, Type: TarEntryType.File, Size: <= MaxHead, SparseSize: null } entry)
        {
            throw BackupProblem.NotABackup(where, $"its first entry is not {BackupHead.FileName}");
        }

        var head = new byte[entry.Size];
        tar.Content.ReadExactly(head);
        return head;
    }

    /// <summary>The one way through a backup.</summary>
    private BackupSummary Pass(Stream stream, DataSink? data, string? imageFolder, CancellationToken cancel)
    {
        var where = Where(_place);
        using var manifest = new Manifest(_temporary);
        using var tar = new TarReader(stream, where, VolumeWork.Limits);
        var head = ReadHead(tar, where);
        if (!head.AsSpan().SequenceEqual(_head))
        {
            throw BackupProblem.Damaged(where, "it was replaced while it was read");
        }

        var secrets = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        manifest.Pass(
            new TarEntry(BackupHead.FileName, TarEntryType.File) { Size = head.Length, Mode = 0x180 }, new MemoryStream(head), null);
        while (tar.Next() is { } entry)
        {
            cancel.ThrowIfCancellationRequested();
            RefuseUnusual(entry, where);
            if (entry.Path == Manifest.FileName)
            {
                if (manifest.Compare(head, tar.Content, entry.Size) is { } difference)
                {
                    throw BackupProblem.Unlike(where, difference);
                }

                if (tar.Next() is not null)
                {
                    throw BackupProblem.Unlike(where, "there is something behind the manifest");
                }

                return new BackupSummary(manifest.Count, manifest.Bytes, secrets, []);
            }

            Put(entry, tar.Content);
        }

        throw BackupProblem.Truncated(where);

        void Put(TarEntry entry, Stream content)
        {
            var kind = entry.Path.Split('/', 2)[0];
            switch (kind)
            {
                case "volumes" when Head.IsCopy && Head.Volumes.Contains(entry.Path.Split('/', 3).ElementAtOrDefault(1) ?? ""):
                case "files" when !Head.IsCopy:
                    manifest.Pass(entry, content, data?.Tar, data?.Rename(entry, where));
                    break;
                case "secrets" when entry is { Type: TarEntryType.File, Size: <= MaxSecret } && Head.Secrets.Contains(entry.Path["secrets/".Length..]):
                    var bytes = new byte[entry.Size];
                    content.ReadExactly(bytes);
                    secrets[entry.Path["secrets/".Length..]] = bytes;
                    manifest.Pass(entry, new MemoryStream(bytes), null);
                    break;
                case "image" when Head.HasImage && imageFolder is not null:
                    using (var file = EmbeddedImage.Create(entry, imageFolder, where))
                    using (var copied = new CopiedContent(content, file))
                    {
                        manifest.Pass(entry, copied, null);
                    }

                    break;
                case "image" when Head.HasImage:
                    manifest.Pass(entry, content, null);
                    break;
                default:
                    throw BackupProblem.Unlike(where, $"'{Printable.Escape(entry.Path, 200)}' is in it, which its head does not speak of");
            }
        }
    }

    /// <summary>One spelling of a path, so that nothing can be two things: no <c>.</c>, <c>..</c>, empty part or slash at an end; and no devices.</summary>
    private static void RefuseUnusual(TarEntry entry, string where)
    {
        var path = entry.Type == TarEntryType.Directory ? entry.Path.TrimEnd('/') : entry.Path;
        if (path.Split('/').Any(part => part is "" or "." or ".."))
        {
            throw BackupProblem.Unlike(where, $"'{Printable.Escape(entry.Path, 200)}' is not a plain path");
        }

        if (entry.Type is TarEntryType.CharacterDevice or TarEntryType.BlockDevice)
        {
            throw BackupProblem.Unlike(where, $"'{Printable.Escape(entry.Path, 200)}' is a device");
        }
    }

    private static string Where(BackupPlace place) => Printable.Escape(place.Text, 300);

    /// <summary>Where the entries of data go, without their prefix.</summary>
    private sealed record DataSink(string Prefix, TarWriter Tar)
    {
        public TarEntry Rename(TarEntry entry, string where) => entry with
        {
            Path = Strip(entry.Path.TrimEnd('/')),
            LinkTarget = entry.Type == TarEntryType.HardLink ? Strip(entry.LinkTarget!, where) : entry.LinkTarget,
        };

        private string Strip(string path, string? where = null) => path.StartsWith(Prefix, StringComparison.Ordinal)
            ? path[Prefix.Length..]
            : throw BackupProblem.Unlike(where ?? "", $"'{Printable.Escape(path, 200)}' is outside of the data");
    }
}
