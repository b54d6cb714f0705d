using System.Text;
using Nua.Build.Metadata;
using Nua.Build.Toolchains;
using Nua.Rootfs;
using Nua.Sandbox;

namespace Nua.Build.Steps;

/// <summary>The container that the commands of a phase run in: its variables, and what is mounted beside the source. The same on every
/// machine, but for what a network needs.</summary>
internal sealed class StepContainer(
    Workshop workshop, IReadOnlyList<ResolvedToolchain> toolchains, HostNetworkSettings host, PackageCaches caches)
{
    public const string Home = "/tmp/home";

    private const string SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private int _private;

    /// <param name="epoch">Seconds since 1970; the time that everything in the image has.</param>
    public SortedDictionary<string, string> Env(long epoch)
    {
        var env = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["HOME"] = Home,
            ["TMPDIR"] = "/tmp",
            ["LANG"] = "C.UTF-8",
            ["LC_ALL"] = "C.UTF-8",
            ["TZ"] = "UTC",
            ["CI"] = "true",
            ["NO_COLOR"] = "1",
            ["DEBIAN_FRONTEND"] = "noninteractive",
            ["SOURCE_DATE_EPOCH"] = epoch.ToString(),
            ["NUA_BUILD"] = "1",
        };
        foreach (var (name, value) in host.Env.Concat(caches.Env).Concat(toolchains.SelectMany(t => t.BuildEnv)))
        {
            env[name] = value;
        }

        var path = toolchains.Select(t => t.BuildPath).Concat(["/nua/bin", "/nua/venv/bin", SystemPath]);
        env["PATH"] = string.Join(':', path.Distinct());
        return env;
    }

    /// <param name="secrets">Each becomes a file of its name in <c>/run/secrets</c>.</param>
    public List<ContainerMount> Mounts(IReadOnlyList<(string Id, byte[] Content)> secrets) =>
    [
        new("tmpfs", "tmpfs", "/tmp", Options: "mode=1777"),
        new("tmpfs", "tmpfs", Home, Options: "mode=0700"),
        new("tmpfs", "tmpfs", "/run", Options: "mode=0755"),
        .. caches.Mounts,
        .. toolchains.SelectMany(Toolchain),
        .. toolchains.SelectMany(toolchain => HomeOf(toolchain.BuildHome)),
        .. Host(),
        .. secrets.Select(secret => Private("secret", secret.Content, "/run/secrets/" + secret.Id)),
    ];

    private IEnumerable<ContainerMount> Toolchain(ResolvedToolchain toolchain) =>
        toolchain.Image.Append(toolchain.Build).Select(placement => Folder(placement.Source, placement.Target));

    private IEnumerable<ContainerMount> HomeOf(HomeContent content) =>
    [
        .. content.Folders.Select(folder => Folder(folder.Source, $"{Home}/{folder.Target}")),
        .. content.Files.Select(file => Private("home", Encoding.UTF8.GetBytes(file.Content), $"{Home}/{file.Target}")),
    ];

    private IEnumerable<ContainerMount> Host()
    {
        foreach (var bind in host.Binds)
        {
            // Files may be readable by the caller only; they go through memory. Folders are shown as they are.
            yield return File.Exists(bind.Source)
                ? Private("host", File.ReadAllBytes(bind.Source), bind.Target)
                : Folder(bind.Source, bind.Target);
        }

        if (!host.Binds.Any(bind => bind.Target == HostNames.Path))
        {
            // Without network too: programs that build start servers of their own and look for localhost.
            yield return Private("host", HostNames.Content, HostNames.Path);
        }

        foreach (var file in host.Files)
        {
            yield return Private("host", Encoding.UTF8.GetBytes(file.Content), file.Target);
        }
    }

    private ContainerMount Folder(string source, string target) => new("bind", workshop.Place(source), target, IsReadOnly: true);

    private ContainerMount Private(string kind, byte[] content, string target)
    {
        var name = $"{kind}-{_private++}";
        workshop.PutPrivate(name, content);
        return new ContainerMount("bind", "private:" + name, target, IsReadOnly: true);
    }
}
