using System.Net;
using System.Net.Sockets;

namespace Nua.Oci;

/// <summary>The expressions of distribution-spec (spec.md, "Pulling manifests") and of image-spec's <c>ref.name</c>, as
/// predicates that take time linear in the text.</summary>
public static class ReferenceGrammar
{
    /// <summary><c>[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}</c></summary>
    public static bool IsTag(string text) =>
        text.Length is > 0 and <= 128 && text[0] is not ('.' or '-') && text.AsSpan().IndexOfAnyExcept(CharacterSets.Tag) < 0;

    /// <summary>Lower-case components joined by <c>/</c>; inside one, runs of letters and digits separated by one of
    /// <c>.</c>, <c>_</c>,
    /// <c>__</c> or any number of <c>-</c>.</summary>
    public static bool IsRepository(string text) =>
        text.Length is > 0 and <= 255 && text.Split('/').All(IsRepositoryPart);

    /// <summary>A name in <c>index.json</c> (annotations.md, <c>ref.name</c>): letters and digits separated by one of
    /// <c>- . _ : @ +</c> or <c>--</c>, in components joined by <c>/</c>; at most 512 characters.</summary>
    public static bool IsRefName(string text) =>
        text.Length is > 0 and <= 512 && text.Split('/').All(IsRefComponent);

    /// <summary>A host with a dot, a port, brackets (IPv6), or <c>localhost</c>.</summary>
    public static bool IsHost(string text)
    {
        if (text.StartsWith('['))
        {
            var close = text.IndexOf(']', StringComparison.Ordinal);
            return close > 1 && IPAddress.TryParse(text[1..close], out var address)
                && address.AddressFamily == AddressFamily.InterNetworkV6 && IsPortSuffix(text[(close + 1)..]);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? text : text[..colon];
        var isHost = colon >= 0 || name == "localhost" || name.Contains('.', StringComparison.Ordinal);
        return isHost && IsPortSuffix(colon < 0 ? "" : text[colon..]) && name.Length <= 253 && name.Split('.').All(IsLabel);
    }

    private static bool IsPortSuffix(string text) =>
        text.Length == 0 || (text.Length is >= 2 and <= 6 && text[0] == ':' && ushort.TryParse(
            text.AsSpan(1), System.Globalization.NumberStyles.None, null, out var port) && port > 0);

    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && char.IsAsciiLetterOrDigit(label[0]) && char.IsAsciiLetterOrDigit(label[^1])
        && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static bool IsRepositoryPart(string part)
    {
        if (part.Length == 0 || !IsLowerOrDigit(part[0]) || !IsLowerOrDigit(part[^1]))
        {
            return false;
        }

        for (var i = 0; i < part.Length; i++)
        {
            if (IsLowerOrDigit(part[i]))
            {
                continue;
            }

            var start = i;
            while (!IsLowerOrDigit(part[i + 1]))
            {
                i++;
            }

            var separator = part[start..(i + 1)];
            if (separator is not ("." or "_" or "__") && separator.Any(c => c != '-'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsRefComponent(string part)
    {
        if (part.Length == 0 || !char.IsAsciiLetterOrDigit(part[0]) || !char.IsAsciiLetterOrDigit(part[^1]))
        {
            return false;
        }

        for (var i = 1; i < part.Length; i++)
        {
            if (char.IsAsciiLetterOrDigit(part[i]))
            {
                continue;
            }

            if (!"-._:@+".Contains(part[i], StringComparison.Ordinal))
            {
                return false;
            }

            var isDoubleDash = part[i] == '-' && part[i + 1] == '-';
            i += isDoubleDash ? 1 : 0;
            if (!char.IsAsciiLetterOrDigit(part[i + 1]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
