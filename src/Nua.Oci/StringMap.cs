namespace Nua.Oci;

/// <summary>Maps from string to string, as annotations and labels are.</summary>
public static class StringMap
{
    public static readonly IReadOnlyDictionary<string, string> Empty =
        new SortedDictionary<string, string>(StringComparer.Ordinal).AsReadOnly();

    /// <summary>One entry, as the name of an image in an index is.</summary>
    public static IReadOnlyDictionary<string, string> Of(string key, string value) =>
        new SortedDictionary<string, string>(StringComparer.Ordinal) { [key] = value };
}
