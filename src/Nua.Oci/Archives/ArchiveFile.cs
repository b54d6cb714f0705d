using Microsoft.Win32.SafeHandles;
using Nua.Foundation;
using Nua.Oci.Json;
using Nua.Oci.Layers;
using Nua.Oci.Storage;
using Nua.Oci.Tar;

namespace Nua.Oci.Archives;

/// <summary>A tar file opened for reading its files in any order, by normalised name.</summary>
internal sealed class ArchiveFile : IDisposable
{
    private const int MaxLinks = 8;

    private readonly SafeFileHandle _file;
    private readonly Dictionary<string, (long Start, long Length)> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);

    private ArchiveFile(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
    }

    public string Path { get; }

    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>Reads the headers only.</summary>
    /// <exception cref="ProblemException">NUA3203, or what is wrong with the tar.</exception>
    public static ArchiveFile Open(string path)
    {
        if (!File.Exists(path))
        {
            throw ArchiveProblem.NotThere(path);
        }

        var archive = new ArchiveFile(path, UnlockedFile.OpenRead(path));
        try
        {
            archive.ReadHeaders();
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Null when there is no such file.</summary>
    public FileSlice? Find(string name)
    {
        for (var i = 0; i < MaxLinks; i++)
        {
            if (_files.TryGetValue(name, out var place))
            {
                return new FileSlice(_file, place.Start, place.Length);
            }

            if (!_links.TryGetValue(name, out name!))
            {
                break;
            }
        }

        return null;
    }

    public byte[]? ReadDocument(string name)
    {
        using var slice = Find(name);
        if (slice is null)
        {
            return null;
        }

        if (slice.Length > StrictJson.MaxBytes)
        {
            throw StrictJson.TooLarge($"{Path}: {name}", slice.Length, StrictJson.MaxBytes);
        }

        var bytes = new byte[slice.Length];
        slice.ReadExactly(bytes);
        return bytes;
    }

    public void Dispose() => _file.Dispose();

    private void ReadHeaders()
    {
        using var stream = new FileSlice(_file, 0, RandomAccess.GetLength(_file));
        using var reader = new TarReader(stream, Path);
        while (reader.Next() is { } entry)
        {
            var name = LayerPath.Normalise(entry.Path, Path);
            switch (entry.Type)
            {
                case TarEntryType.File:
                    if (!_files.TryAdd(name, (reader.ContentOffset, entry.Size)))
                    {
                        throw LayerChange.Duplicate(name, Path);
                    }

                    break;
                case TarEntryType.SymbolicLink:
                    // Old versions of docker link equal layers: ../ID/layer.tar, relative to the link.
                    AddLink(name, LayerPath.Join(LayerPath.Parent(name), entry.LinkTarget!));
                    break;
                case TarEntryType.HardLink:
                    AddLink(name, entry.LinkTarget!);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Inside the archive, <c>..</c> is only a way of writing names.</summary>
    private void AddLink(string name, string target)
    {
        var parts = new List<string>();
        foreach (var part in target.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
        }

        _links[name] = string.Join('/', parts);
    }
}
