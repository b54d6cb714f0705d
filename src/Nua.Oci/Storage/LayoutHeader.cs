using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;
using Nua.Oci.Json;

namespace Nua.Oci.Storage;

/// <summary>The file <c>oci-layout</c> that marks a directory as an image layout (image-layout.md).</summary>
internal static class LayoutHeader
{
    public const string FileName = "oci-layout";

    private static readonly string[] _keys = ["imageLayoutVersion"];

    public static ReadOnlySpan<byte> Content => """{"imageLayoutVersion":"1.0.0"}"""u8;

    /// <summary>The file is made once and never replaced, so that its lock can be the layout's.</summary>
    public static void CreateOrCheck(string directory, Func<string, ProblemException> notALayout)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            Create(path);
        }

        Check(UnlockedFile.ReadAllBytes(path), path, notALayout);
    }

    public static void Check(ReadOnlyMemory<byte> content, string where, Func<string, ProblemException> notALayout)
    {
        using var document = StrictJson.Parse(content, where);
        var version = JsonObjectReader.Open(document.RootElement, where, _keys).String("imageLayoutVersion");
        if (version != "1.0.0")
        {
            throw notALayout($"{FileName} says version '{Printable.Escape(version, 40)}', known is 1.0.0");
        }
    }

    private static void Create(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var file = DurableFile.Create(temporary, mode: 0x1A4))
            {
                DurableFile.Write(file, Content, temporary);
                DurableFile.Sync(file, temporary);
            }

            var result = Libc.RenameAt2(
                Libc.AtFdCwd, Posix.Path(temporary), Libc.AtFdCwd, Posix.Path(path), Libc.RenameNoReplace);
            if (result < 0 && Posix.LastError != Libc.EExist)
            {
                Posix.Throw(Posix.LastError, "renaming to", path);
            }

            DurableFile.SyncDirectory(Path.GetDirectoryName(path)!);
        }
        finally
        {
            DurableFile.Discard(temporary);
        }
    }
}
