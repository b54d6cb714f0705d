using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Oci.Archives;

/// <summary>A file that is there whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the place, syncs, renames, syncs the directory. A failure leaves what was there
    /// before.</summary>
    /// <exception cref="ProblemException">NUA3208.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        path = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var file = DurableFile.Create(temporary, mode: 0x1A4))
            {
                using var stream = new FileStream(file, FileAccess.Write, bufferSize: 256 << 10);
                write(stream);
                stream.Flush();
                DurableFile.Sync(file, temporary);
            }

            DurableFile.Rename(temporary, path);
        }
        catch (IOException error)
        {
            throw ArchiveProblem.CannotWrite(path, error);
        }
        finally
        {
            DurableFile.Discard(temporary);
        }
    }
}
