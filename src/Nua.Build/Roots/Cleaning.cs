using Nua.Rootfs;
using Nua.Rootfs.Trees;

namespace Nua.Build.Roots;

/// <summary>Keeps documentation for people, caches and logs out of package layers, and with them everything that differs between two
/// runs of the same installation.</summary>
internal static class Cleaning
{
    /// <summary>Options for dpkg: what it never unpacks. Copyright files stay, licences ask for it.</summary>
    public const string DpkgOptions =
        "--force-unsafe-io --path-exclude=/usr/share/doc/* --path-include=/usr/share/doc/*/copyright"
        + " --path-exclude=/usr/share/man/* --path-exclude=/usr/share/info/* --path-exclude=/usr/share/locale/*"
        + " --path-include=/usr/share/locale/locale.alias --path-exclude=/usr/share/lintian/* --path-exclude=/usr/share/bug/*"
        + " --path-exclude=/usr/share/groff/* --path-exclude=/usr/share/linda/*";

    private static readonly string[] _folders =
    [
        "var/cache/apt", "var/cache/debconf", "var/cache/ldconfig", "var/cache/man", "var/log", "var/lib/apt/lists", "tmp", "run",
        "usr/share/man", "usr/share/info", "usr/share/lintian", "usr/share/bug", "usr/share/groff", "nua", "root/.cache",
    ];

    private static readonly string[] _files =
    [
        "var/lib/dpkg/status-old", "var/lib/dpkg/diversions-old", "var/lib/dpkg/statoverride-old", "var/lib/dpkg/lock",
        "var/lib/dpkg/lock-frontend", "var/lib/dpkg/triggers/Lock", "var/lib/dpkg/available-old", "etc/.pwd.lock",
        "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/machine-id", "var/lib/systemd/random-seed",
        "var/lib/dbus/machine-id", "etc/hostname", "etc/resolv.conf", "etc/hosts",
    ];

    /// <summary>Whether a path below the root is left out of a package layer.</summary>
    public static bool IsLeftOut(TreeEntry entry)
    {
        var path = entry.Path;
        if (Array.IndexOf(_files, path) >= 0)
        {
            return true;
        }

        foreach (var folder in _folders)
        {
            if (path.StartsWith(folder, StringComparison.Ordinal) && path.Length > folder.Length && path[folder.Length] == '/')
            {
                return true;
            }
        }

        return IsDocumentation(entry) || path == "nua";
    }

    private static bool IsDocumentation(TreeEntry entry)
    {
        var path = entry.Path;
        if (path.StartsWith("usr/share/doc/", StringComparison.Ordinal))
        {
            return !entry.IsDirectory && !path.EndsWith("/copyright", StringComparison.Ordinal) && entry.Kind != TreeKind.Symlink;
        }

        return path.StartsWith("usr/share/locale/", StringComparison.Ordinal) && path != "usr/share/locale/locale.alias";
    }
}
