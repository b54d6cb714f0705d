using System.Text;
using Nua.Foundation;

namespace Nua.Engine.Foreground;

/// <summary>The image config's <c>User</c> as numbers (image-spec config.md). A number is never looked up as a name.</summary>
internal static class Users
{
    /// <param name="read">Gives a file of the image, or nothing; at most 1 MiB.</param>
    /// <exception cref="ProblemException">NUA5005: no such user or group, or an id out of range.</exception>
    public static (uint Uid, uint Gid) Resolve(string? user, Func<string, byte[]> read)
    {
        if (string.IsNullOrEmpty(user))
        {
            return (0, 0);
        }

        var parts = user.Split(':', 2);
        if (parts.Length == 2 && TryId(parts[0], out var number) && TryId(parts[1], out var groupNumber))
        {
            // The usual case must not cost a look into the image.
            return (number, groupNumber);
        }

        var accounts = Lines(read, "etc/passwd");
        uint gid = 0;
        if (!TryId(parts[0], out var uid))
        {
            var account = accounts.FirstOrDefault(a => a.Length > 3 && a[0] == parts[0]);
            if (account is null || !TryId(account[2], out uid) || !TryId(account[3], out gid))
            {
                throw Unknown("user", parts[0]);
            }
        }
        else if (accounts.FirstOrDefault(a => a.Length > 3 && a[2] == parts[0]) is { } known)
        {
            _ = TryId(known[3], out gid);
        }

        if (parts.Length == 2 && !TryId(parts[1], out gid))
        {
            var group = Lines(read, "etc/group").FirstOrDefault(g => g.Length > 2 && g[0] == parts[1]);
            if (group is null || !TryId(group[2], out gid))
            {
                throw Unknown("group", parts[1]);
            }
        }

        return (uid, gid);
    }

    private static List<string[]> Lines(Func<string, byte[]> read, string file) =>
        [.. Encoding.UTF8.GetString(read(file)).Split('\n').Select(line => line.Split(':'))];

    /// <summary>The user namespace has 65536 ids.</summary>
    private static bool TryId(string text, out uint id) => uint.TryParse(text, out id) && id < 65536;

    private static ProblemException Unknown(string kind, string name) =>
        new(new Problem("NUA5005", $"the image names the {kind} '{Printable.Escape(name, 60)}', which it does not have")
        {
            Why = "ids from 0 to 65535 and names in the image's own /etc/passwd and /etc/group can be used",
        });
}
