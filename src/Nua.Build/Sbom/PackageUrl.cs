using System.Text;

namespace Nua.Build.Sbom;

/// <summary>Package URLs (purl) in canonical form: percent-encoded, qualifiers sorted.</summary>
public static class PackageUrl
{
    /// <param name="type"><c>deb</c>, <c>npm</c>, <c>pypi</c>, <c>nuget</c>, <c>generic</c>.</param>
    /// <param name="space">Namespace segments, or null.</param>
    /// <param name="qualifiers">Sorted by key; empty values are left out.</param>
    public static string Of(string type, string? space, string name, string version, params ReadOnlySpan<(string Key, string? Value)> qualifiers)
    {
        var result = new StringBuilder("pkg:").Append(type).Append('/');
        if (space is not null)
        {
            result.Append(Encode(space)).Append('/');
        }

        result.Append(Encode(name));
        if (version.Length > 0)
        {
            result.Append('@').Append(Encode(version));
        }

        var separator = '?';
        foreach (var (key, value) in qualifiers)
        {
            if (!string.IsNullOrEmpty(value))
            {
                result.Append(separator).Append(key).Append('=').Append(Encode(value));
                separator = '&';
            }
        }

        return result.ToString();
    }

    private static string Encode(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~' or ':')
            {
                result.Append(c);
            }
            else
            {
                result.Append('%').Append(b.ToString("X2"));
            }
        }

        return result.ToString();
    }
}
