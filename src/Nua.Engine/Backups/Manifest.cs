using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Nua.Oci.Tar;

namespace Nua.Engine.Backups;

/// <summary>What ends a manifest.</summary>
/// <param name="Count">Entries listed.</param>
/// <param name="Bytes">Content of files as stored.</param>
/// <param name="Finished">UTC, informative only.</param>
internal sealed record ManifestEnd(long Count, long Bytes, DateTimeOffset Finished);

/// <summary>
/// The list of everything that went by, kept in a temporary file so that its size does not matter. Whoever writes a backup ends it with this list;
/// whoever reads one makes the same list again and compares. As text, each entry on a line of its own:
/// <code>
/// {"head":{…},
/// "files":[
/// {…},
/// {…}
/// ],
/// "end":{"count":2,"bytes":1,"finished":"…"}}
/// </code>
/// </summary>
internal sealed class Manifest : IDisposable
{
    public const string FileName = "manifest.json";
    private const int FlushBytes = 256 << 10;

    private readonly FileStream _spool;
    private readonly ArrayBufferWriter<byte> _lines = new(FlushBytes * 2);
    private readonly byte[] _buffer = new byte[256 << 10];

    /// <param name="folder">For the temporary file, which has no name once it is open.</param>
    public Manifest(string folder)
    {
        var path = Path.Combine(folder, $".manifest-{Guid.NewGuid():N}.tmp");
        _spool = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        File.Delete(path);
    }

    public long Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Passes an entry on and lists it. The content is read to its end.</summary>
    /// <param name="to">Null only looks.</param>
    /// <param name="shipped">The entry under its name there; null keeps it.</param>
    public void Pass(TarEntry entry, Stream content, TarWriter? to, TarEntry? shipped = null)
    {
        // A reader gives folders as the archive has them, with a slash at the end.
        entry = entry.Type == TarEntryType.Directory ? entry with { Path = entry.Path.TrimEnd('/') } : entry;
        string? sha256 = null;
        if (entry.Type == TarEntryType.File)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var hashed = new HashedContent(content, hash);
            if (to is null)
            {
                while (hashed.Read(_buffer) > 0)
                {
                }
            }
            else
            {
                to.Write(shipped ?? entry, hashed);
            }

            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            hash.GetHashAndReset(digest);
            sha256 = Convert.ToHexStringLower(digest);
            Bytes += entry.Size;
        }
        else
        {
            to?.Write(shipped ?? entry);
        }

        if (Count++ > 0)
        {
            _lines.Write(",\n"u8);
        }

        ManifestLine.Write(_lines, entry, sha256);
        if (_lines.WrittenCount > FlushBytes)
        {
            Flush();
        }
    }

    /// <summary>The whole manifest as a stream, which is good until something more is listed.</summary>
    /// <param name="head">As it stands in the backup, one line.</param>
    public (long Length, Stream Content) Compose(ReadOnlyMemory<byte> head, ManifestEnd end)
    {
        Flush();
        _spool.Position = 0;
        var (before, after) = Frame(head, end);
        return (before.Length + _spool.Length + after.Length, new JoinedStreams(new MemoryStream(before), _spool, new MemoryStream(after)));
    }

    /// <summary>Whether <paramref name="found"/> is, byte for byte, the manifest of what went by.</summary>
    /// <returns>Null when it is; else what differs first.</returns>
    public string? Compare(ReadOnlyMemory<byte> head, Stream found, long length)
    {
        Flush();
        var (before, _) = Frame(head, new ManifestEnd(0, 0, default));
        var rest = length - before.Length - _spool.Length;
        if (rest is < 0 or > 4096 || !Matches(found, new MemoryStream(before)))
        {
            return "it lists other files, or is of another backup";
        }

        _spool.Position = 0;
        if (!Matches(found, _spool))
        {
            return "a file is not as listed";
        }

        var tail = new byte[rest];
        found.ReadExactly(tail);
        var text = System.Text.Encoding.UTF8.GetString(tail);
        const string start = "\n],\n\"end\":";
        if (!text.StartsWith(start, StringComparison.Ordinal) || !text.EndsWith("}\n", StringComparison.Ordinal))
        {
            return "its end is malformed";
        }

        try
        {
            var end = JsonSerializer.Deserialize(text[start.Length..^2], BackupJson.Default.ManifestEnd);
            return end is null || end.Count != Count || end.Bytes != Bytes ? "it counts other files" : null;
        }
        catch (JsonException)
        {
            return "its end is malformed";
        }
    }

    public void Dispose() => _spool.Dispose();

    private static (byte[] Before, byte[] After) Frame(ReadOnlyMemory<byte> head, ManifestEnd end) =>
    (
        [.. "{\"head\":"u8, .. head.Span, .. ",\n\"files\":[\n"u8],
        [.. "\n],\n\"end\":"u8, .. JsonSerializer.SerializeToUtf8Bytes(end, BackupJson.Default.ManifestEnd), .. "}\n"u8]
    );

    private bool Matches(Stream found, Stream wanted)
    {
        var other = new byte[64 << 10];
        int count;
        while ((count = wanted.Read(_buffer, 0, other.Length)) > 0)
        {
            if (found.ReadAtLeast(other.AsSpan(0, count), count, throwOnEndOfStream: false) < count
                || !other.AsSpan(0, count).SequenceEqual(_buffer.AsSpan(0, count)))
            {
                return false;
            }
        }

        return true;
    }

    private void Flush()
    {
        _spool.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }
}
