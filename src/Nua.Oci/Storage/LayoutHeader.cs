using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Oci.Json;

namespace Nua.Oci.Storage;

/// <summary>The file <c>oci-layout</c> that marks a directory as an image layout (image-layout.md).</summary>
internal static class LayoutHeader
{
    public const string FileName = "oci-layout";

    private static readonly string[] _keys = ["imageLayoutVersion"];

    public static ReadOnlySpan<byte> Content => """{"imageLayoutVersion":"1.0.0"}"""u8;

    public static void CreateOrCheck(string directory, Func<string, ProblemException> notALayout)
    {
        var path = Path.Combine(directory, FileName);
        if (File.Exists(path))
        {
            Check(File.ReadAllBytes(path), path, notALayout);
        }
        else
        {
            DurableFile.Replace(path, Content);
        }
    }

    public static void Check(byte[] content, string where, Func<string, ProblemException> notALayout)
    {
        using var document = StrictJson.Parse(content, where);
        var version = JsonObjectReader.Open(document.RootElement, where, _keys).String("imageLayoutVersion");
        if (version != "1.0.0")
        {
            throw notALayout($"{FileName} says version '{Printable.Escape(version, 40)}', known is 1.0.0");
        }
    }
}
