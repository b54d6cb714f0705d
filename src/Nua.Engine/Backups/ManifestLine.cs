using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Nua.Foundation.Linux;
using Nua.Oci.Tar;

namespace Nua.Engine.Backups;

/// <summary>
/// One entry of a backup as one line of its manifest, always the same for the same entry:
/// <code>{"path":"volumes/data/a","type":"file","size":1,"sha256":"…","mode":"0644","uid":10001,"gid":0,"mtime":"0.000000000"}</code>
/// and where they apply <c>sparse_size</c>, <c>link</c>, <c>xattrs</c> (base64). A name that is not UTF-8 is <c>path_base64</c>, <c>link_base64</c>.
/// </summary>
internal static class ManifestLine
{
    /// <param name="sha256">Of the content as it is stored; files only.</param>
    public static void Write(ArrayBufferWriter<byte> output, TarEntry entry, string? sha256)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        Name(json, "path", entry.Path);
        json.WriteString("type"u8, TypeName(entry.Type));
        if (entry.Type == TarEntryType.File)
        {
            json.WriteNumber("size"u8, entry.Size);
            if (entry.SparseSize is { } sparse)
            {
                json.WriteNumber("sparse_size"u8, sparse);
            }

            json.WriteString("sha256"u8, sha256);
        }

        if (entry.LinkTarget is { } link)
        {
            Name(json, "link", link);
        }

        json.WriteString("mode"u8, "0" + Convert.ToString(entry.Mode, 8).PadLeft(3, '0'));
        json.WriteNumber("uid"u8, entry.Uid);
        json.WriteNumber("gid"u8, entry.Gid);
        json.WriteString(
            "mtime"u8, string.Create(CultureInfo.InvariantCulture, $"{entry.Modified.Seconds}.{entry.Modified.Nanoseconds:d9}"));
        if (entry.Xattrs.Count > 0)
        {
            json.WriteStartObject("xattrs"u8);
            foreach (var (name, value) in entry.Xattrs)
            {
                json.WriteBase64String(name, value.Span);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static string TypeName(TarEntryType type) => type switch
    {
        TarEntryType.File => "file",
        TarEntryType.Directory => "dir",
        TarEntryType.SymbolicLink => "link",
        TarEntryType.HardLink => "hardlink",
        TarEntryType.Fifo => "fifo",
        _ => "device",
    };

    private static void Name(Utf8JsonWriter json, string key, string name)
    {
        var bytes = RawName.ToBytes(name);
        if (Utf8.IsValid(bytes))
        {
            json.WriteString(key, bytes);
        }
        else
        {
            json.WriteBase64String(key + "_base64", bytes);
        }
    }
}
