namespace Nua.Build.Sources;

/// <summary>How an archive is packed.</summary>
internal enum ArchiveFormat
{
    Tar,
    TarGzip,
    TarBzip2,
    TarXz,
    Zip,
}

internal static class ArchiveFormats
{
    private static readonly (string Ending, ArchiveFormat Format)[] _known =
    [
        (".tar", ArchiveFormat.Tar), (".tar.gz", ArchiveFormat.TarGzip), (".tgz", ArchiveFormat.TarGzip),
        (".tar.bz2", ArchiveFormat.TarBzip2), (".tbz2", ArchiveFormat.TarBzip2), (".tar.xz", ArchiveFormat.TarXz),
        (".txz", ArchiveFormat.TarXz), (".zip", ArchiveFormat.Zip),
    ];

    public static IEnumerable<string> Endings => _known.Select(k => k.Ending);

    /// <summary>By the end of the file name, in any case; null when it is none of the known.</summary>
    public static ArchiveFormat? Of(string fileName)
    {
        foreach (var (ending, format) in _known)
        {
            if (fileName.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
            {
                return format;
            }
        }

        return null;
    }
}
