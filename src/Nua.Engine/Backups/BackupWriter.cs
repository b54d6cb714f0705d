using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci;
using Nua.Oci.Compression;
using Nua.Oci.Tar;
using Nua.Rootfs.Volumes;

namespace Nua.Engine.Backups;

/// <summary>What goes into a backup, in this order.</summary>
public sealed record BackupContent
{
    public required BackupHead Head { get; init; }

    /// <summary>Null leaves the image out.</summary>
    public Image? Image { get; init; }

    /// <summary>Only for an encrypted backup.</summary>
    public IReadOnlyDictionary<string, byte[]> Secrets { get; init; } = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);

    /// <summary>Gives a tar of the data, names beginning with <c>volumes/</c> or <c>files/</c>, to the reader it is called with, and returns when that
    /// has read it.</summary>
    public required Action<Action<Stream>> Data { get; init; }
}

/// <param name="Entries">Names in it, folders and links included.</param>
/// <param name="ContentBytes">Of all files.</param>
/// <param name="FileBytes">Of the backup itself.</param>
public sealed record WrittenBackup(long Entries, long ContentBytes, long FileBytes);

/// <summary>Writes a backup as one stream: nothing of it is kept anywhere else, and memory does not depend on its size.</summary>
public sealed class BackupWriter(BackupContent content, BackupKey? key, TimeProvider time)
{
    /// <summary>As fast as the disk on two processors, and within a few percent of the size that zstd's own choice gives.</summary>
    private const int Level = 1;

    public BackupHead Head => content.Head;

    public bool IsEncrypted => key is not null;

    /// <summary>Writes a file; under its name it is whole and on the disk.</summary>
    /// <param name="path">Replaced when it is there.</param>
    /// <exception cref="ProblemException">NUA5134 the place cannot be written or is full (exit code 73).</exception>
    public WrittenBackup WriteFile(string path, CancellationToken cancel)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var part = PartOf(path);
        try
        {
            DurableFile.CreateDirectory(folder, 0x1C0);
            File.Delete(part);
            WrittenBackup written;
            using (var handle = DurableFile.Create(part))
            {
                using (var file = new FileStream(handle, FileAccess.Write, 0))
                {
                    written = Write(file, folder, cancel);
                    DurableFile.Sync(handle, part);
                }
            }

            DurableFile.Rename(part, path);
            return written;
        }
        catch (IOException failure)
        {
            File.Delete(part);
            throw CannotWrite(folder, failure);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    /// <summary>Where the file is until it is whole.</summary>
    public static string PartOf(string path) =>
        Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, $".{Path.GetFileName(path)}.part");

    /// <param name="temporary">A folder for the list of files, a fraction of a percent of the data.</param>
    internal WrittenBackup Write(Stream output, string temporary, CancellationToken cancel)
    {
        var counted = new CountingStream(output);
        if (key is null)
        {
            return WritePlain(counted, temporary, cancel) with { FileBytes = counted.Count };
        }

        using var age = new FilterProgram(key.Program, key.EncryptArguments);
        age.SendOutputTo(counted);
        WrittenBackup written;
        try
        {
            written = WritePlain(age.Input, temporary, cancel);
        }
        catch (IOException)
        {
            // Its own message says more than that it reads no longer.
            age.Complete();
            throw;
        }

        age.Complete();
        return written with { FileBytes = counted.Count };
    }

    private WrittenBackup WritePlain(Stream output, string temporary, CancellationToken cancel)
    {
        using var manifest = new Manifest(temporary);
        using var trailer = new TrailerWriter(output);
        using var zstd = new ParallelZstdWriter(trailer, Level);
        using var tar = new TarWriter(zstd);
        var head = content.Head.ToBytes();
        Put(BackupHead.FileName, head);
        if (content.Image is { } image)
        {
            EmbeddedImage.Write(image, (entry, stream) => manifest.Pass(entry, stream, tar), cancel);
        }

        foreach (var (name, secret) in content.Secrets)
        {
            Put("secrets/" + name, secret);
        }

        content.Data(stream =>
        {
            using var data = new TarReader(stream, "data", VolumeWork.Limits);
            while (data.Next() is { } entry)
            {
                cancel.ThrowIfCancellationRequested();
                if (IsSpokenOf(entry))
                {
                    manifest.Pass(entry, data.Content, tar);
                }
            }
        });
        var (length, list) = manifest.Compose(head, new ManifestEnd(manifest.Count, manifest.Bytes, time.GetUtcNow()));
        tar.Write(Entry(Manifest.FileName, length), list);
        tar.Complete();
        zstd.Complete();
        trailer.Complete();
        return new WrittenBackup(manifest.Count, manifest.Bytes, 0);

        void Put(string name, byte[] bytes)
        {
            using var stream = new MemoryStream(bytes, writable: false);
            manifest.Pass(Entry(name, bytes.Length), stream, tar);
        }
    }

    /// <summary>After a rollback a generation may still have a volume that only the later release declares: it is not this one's data, and this image could not restore it.</summary>
    private bool IsSpokenOf(TarEntry entry) => !content.Head.IsCopy || content.Head.Volumes.Contains(entry.Path.Split('/', 3)[1]);

    private static TarEntry Entry(string name, long length) => new(name, TarEntryType.File) { Size = length, Mode = 0x180 };

    internal static ProblemException CannotWrite(string folder, IOException failure) => new(
        new Problem("NUA5134", "the backup cannot be written")
        {
            Where = Printable.Escape(folder, 300),
            Why = Printable.Escape(failure.Message, 300),
            Remedy = "free space there, or give another place with -o; nothing of this attempt was kept",
        },
        failure)
    { ExitCode = 73 };
}
