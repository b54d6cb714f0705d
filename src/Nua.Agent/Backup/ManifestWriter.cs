using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Nua.Agent.Linux;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>
/// Writes <c>manifest.json</c> while the files are copied, so that its size does not matter. It stands under another
/// name until it is sealed:
/// <code>{"schema":1,"app_id":…,"files":[{"path":"volumes/data/a","type":"file","size":1,"sha256":…,"mode":"0644",…}],
/// "count":1,"bytes":1,"finished":…,"sha256":…}</code>
/// </summary>
internal sealed class ManifestWriter : IDisposable
{
    private const int _flushBytes = 64 * 1024;
    private const uint _mode = 0x1A0;

    private readonly ArrayBufferWriter<byte> _buffer = new(_flushBytes * 2);
    private readonly Utf8JsonWriter _json;
    private readonly Sha256 _hash = new();
    private readonly string _path;
    private readonly int _fd;
    private long _offset;

    public ManifestWriter(string path, BackupHeader header)
    {
        _path = path;
        var flags = Libc.OWrOnly | Libc.OCreat | Libc.OTrunc | Libc.ONoFollow | Libc.OCloExec;
        _fd = Posix.Check(Libc.Open(Posix.Path(path), flags, _mode), "creating", path);
        _json = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Indented = true });
        WriteHeader(header);
    }

    public long Count { get; private set; }

    public long Bytes { get; private set; }

    public void Add(BackupEntry entry)
    {
        _json.WriteStartObject();
        WriteName("path", entry.Path);
        _json.WriteString("type"u8, TypeName(entry.Kind));
        if (entry.Kind == EntryKind.File)
        {
            _json.WriteNumber("size"u8, entry.Size);
            _json.WriteString("sha256"u8, entry.Sha256);
            Count++;
            Bytes += entry.Size;
        }

        if (entry.Target is { } target)
        {
            WriteName("link", target);
        }

        if (entry.Kind != EntryKind.HardLink)
        {
            WriteStatus(entry);
        }

        _json.WriteEndObject();
        _json.Flush();
        if (_buffer.WrittenCount > _flushBytes)
        {
            Save();
        }
    }

    /// <summary>Ends the document and brings it to the disk. It is still under its temporary name.</summary>
    public void Finish(string finished)
    {
        _json.WriteEndArray();
        _json.WriteNumber("count"u8, Count);
        _json.WriteNumber("bytes"u8, Bytes);
        _json.WriteString("finished"u8, finished);
        _json.Flush();
        Save();
        FileBytes.WriteAll(_fd, ManifestSeal.Of(_hash.FinishHex()), _offset, _path);
        Posix.Check(Libc.Fsync(_fd), "syncing", _path);
    }

    public void Dispose()
    {
        _json.Dispose();
        _ = Libc.Close(_fd);
    }

    private static string TypeName(EntryKind kind) => kind switch
    {
        EntryKind.Directory => "dir",
        EntryKind.Link => "link",
        EntryKind.HardLink => "hardlink",
        EntryKind.Fifo => "fifo",
        _ => "file",
    };

    private void WriteHeader(BackupHeader header)
    {
        _json.WriteStartObject();
        _json.WriteNumber("schema"u8, 1);
        _json.WriteString("app_id"u8, header.AppId);
        _json.WriteString("instance"u8, header.Instance);
        _json.WriteString("version"u8, header.Version);
        _json.WriteString("image_digest"u8, header.ImageDigest);
        if (header.DataVersion is { } version)
        {
            _json.WriteNumber("data_version"u8, version);
        }
        else
        {
            _json.WriteNull("data_version"u8);
        }

        _json.WriteNumber("contract"u8, header.Contract);
        _json.WriteString("mode"u8, header.Mode);
        _json.WriteString("kind"u8, header.IsCopy ? "copy" : "command");
        _json.WriteBoolean("secrets"u8, false);
        _json.WriteString("writer"u8, "nua-agent " + CommandLine.Version);
        _json.WriteString("started"u8, header.Started);
        _json.WriteStartArray("volumes"u8);
        foreach (var volume in header.Volumes)
        {
            _json.WriteStartObject();
            _json.WriteString("name"u8, volume.Name);
            _json.WriteString("path"u8, volume.Path);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteStartArray("files"u8);
    }

    private void WriteStatus(BackupEntry entry)
    {
        _json.WriteString("mode"u8, "0" + Convert.ToString(entry.Mode, 8).PadLeft(3, '0'));
        _json.WriteNumber("uid"u8, entry.Uid);
        _json.WriteNumber("gid"u8, entry.Gid);
        _json.WriteString("mtime"u8, $"{entry.Seconds.ToString(CultureInfo.InvariantCulture)}.{entry.Nanoseconds:D9}");
        if (entry.Links > 1 && entry.Kind == EntryKind.File)
        {
            _json.WriteNumber("links"u8, entry.Links);
        }

        if (entry.Attributes.Count > 0)
        {
            _json.WriteStartObject("xattrs"u8);
            foreach (var attribute in entry.Attributes)
            {
                _json.WriteBase64String(attribute.Name, attribute.Value);
            }

            _json.WriteEndObject();
        }
    }

    /// <summary>JSON has no bytes: a name that is not UTF-8 goes into <c>…_base64</c>.</summary>
    private void WriteName(string key, string name)
    {
        var bytes = RawName.ToBytes(name);
        if (System.Text.Unicode.Utf8.IsValid(bytes))
        {
            _json.WriteString(key, bytes);
        }
        else
        {
            _json.WriteBase64String(key + "_base64", bytes);
        }
    }

    private void Save()
    {
        FileBytes.WriteAll(_fd, _buffer.WrittenSpan, _offset, _path);
        _hash.Append(_buffer.WrittenSpan);
        _offset += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }
}
