using Nua.Rootfs;
using Nua.Sandbox;

namespace Nua.Engine.Engines.Local;

/// <summary>Makes containers of one instance: the same root, limits and private files for the application and for verbs.</summary>
internal sealed class ContainerLaunch(ContainerRoots roots, string runc)
{
    private const string ResultPath = "/run/nua-result.json";

    /// <param name="besides">A live container whose processes this one may see; null for none.</param>
    /// <param name="resultFile">A file of ours for the verb's result; null for none.</param>
    public async Task<DetachedContainer> StartAsync(
        LocalContainer wanted, Action<int, ReadOnlyMemory<byte>> onOutput, DetachedContainer? besides = null, string? resultFile = null)
    {
        string root;
        lock (roots)
        {
            root = wanted.IsWrapped ? roots.MountWritable(wanted.Lowers) : roots.Mount(wanted.Lowers);
        }

        var secrets = roots.WritePrivate(wanted.Private, wanted.Uid, wanted.Gid);
        try
        {
            var spec = new ContainerSpec
            {
                Root = root,
                Argv = wanted.Argv,
                Env = resultFile is null ? wanted.Env : new SortedDictionary<string, string>(wanted.Env.ToDictionary(), StringComparer.Ordinal) { ["NUA_RESULT"] = ResultPath },
                WorkDir = wanted.WorkDir,
                Uid = wanted.Uid,
                Gid = wanted.Gid,
                Mounts = [.. Mounts(wanted, secrets, resultFile)],
                SharesNetwork = true,
                IsRootReadOnly = !wanted.IsWrapped,
                Capabilities = wanted.IsWrapped && wanted.Uid == 0 ? CapabilitySets.Wrapped : CapabilitySets.None,
                HostName = wanted.HostName,
                PidNamespaceOf = besides?.Pid,
            };
            var container = await DetachedContainer.StartAsync(runc, roots.State, spec, onOutput);
            _ = container.Ended.ContinueWith(_ => Drop(), TaskScheduler.Default);
            return container;
        }
        catch
        {
            Drop();
            throw;
        }

        void Drop()
        {
            ContainerRoots.RemovePrivate(secrets);
            if (wanted.IsWrapped)
            {
                lock (roots)
                {
                    roots.DropWritable(root);
                }
            }
        }
    }

    /// <summary>The packager's own file stands where the default would be.</summary>
    public bool HasOwnHealthScript(LocalContainer wanted)
    {
        lock (roots)
        {
            var script = new FileInfo(roots.Mount(wanted.Lowers) + "/nua/scripts/healthcheck");
            return script.LinkTarget is null && script is { Exists: true, Length: > 0 }
                && (script.Length > 4096 || !File.ReadAllText(script.FullName).Contains("nua-agent do healthcheck", StringComparison.Ordinal));
        }
    }

    private IEnumerable<ContainerMount> Mounts(LocalContainer wanted, string secrets, string? resultFile)
    {
        if (!wanted.IsWrapped)
        {
            // An image of others may ship what such a mount would hide, and writes its root anyway.
            yield return new ContainerMount("tmpfs", "tmpfs", "/tmp", Options: "mode=1777");
            yield return new ContainerMount("tmpfs", "tmpfs", "/run", Options: "mode=0755,size=4m");
        }

        // runc gives a tmpfs the mode that the image's own folder has, so /run stays closed; a folder that no image has gets the mode it is told.
        yield return new ContainerMount("tmpfs", "tmpfs", "/run/nua", Options: $"mode=0770,uid={wanted.Uid},gid={wanted.Gid},size=64m");
        foreach (var mount in wanted.Mounts)
        {
            var source = Resolve(mount.Source);
            if (mount.Source.StartsWith($"store:instances/{wanted.HostName}/cache/", StringComparison.Ordinal))
            {
                ContainerRoots.MakeCache(source, wanted.Uid, wanted.Gid);
            }

            yield return mount with { Source = source };
        }

        foreach (var (folder, target) in ((string, string)[])[("secrets", "/run/secrets"), ("bindings", "/bindings")])
        {
            if (Directory.Exists($"{secrets}/{folder}"))
            {
                yield return new ContainerMount("bind", $"{secrets}/{folder}", target, IsReadOnly: true);
            }
        }

        if (resultFile is not null)
        {
            yield return new ContainerMount("bind", resultFile, ResultPath);
        }

        foreach (var file in wanted.HasNetwork ? (string[])["/etc/resolv.conf", "/etc/hosts"] : [])
        {
            yield return new ContainerMount("bind", file, file, IsReadOnly: true);
        }
    }

    private string Resolve(string source) =>
        source.StartsWith("store:", StringComparison.Ordinal) ? $"{roots.Store}/{source[6..]}" : source;
}
