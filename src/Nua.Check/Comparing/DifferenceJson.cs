using System.Text.Json;
using Nua.Check.Reports;

namespace Nua.Check.Comparing;

/// <summary>A difference for programs. Names and meanings are stable; new members may be added.</summary>
public static class DifferenceJson
{
    /// <summary>
    /// <code>
    /// {"schema":1,"a":{"image","compressed","files","layers"},"b":{…},"same_content":false,
    ///  "packages":[{"name","before","after"}],"configuration":[…],"files":[{"path","what","size_before","size_after"}]}
    /// </code>
    /// </summary>
    public static void Write(ImageDifference difference, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schema", 1);
        WriteSide(json, "a", difference.DigestA, difference.SizesA);
        WriteSide(json, "b", difference.DigestB, difference.SizesB);
        json.WriteBoolean("same_content", difference.IsSameContent);
        WriteChanges(json, "packages", difference.Packages);
        WriteChanges(json, "configuration", difference.Configuration);
        json.WriteStartArray("files");
        foreach (var file in difference.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("what", file.What);
            json.WriteNumber("size_before", file.SizeBefore);
            json.WriteNumber("size_after", file.SizeAfter);
            json.WriteEndObject();
            json.FlushSome();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteSide(Utf8JsonWriter json, string name, string digest, ImageSizes sizes)
    {
        json.WriteStartObject(name);
        json.WriteString("image", digest);
        json.WriteNumber("compressed", sizes.Compressed);
        json.WriteNumber("files", sizes.Files);
        json.WriteNumber("layers", sizes.Layers);
        json.WriteEndObject();
    }

    private static void WriteChanges(Utf8JsonWriter json, string name, IReadOnlyList<Change> changes)
    {
        json.WriteStartArray(name);
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteString("name", change.Name);
            json.WriteString("before", change.Before);
            json.WriteString("after", change.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
