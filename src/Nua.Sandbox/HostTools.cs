using System.Diagnostics;
using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Sandbox;

/// <summary>
/// What the sandbox needs of the host, found once. Everything that is missing is reported in one go, each with the command
/// that installs it.
/// </summary>
/// <param name="Unshare">util-linux's <c>unshare</c>, 2.38 or later: makes the namespaces with the id maps.</param>
/// <param name="Runc">The OCI runtime.</param>
/// <param name="Uids">Ids of the namespace; for root the whole range, for others what follows their own id.</param>
public sealed record HostTools(string Unshare, string Runc, SubIdRange Uids, SubIdRange Gids)
{
    public static bool IsRoot => Libc.GetEuid() == 0;

    /// <exception cref="ProblemException">NUA4001…NUA4006, all that apply.</exception>
    public static HostTools Find()
    {
        var problems = new List<Problem>();
        var unshare = Program("unshare", "util-linux", "NUA4001", problems);
        var runc = Program("runc", "runc", "NUA4002", problems);
        Program("newuidmap", "uidmap", "NUA4003", problems);
        var user = UserName();
        var uids = Range("/etc/subuid", user, problems);
        var gids = Range("/etc/subgid", user, problems);
        if (problems.Count > 0)
        {
            throw new ProblemException(problems);
        }

        return new HostTools(unshare!, runc!, uids!, gids!);
    }

    /// <summary>The full path of a program on PATH or in the system's own folders; null when there is none.</summary>
    public static string? Locate(string program)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (var folder in path.Split(':').Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]))
        {
            var candidate = Path.Combine(folder, program);
            if (folder.Length > 0 && File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }

    private static string? Program(string name, string package, string code, List<Problem> problems)
    {
        var found = Locate(name);
        if (found is null)
        {
            problems.Add(new Problem(code, $"The program '{name}' is not installed on this machine")
            {
                Why = "builds and runs happen in a user namespace, which needs it",
                Remedy = $"{(IsRoot ? "" : "sudo ")}apt-get install {package}",
            });
        }

        return found;
    }

    private static SubIdRange? Range(string file, string user, List<Problem> problems)
    {
        var found = SubIdRange.Find(file, user, Libc.GetEuid());
        if (found is null)
        {
            problems.Add(new Problem("NUA4004", $"user '{user}' has no range of 65536 ids in {file}")
            {
                Why = "files of an image belong to ids that must not be the host's own",
                Remedy = $"echo {user}:100000:65536 {(IsRoot ? ">>" : "| sudo tee -a")} {file}"
                    + "   (choose a start that no other line uses)",
            });
        }

        return found;
    }

    private static string UserName()
    {
        var uid = Libc.GetEuid();
        foreach (var line in File.ReadLines("/etc/passwd"))
        {
            var parts = line.Split(':');
            if (parts.Length > 2 && parts[2] == uid.ToString())
            {
                return parts[0];
            }
        }

        return uid.ToString();
    }
}
