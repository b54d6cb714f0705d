using System.Text;
using Nua.Build.Layers;
using Nua.Build.Packages;
using Nua.Build.Steps;
using Nua.Foundation;
using Nua.Rootfs;
using Nua.Rootfs.Trees;
using Nua.Sandbox;

namespace Nua.Build.Roots;

/// <summary>Runs dpkg inside a stack, on packages that apt resolved, verified and downloaded on the host. No network, no apt in the root.</summary>
internal sealed class PackageInstaller(BuildSession session)
{
    private const string Archives = "/nua/build/packages";

    /// <summary>Every time in package layers that is not a package's own.</summary>
    public const long Epoch = 1_735_689_600;

    /// <summary>Installs into the stack in the order apt gave.</summary>
    /// <param name="isFirst">The root has only unpacked files so far: everything is installed in one go.</param>
    public void Install(string stack, PackageSet set, bool isFirst)
    {
        var files = set.Packages.ToDictionary(p => p.Name, p => p.File, StringComparer.Ordinal);
        var script = new StringBuilder("set -e\n");
        if (isFirst)
        {
            script.Append("dpkg --force-depends ").Append(Cleaning.DpkgOptions).Append(" --install");
            foreach (var package in set.Packages)
            {
                script.Append(' ').Append(Quote(package.File));
            }

            script.Append('\n');
        }
        else
        {
            foreach (var action in set.Actions)
            {
                script.Append("dpkg ").Append(Cleaning.DpkgOptions).Append(action.IsUnpack ? " --unpack" : " --configure");
                foreach (var name in action.Names)
                {
                    script.Append(' ').Append(action.IsUnpack ? Quote(files[name]) : Quote(name));
                }

                script.Append('\n');
            }
        }

        Run(stack, script.ToString());
    }

    /// <summary>Reads what the installation wrote, as layer items: clean, and with times that do not depend on the hour.</summary>
    /// <param name="since">The file system's time when the installation began.</param>
    public IReadOnlyList<LayerItem> Collect(string stack, long since)
    {
        var items = new List<LayerItem>();
        foreach (var entry in session.Workshop.Scan(stack, "", upperOnly: true).Entries)
        {
            if (Cleaning.IsLeftOut(entry) || entry.Kind == TreeKind.Special)
            {
                continue;
            }

            var time = entry.ModifiedSeconds >= since ? Epoch : entry.ModifiedSeconds;
            ContentOrigin? origin = entry.Kind == TreeKind.File && !entry.IsHardLink ? new ContentOrigin.Stack(entry.Path) : null;
            items.Add(new LayerItem(entry with { ModifiedSeconds = time }, origin));
        }

        return WithWholeLinks(items);
    }

    private void Run(string stack, string script)
    {
        var lines = new LastLines(40);
        var result = session.Workshop.Run(
            stack,
            new ContainerOrder(["/bin/sh", "-c", script])
            {
                WorkDir = Archives,
                Env = new SortedDictionary<string, string>(StringComparer.Ordinal)
                {
                    ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    ["DEBIAN_FRONTEND"] = "noninteractive",
                    ["DEBCONF_NONINTERACTIVE_SEEN"] = "true",
                    ["DEBCONF_NOWARNINGS"] = "yes",
                    ["HOME"] = "/root",
                    ["LC_ALL"] = "C.UTF-8",
                    ["TZ"] = "UTC",
                    ["SOURCE_DATE_EPOCH"] = Epoch.ToString(),
                },
                Mounts =
                [
                    new ContainerMount("bind", session.Workshop.Place(session.Apt.Archives), Archives, IsReadOnly: true),
                    new ContainerMount("tmpfs", "tmpfs", "/tmp", Options: "mode=1777"),
                    new ContainerMount("tmpfs", "tmpfs", "/run", Options: "mode=0755"),
                ],
                Capabilities = CapabilitySets.Build,
                TimeLimit = TimeSpan.FromMinutes(30),
            },
            (_, bytes) => lines.Add(bytes.Span),
            cancel: session.Cancel);
        if (result.Status != 0)
        {
            throw new ProblemException(new Problem("NUA2210", "installing the Debian packages failed")
            {
                Why = (result.IsDiskFull ? "the disk of the store is full; " : "")
                    + $"dpkg ended with status {result.Status}: {string.Join(" | ", lines.Last(6))}",
                Remedy = result.IsDiskFull ? "free space, or run: nua prune" : "leave out the package that fails, or try --no-cache",
            });
        }
    }

    /// <summary>A hard link whose first name was left out becomes a file; dpkg makes such pairs.</summary>
    private static List<LayerItem> WithWholeLinks(List<LayerItem> items)
    {
        var names = new HashSet<string>(items.Select(item => item.Entry.Path), StringComparer.Ordinal);
        return items.FindAll(item => !item.Entry.IsHardLink || names.Contains(item.Entry.Link!));
    }

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
