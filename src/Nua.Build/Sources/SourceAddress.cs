using System.Text.RegularExpressions;

namespace Nua.Build.Sources;

/// <summary>Addresses as people write them, and how to show one without what must not be shown.</summary>
public static partial class SourceAddress
{
    /// <summary>The address without user, password, query and fragment (tokens live in all four). Text that is not an address
    /// comes back as it is, apart from anything that looks like <c>//user:password@</c>.</summary>
    public static string WithoutCredentials(string address)
    {
        var text = UserInfo().Replace(address, "://");
        var isRemote = text.Contains("://", StringComparison.Ordinal);
        var end = isRemote ? text.IndexOfAny(['?', '#']) : -1;
        return end >= 0 ? text[..end] : text;
    }

    /// <summary>The same for text around addresses, such as what a program printed.</summary>
    public static string WithoutCredentialsInText(string text) => Secret().Replace(UserInfo().Replace(text, "://"), "$1=…");

    public static bool IsHttp(string address) =>
        address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>The last path component, unescaped; what says how an archive is packed.</summary>
    public static string FileName(string address)
    {
        var path = IsHttp(address) && Uri.TryCreate(address, UriKind.Absolute, out var uri)
            ? Uri.UnescapeDataString(uri.AbsolutePath)
            : address;
        return path.TrimEnd('/').Split('/')[^1];
    }

    // The last @ before the path ends the user part: passwords may hold one themselves.
    [GeneratedRegex(@"://[^/\s?#'""]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"([?&](?:[a-z_-]*(?:token|secret|password|key|signature|sig|auth)[a-z_-]*))=[^&\s'""]+", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
