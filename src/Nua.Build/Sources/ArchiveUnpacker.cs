using Nua.Foundation;
using Nua.Oci.Compression;
using Nua.Oci.Tar;

namespace Nua.Build.Sources;

/// <summary>Unpacks an archive from anywhere into an empty folder. Nothing outside the folder is touched whatever the archive
/// says; on failure the folder's content is undefined.</summary>
internal sealed class ArchiveUnpacker(SourceLimits limits, IReadOnlyDictionary<string, string> environment, TimeProvider time)
{
    /// <param name="path">The archive.</param>
    /// <param name="name">Its name as people know it; its end says how it is packed.</param>
    /// <param name="folder">Exists and is empty.</param>
    public void Unpack(string path, string name, string folder, CancellationToken cancellationToken)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        using var target = new UnpackTarget(folder, name, file.Length, limits, time);
        var format = ArchiveFormats.Of(name) ?? throw SourceProblems.UnknownArchive(name);
        if (format == ArchiveFormat.Zip)
        {
            ZipUnpacker.Unpack(file, target, name, cancellationToken);
            return;
        }

        using var tar = Expand(file, format, name);
        UnpackTar(tar, target, name, cancellationToken);
    }

    private Stream Expand(Stream file, ArchiveFormat format, string name) => format switch
    {
        ArchiveFormat.Tar => file,
        ArchiveFormat.TarGzip => LayerStreams.Expand(
            file, LayerCompression.Gzip, Printable.Escape(name, 200), new ExpansionLimits(2 * limits.UnpackedBytes, 1100)),
        _ => FilterStream.Start(format, file, name, environment),
    };

    private void UnpackTar(Stream tar, UnpackTarget target, string name, CancellationToken cancellationToken)
    {
        var reader = new TarReader(tar, Printable.Escape(name, 200), new TarLimits { MaxEntries = limits.Entries + 1 });
        while (reader.Next() is { } entry) // null is given only after the stream has checked its own end
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(entry, reader.Content, target, cancellationToken);
        }
    }

    private static void Add(TarEntry entry, Stream content, UnpackTarget target, CancellationToken cancellationToken)
    {
        switch (entry.Type)
        {
            case TarEntryType.Directory:
                target.AddFolder(entry.Path);
                break;
            case TarEntryType.File:
                target.AddFile(entry.Path, (entry.Mode & 0x49) != 0, content, cancellationToken);
                break;
            case TarEntryType.SymbolicLink:
                target.AddLink(entry.Path, entry.LinkTarget ?? "");
                break;
            case TarEntryType.HardLink:
                target.AddHardLink(entry.Path, entry.LinkTarget ?? "");
                break;
            default:
                target.Refuse(entry.Path, entry.Type == TarEntryType.Fifo ? "pipe" : "device");
                break;
        }
    }
}
