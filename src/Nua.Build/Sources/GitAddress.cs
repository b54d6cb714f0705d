using System.Text.RegularExpressions;
using Nua.Foundation;

namespace Nua.Build.Sources;

/// <summary>A repository's address after the checks: what git is given, what people are shown, and the one protocol allowed.</summary>
/// <param name="Url">May hold credentials; never printed or recorded.</param>
internal sealed partial record GitAddress(string Url, string Shown, string Protocol)
{
    /// <exception cref="ProblemException">NUA2112: no address that may be used.</exception>
    public static GitAddress Parse(string address, string projectFolder)
    {
        var shown = SourceAddress.WithoutCredentials(address);
        if (address.Length == 0 || address[0] == '-' || address.Any(char.IsControl))
        {
            throw SourceProblems.BadGitAddress(shown, "it is empty, begins like an option or holds control characters");
        }

        var scheme = Scheme().Match(address);
        if (scheme.Success)
        {
            return scheme.Groups[1].Value.ToLowerInvariant() switch
            {
                "https" or "http" or "ssh" or "git" => Remote(address, shown, scheme.Groups[1].Value.ToLowerInvariant()),
                "file" => Local(address["file://".Length..], shown, projectFolder),
                var other => throw SourceProblems.BadGitAddress(shown, $"'{Printable.Escape(other, 40)}' is not an allowed protocol"),
            };
        }

        if (address.Contains("::", StringComparison.Ordinal))
        {
            throw SourceProblems.BadGitAddress(shown, "it names a transport program");
        }

        // git's own rule: a colon before the first slash makes it HOST:PATH over ssh.
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var slash = address.IndexOf('/', StringComparison.Ordinal);
        return colon > 0 && (slash < 0 || colon < slash)
            ? new GitAddress(address, address[(address.IndexOf('@', StringComparison.Ordinal) + 1)..], "ssh")
            : Local(address, shown, projectFolder);
    }

    private static GitAddress Remote(string address, string shown, string protocol)
    {
        var isHost = Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.Host[0] != '-';
        return isHost
            ? new GitAddress(address, shown, protocol)
            : throw SourceProblems.BadGitAddress(shown, "it has no host");
    }

    private static GitAddress Local(string path, string shown, string projectFolder)
    {
        var full = Path.GetFullPath(path, projectFolder);
        return Directory.Exists(full)
            ? new GitAddress("file://" + full, shown, "file")
            : throw SourceProblems.BadGitAddress(shown, "there is no such folder on this machine");
    }

    [GeneratedRegex(@"\A([A-Za-z][A-Za-z0-9+.-]*)://", RegexOptions.CultureInvariant)]
    private static partial Regex Scheme();
}
