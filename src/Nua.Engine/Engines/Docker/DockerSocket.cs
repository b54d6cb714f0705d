using Nua.Foundation;
using Nua.Foundation.Linux;

namespace Nua.Engine.Engines.Docker;

/// <summary>The socket of the Docker Engine or Podman on this machine. Engines of other machines are not for instances: their data is here.</summary>
/// <param name="IsRootless">It belongs to a user other than root, so containers' ids are that user's sub-ids.</param>
public sealed record DockerSocket(string Path, bool IsRootless)
{
    /// <summary><c>DOCKER_HOST</c>, else the first that exists of Docker's and Podman's usual places, the user's own before the system's.</summary>
    /// <exception cref="ProblemException">NUA5300 there is none; NUA5301 it is not on this machine; NUA5302 it is another user's.</exception>
    public static DockerSocket Find(Func<string, string?> environment)
    {
        var path = environment("DOCKER_HOST") is { Length: > 0 } host ? FromHost(host) : Usual(environment).FirstOrDefault(File.Exists);
        if (path is null || !File.Exists(path))
        {
            throw new ProblemException(new Problem("NUA5300", "no Docker Engine or Podman answers on this machine")
            {
                Where = Printable.Escape(path ?? string.Join(", ", Usual(environment)), 300),
                Remedy = "start it (systemctl start docker, or podman system service), set DOCKER_HOST=unix://PATH, or use --engine local",
            });
        }

        var (owner, own) = (Owner(path), Libc.GetEuid());
        return own == 0 || own == owner
            ? new DockerSocket(path, owner != 0)
            : throw new ProblemException(new Problem("NUA5302", "this engine belongs to another user, who would own the instance's data")
            {
                Where = Printable.Escape(path, 300),
                Remedy = "run nua as that user (sudo nua …), use a rootless engine of your own (podman system service), or --engine local",
            });
    }

    private static string FromHost(string host)
    {
        const string Prefix = "unix://";
        return host.StartsWith(Prefix, StringComparison.Ordinal)
            ? host[Prefix.Length..]
            : throw new ProblemException(new Problem("NUA5301", $"DOCKER_HOST is '{Printable.Escape(host, 120)}'")
            {
                Why = "an instance's data lies on this machine, so its engine must be here too",
                Remedy = "unset it, or set DOCKER_HOST=unix://PATH",
            });
    }

    private static IEnumerable<string> Usual(Func<string, string?> environment)
    {
        if (environment("XDG_RUNTIME_DIR") is { Length: > 0 } run && Libc.GetEuid() != 0)
        {
            yield return $"{run}/docker.sock";
            yield return $"{run}/podman/podman.sock";
        }

        yield return "/var/run/docker.sock";
        yield return "/run/podman/podman.sock";
    }

    private static unsafe uint Owner(string path)
    {
        Libc.StatxBuffer stat;
        Posix.Check(Libc.Statx(Libc.AtFdCwd, Posix.Path(path), 0, 0x7FF, &stat), "reading", path);
        return stat.Uid;
    }
}
