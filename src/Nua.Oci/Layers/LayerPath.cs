using Nua.Foundation;

namespace Nua.Oci.Layers;

/// <summary>Paths of layer entries, made one spelling: <c>./a//b/</c>, <c>/a/b</c> and <c>a/b</c> are the same, the
/// root is empty.</summary>
internal static class LayerPath
{
    /// <summary>Longest path in an unpacked tree, as Linux has it. Links can lead deeper than any single name could.</summary>
    public const int MaxLength = 4095;

    /// <exception cref="ProblemException">NUA3026: <c>..</c> has no business in a layer.</exception>
    public static string Normalise(string path, string where)
    {
        if (IsNormal(path))
        {
            return path;
        }

        var parts = path.Split('/').Where(part => part is not ("" or ".")).ToList();
        return parts.Contains("..")
            ? throw new ProblemException(
                new Problem("NUA3026", $"'{Printable.Escape(path, 200)}' leads out of the image") { Where = where })
            : string.Join('/', parts);
    }

    /// <summary>What is before the last slash; empty for the root and for what is in it.</summary>
    public static string Parent(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    public static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];

    public static string Join(string directory, string name) => directory.Length == 0 ? name : $"{directory}/{name}";

    private static bool IsNormal(string path)
    {
        var start = 0;
        while (true)
        {
            var end = path.IndexOf('/', start);
            var part = path.AsSpan(start, (end < 0 ? path.Length : end) - start);
            if (part is "" or "." or "..")
            {
                return false;
            }

            if (end < 0)
            {
                return true;
            }

            start = end + 1;
        }
    }
}
