namespace Nua.Oci.Storage;

/// <summary>Which image a person means.</summary>
internal static class StoreLookup
{
    private const int ShortestPrefix = 6;

    public static StoredImage? Find(IReadOnlyList<StoredImage> images, string text)
    {
        var exact = images.Where(image => image.Name == text).ToList();
        if (exact.Count == 0 && !ImageLocation.StoreName.HasTag(text))
        {
            exact = [.. images.Where(image => image.Name == text + ":latest")];
            if (exact.Count == 0)
            {
                exact = [.. images.Where(image => image.Name?.StartsWith(text + ":", StringComparison.Ordinal) == true)];
            }
        }

        if (exact.Count == 0)
        {
            exact = ByDigest(images, text);
        }

        return exact.Select(image => image.Manifest.Digest).Distinct().Count() switch
        {
            0 => null,
            1 => exact[0],
            _ => throw StoreProblem.Ambiguous(text, exact.Select(image => $"{image.Name ?? "(no name)"} {image.Manifest.Digest}")),
        };
    }

    /// <summary>Whether the text named the image by its name and not by its digest.</summary>
    public static bool IsByName(StoredImage image, string text) =>
        image.Name == text || image.Name?.StartsWith(text + ":", StringComparison.Ordinal) == true;

    private static List<StoredImage> ByDigest(IReadOnlyList<StoredImage> images, string text)
    {
        var hex = text.StartsWith("sha256:", StringComparison.Ordinal) ? text[7..] : text;
        return hex.Length >= ShortestPrefix && hex.All(char.IsAsciiHexDigitLower)
            ? [.. images.Where(image => image.Manifest.Digest.IsVerifiable
                && image.Manifest.Digest.Encoded.StartsWith(hex, StringComparison.Ordinal))]
            : [];
    }
}
