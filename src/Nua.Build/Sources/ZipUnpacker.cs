using System.IO.Compression;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Build.Sources;

/// <summary>Unpacks a zip. The names are checked by <see cref="UnpackTarget"/>, not by the library.</summary>
internal static class ZipUnpacker
{
    private const int TypeMask = 0xF000;
    private const int Link = 0xA000;
    private const int Folder = 0x4000;
    private const int File = 0x8000;
    private const int MaxLinkBytes = 4096;

    public static void Unpack(Stream archive, UnpackTarget target, string name, CancellationToken cancellationToken)
    {
        try
        {
            using var zip = new ZipArchive(archive, ZipArchiveMode.Read, leaveOpen: true, Encoding.UTF8);
            foreach (var entry in zip.Entries)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Add(entry, target, cancellationToken);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or NotSupportedException or OverflowException)
        {
            throw SourceProblems.Damaged(name, Printable.Escape(e.Message, 200), e);
        }
    }

    private static void Add(ZipArchiveEntry entry, UnpackTarget target, CancellationToken cancellationToken)
    {
        // The upper half holds the Unix mode when the maker had one. Backslashes are old Windows makers' slashes.
        var mode = entry.ExternalAttributes >> 16;
        var path = entry.FullName.Contains('/', StringComparison.Ordinal) ? entry.FullName : entry.FullName.Replace('\\', '/');
        var type = mode & TypeMask;
        if (path.EndsWith('/') || type == Folder)
        {
            target.AddFolder(path);
        }
        else if (type == Link)
        {
            using var content = entry.Open();
            target.AddLink(path, ReadTarget(content));
        }
        else if (type is 0 or File)
        {
            using var content = entry.Open();
            target.AddFile(path, (mode & 0x49) != 0, content, cancellationToken);
        }
        else
        {
            target.Refuse(path, "device, pipe or socket");
        }
    }

    private static string ReadTarget(Stream content)
    {
        var buffer = new byte[MaxLinkBytes + 1];
        var length = content.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= MaxLinkBytes ? RawName.FromBytes(buffer.AsSpan(0, length)) : throw new InvalidDataException("a link is too long");
    }
}
