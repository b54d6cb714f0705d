using System.Text.Json;
using Nua.Check.Reports;

namespace Nua.Check.Inspecting;

/// <summary>An inspection for programs. Names and meanings are stable; new members may be added.</summary>
public static class InspectionJson
{
    /// <summary>
    /// <code>
    /// {"schema":1,"image":"sha256:…","platform":"linux/amd64","is_nua_image":true,"app":{"id":"notes","version":"1.0"},"size":1,
    ///  "layers":[{"digest","diff_id","purpose","size","file_bytes","entries","whiteouts"}],
    ///  "tree":[{"path","type","mode","uid","gid","size","target"}],"verbs":[{"name","origin","path"}],
    ///  "start":["…"],"user":"10001:0","ports":["8080/tcp"],"lifecycle":{…},
    ///  "sbom":{"components":{"deb":80}},"unattributed":{"count":0,"files":[]},"labels":{…},
    ///  "attachments":[{"digest","subject","type","tag","size"}],"problems":[]}
    /// </code>
    /// </summary>
    public static void Write(ImageInspection image, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("schema", 1);
        json.WriteString("image", image.Digest);
        json.WriteString("platform", image.Platform);
        json.WriteBoolean("is_nua_image", image.IsNuaImage);
        json.WriteStartObject("app");
        json.WriteString("id", image.AppId);
        json.WriteString("version", image.AppVersion);
        json.WriteEndObject();
        json.WriteNumber("size", image.Size);
        WriteLayers(image, json);
        WriteTree(image, json);
        WriteVerbs(image, json);
        WriteTexts(json, "start", image.Start);
        json.WriteString("user", image.User);
        WriteTexts(json, "ports", image.Ports);
        json.WritePropertyName("lifecycle");
        json.WriteRawValue(image.LifecycleJson ?? "null");
        json.WriteStartObject("sbom");
        json.WriteStartObject("components");
        foreach (var (type, count) in image.Components)
        {
            json.WriteNumber(type, count);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("unattributed");
        json.WriteNumber("count", image.Unattributed.Count);
        WriteTexts(json, "files", image.Unattributed);
        json.WriteEndObject();
        json.WriteStartObject("labels");
        foreach (var (name, value) in image.Labels)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        WriteAttachments(image, json);
        WriteTexts(json, "problems", image.Problems);
        json.WriteEndObject();
    }

    internal static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
            json.FlushSome();
        }

        json.WriteEndArray();
    }

    private static void WriteLayers(ImageInspection image, Utf8JsonWriter json)
    {
        json.WriteStartArray("layers");
        foreach (var layer in image.Layers)
        {
            json.WriteStartObject();
            json.WriteString("digest", layer.Digest);
            json.WriteString("diff_id", layer.DiffId);
            json.WriteString("purpose", layer.Purpose);
            json.WriteNumber("size", layer.Size);
            json.WriteNumber("file_bytes", layer.FileBytes);
            json.WriteNumber("entries", layer.Entries);
            json.WriteNumber("whiteouts", layer.Whiteouts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteAttachments(ImageInspection image, Utf8JsonWriter json)
    {
        json.WriteStartArray("attachments");
        foreach (var attachment in image.Attachments)
        {
            json.WriteStartObject();
            json.WriteString("digest", attachment.Digest);
            json.WriteString("subject", attachment.Subject);
            json.WriteString("type", attachment.Type);
            json.WriteString("tag", attachment.Tag);
            json.WriteNumber("size", attachment.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteTree(ImageInspection image, Utf8JsonWriter json)
    {
        json.WriteStartArray("tree");
        foreach (var file in image.Tree)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("type", file.Type);
            json.WriteString("mode", file.Mode);
            json.WriteNumber("uid", file.Uid);
            json.WriteNumber("gid", file.Gid);
            json.WriteNumber("size", file.Size);
            json.WriteString("target", file.Target);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteVerbs(ImageInspection image, Utf8JsonWriter json)
    {
        json.WriteStartArray("verbs");
        foreach (var verb in image.Verbs)
        {
            json.WriteStartObject();
            json.WriteString("name", verb.Name);
            json.WriteString("origin", InspectionText.Word(verb.Origin));
            json.WriteString("path", verb.Path);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
