using System.Globalization;
using System.Text.Json;
using Nua.Agent.Linux;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>Reads a manifest from its beginning: the header, then each entry in the order of the file.</summary>
internal sealed class ManifestReader
{
    private readonly string _path;
    private readonly JsonTokens _tokens;

    private ManifestReader(string path, int fd) => (_path, _tokens) = (path, new JsonTokens(fd, path));

    /// <param name="each">Called with every entry, after the header is known.</param>
    /// <returns>the header.</returns>
    /// <exception cref="ProblemException">NUA6041 without a manifest, NUA6042 when it is damaged; exit code
    /// 65.</exception>
    public static BackupHeader Read(string path, Action<BackupHeader, BackupEntry> each)
    {
        var fd = Libc.Open(Posix.Path(path), Libc.ORdOnly | Libc.ONoFollow | Libc.OCloExec, 0);
        if (fd < 0)
        {
            throw Refusal.NotABackup(path, "there is no manifest.json that can be read");
        }

        try
        {
            var header = new ManifestReader(path, fd).Document(each);
            return ManifestSeal.Holds(fd, path)
                ? header : throw Refusal.BackupDamaged(path, "its SHA-256 is not the one it ends with");
        }
        catch (Exception e) when (
            e is JsonException or FormatException or OverflowException or InvalidOperationException)
        {
            throw Refusal.BackupDamaged(path, "the manifest is not what the agent writes");
        }
        finally
        {
            _ = Libc.Close(fd);
        }
    }

    private BackupHeader Document(Action<BackupHeader, BackupEntry> each)
    {
        Expect(JsonTokenType.StartObject);
        var header = new BackupHeader();
        var count = 0L;
        var isComplete = false;
        while (NextName() is { } name)
        {
            switch (name)
            {
                case "files":
                    Expect(JsonTokenType.StartArray);
                    while (Next() == JsonTokenType.StartObject)
                    {
                        var entry = Entry();
                        count += entry.Kind == EntryKind.File ? 1 : 0;
                        each(header, entry);
                    }

                    break;
                case "volumes":
                    header = header with { Volumes = Volumes() };
                    break;
                case "count":
                    isComplete = Number() == count;
                    break;
                default:
                    header = Header(header, name);
                    break;
            }
        }

        return isComplete
            ? header : throw Refusal.BackupDamaged(_path, "the manifest does not list as many files as it says");
    }

    private BackupHeader Header(BackupHeader header, string name)
    {
        switch (name)
        {
            case "schema":
                return Number() == 1
                    ? header
                    : throw Refusal.BackupForeign("the backup was written by a newer agent",
                    "restore it with a newer image");
            case "contract":
                return header with { Contract = (int)Number() };
            case "data_version":
                return Next() == JsonTokenType.Null ? header
                    : header with { DataVersion = int.Parse(_tokens.Text, NumberStyles.None,
                        CultureInfo.InvariantCulture) };
        }

        Next();
        var text = _tokens.Text;
        switch (name)
        {
            case "app_id":
                return header with { AppId = text };
            case "version":
                return header with { Version = text };
            case "mode":
                return header with { Mode = text };
            case "kind":
                return header with { IsCopy = text == "copy" };
            default:
                Skip();
                return header;
        }
    }

    private List<VolumeName> Volumes()
    {
        var volumes = new List<VolumeName>();
        Expect(JsonTokenType.StartArray);
        while (Next() == JsonTokenType.StartObject)
        {
            var (name, path) = ("", "");
            while (NextName() is { } key)
            {
                Next();
                (name, path) = key switch { "name" => (_tokens.Text, path), "path" => (name, _tokens.Text),
                    _ => (name, path) };
                Skip();
            }

            volumes.Add(new VolumeName(name, path));
        }

        return volumes;
    }

    private BackupEntry Entry()
    {
        var entry = new BackupEntry("", EntryKind.File);
        while (NextName() is { } name)
        {
            if (name == "xattrs")
            {
                entry = entry with { Attributes = Attributes() };
                continue;
            }

            Next();
            entry = Field(entry, name, _tokens.Text);
        }

        return entry.Path.Length > 0 ? entry : throw new FormatException();
    }

    private BackupEntry Field(BackupEntry entry, string name, string text)
    {
        switch (name)
        {
            case "path":
                return entry with { Path = text };
            case "path_base64":
                return entry with { Path = RawName.FromBytes(Convert.FromBase64String(text)) };
            case "type":
                return entry with { Kind = Kind(text) };
            case "size":
                return entry with { Size = long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) };
            case "sha256":
                return entry with { Sha256 = text };
            case "mode":
                return entry with { Mode = Octal(text) };
            case "uid":
                return entry with { Uid = uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) };
            case "gid":
                return entry with { Gid = uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) };
            case "links":
                return entry with { Links = uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) };
            case "link":
                return entry with { Target = text };
            case "link_base64":
                return entry with { Target = RawName.FromBytes(Convert.FromBase64String(text)) };
            case "mtime":
                var (seconds, nanoseconds) = Time(text);
                return entry with { Seconds = seconds, Nanoseconds = nanoseconds };
            default:
                Skip();
                return entry;
        }
    }

    /// <summary>Permissions in octal, as they are written: four digits, five with a special bit.</summary>
    private static uint Octal(string text) =>
        text.Length is 4 or 5 && text[0] == '0' && text.All(digit => digit is >= '0' and <= '7')
            ? Convert.ToUInt32(text, 8) : throw new FormatException();

    /// <summary>Seconds since 1970 and nanoseconds, with a point between them.</summary>
    private static (long Seconds, uint Nanoseconds) Time(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var seconds = long.Parse(text.AsSpan(0, Math.Max(point, 0)), NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture);
        var nanoseconds = uint.Parse(text.AsSpan(point + 1), NumberStyles.None, CultureInfo.InvariantCulture);
        return nanoseconds < 1_000_000_000 ? (seconds, nanoseconds) : throw new FormatException();
    }

    private static EntryKind Kind(string text) => text switch
    {
        "file" => EntryKind.File,
        "dir" => EntryKind.Directory,
        "link" => EntryKind.Link,
        "hardlink" => EntryKind.HardLink,
        "fifo" => EntryKind.Fifo,
        _ => throw new FormatException(),
    };

    private List<ExtendedAttribute> Attributes()
    {
        var attributes = new List<ExtendedAttribute>();
        Expect(JsonTokenType.StartObject);
        while (NextName() is { } name)
        {
            Expect(JsonTokenType.String);
            attributes.Add(new ExtendedAttribute(name, Convert.FromBase64String(_tokens.Text)));
        }

        return attributes;
    }

    private JsonTokenType Next() => _tokens.Next() ? _tokens.Type : throw new JsonException();

    /// <summary>The next name of an object; null at its end.</summary>
    private string? NextName() => Next() == JsonTokenType.EndObject ? null : _tokens.Text;

    private void Expect(JsonTokenType type)
    {
        if (Next() != type)
        {
            throw new JsonException();
        }
    }

    private long Number()
    {
        Expect(JsonTokenType.Number);
        return long.Parse(_tokens.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    /// <summary>Passes over the rest of a value that has just begun.</summary>
    private void Skip()
    {
        var depth = _tokens.Type is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0;
        while (depth > 0)
        {
            depth += Next() switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                _ => 0,
            };
        }
    }
}
