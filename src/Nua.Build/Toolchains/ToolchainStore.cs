using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Nua.Build.Sources;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Build.Toolchains;

/// <summary>
/// Unpacked toolchains, <c>caches/toolchains/NAME-VERSION-ARCH-INTEGRITY/</c>: <c>package/</c> as published, <c>bin/</c> with a relative link for
/// every command, and <c>toolchain.json</c>, written last. A folder appears whole by rename after everything in it is on the disk, so one
/// that is there is complete. Builds at the same time wait for each other per toolchain.
/// </summary>
internal sealed class ToolchainStore(
    string folder, NpmRegistry registry, IReadOnlyDictionary<string, string> environment, Architecture architecture, TimeProvider time)
{
    private const string Seal = "toolchain.json";

    /// <summary>The folder of a version, downloaded and unpacked when it is not there yet.</summary>
    public async Task<string> EnsureAsync(
        ToolchainCatalog tool, string package, SemVer version, NpmVersion facts, CancellationToken cancellationToken)
    {
        if (!NpmIntegrity.TryParse(facts.Integrity, out var integrity))
        {
            throw ToolchainProblems.NoIntegrity(package, version.ToString());
        }

        var name = $"{tool.Name}-{version}-{architecture.ToString().ToLowerInvariant()}-{integrity.Short}";
        var final = Path.Combine(folder, name);
        if (File.Exists(Path.Combine(final, Seal)))
        {
            return final;
        }

        DurableFile.CreateDirectory(folder);
        using var held = await LockAsync(Path.Combine(folder, $".{name}.lock"), cancellationToken).ConfigureAwait(false);
        if (File.Exists(Path.Combine(final, Seal)))
        {
            return final;
        }

        var temporary = Path.Combine(folder, $".{name}.tmp");
        Remove(temporary); // of a build that was ended while it held the lock
        try
        {
            await UnpackAsync(tool, package, version, facts, integrity, temporary, cancellationToken).ConfigureAwait(false);
            SourceFolders.Sync(temporary);
            Remove(final);
            DurableFile.Rename(temporary, final);
            return final;
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    private async Task UnpackAsync(
        ToolchainCatalog tool, string package, SemVer version, NpmVersion facts, NpmIntegrity integrity, string target,
        CancellationToken cancellationToken)
    {
        var content = Path.Combine(target, "package");
        DurableFile.CreateDirectory(target);
        await UnpackOneAsync(package, version, facts, integrity, content, cancellationToken).ConfigureAwait(false);
        var companion = await AddNativeProgramAsync(tool, version, facts, target, cancellationToken).ConfigureAwait(false);
        var bin = Path.Combine(target, "bin");
        Directory.CreateDirectory(bin);
        foreach (var (command, file) in Commands(tool, package, version, facts, content, companion))
        {
            File.CreateSymbolicLink(Path.Combine(bin, command), $"../package/{file}");
            var path = Path.Combine(content, file);
            Posix.Check(Libc.FchmodAt(Libc.AtFdCwd, Posix.Path(path), 0x1ED, 0), "making executable", path);
        }

        var seal = new JsonObject
        {
            ["name"] = tool.Name,
            ["package"] = package,
            ["version"] = version.ToString(),
            ["integrity"] = integrity.ToString(),
        };
        await File.WriteAllTextAsync(Path.Combine(target, Seal), seal.ToJsonString() + "\n", cancellationToken).ConfigureAwait(false);
    }

    private async Task UnpackOneAsync(
        string package, SemVer version, NpmVersion facts, NpmIntegrity integrity, string content, CancellationToken cancellationToken)
    {
        var tarball = content + ".tgz";
        var unpacked = content + ".unpacked";
        await registry.DownloadAsync(package, version, facts, integrity, tarball, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(unpacked);
        new ArchiveUnpacker(new SourceLimits(), environment, time).Unpack(tarball, $"{package}-{version}.tgz", unpacked, cancellationToken);
        File.Delete(tarball);

        // The publisher chooses the name of the one folder in it; npm strips it, whatever it is.
        var top = Directory.GetDirectories(unpacked) is [var only] ? only : unpacked;
        Directory.Move(top, content);
        Remove(unpacked);
    }

    /// <summary>
    /// pnpm 12 and later are a native program that the package's install script would put over its own <c>pnpm</c> file from the
    /// platform's package; scripts are not run here, so that is done in its place. Returns that file, or null.
    /// </summary>
    private async Task<string?> AddNativeProgramAsync(
        ToolchainCatalog tool, SemVer version, NpmVersion facts, string target, CancellationToken cancellationToken)
    {
        var package = $"@pnpm/exe.linux-{architecture.ToString().ToLowerInvariant()}";
        if (tool.Name != "pnpm" || !facts.OptionalDependencies.Contains(package))
        {
            return null;
        }

        var known = registry.Cached(package);
        if (known?.Versions.ContainsKey(version) != true)
        {
            known = await registry.AskAsync(package, cancellationToken).ConfigureAwait(false);
        }

        if (!known.Versions.TryGetValue(version, out var native))
        {
            throw ToolchainProblems.NoBuildFor($"pnpm {version}", architecture.ToString().ToLowerInvariant());
        }

        if (!NpmIntegrity.TryParse(native.Integrity, out var integrity))
        {
            throw ToolchainProblems.NoIntegrity(package, version.ToString());
        }

        var content = Path.Combine(target, "native");
        await UnpackOneAsync(package, version, native, integrity, content, cancellationToken).ConfigureAwait(false);
        File.Move(Path.Combine(content, "pnpm"), Path.Combine(target, "package", "pnpm"), overwrite: true);
        Remove(content);
        return "pnpm";
    }

    /// <summary>Known commands whose file is there; where a version moved them, what its own list says.</summary>
    private static SortedDictionary<string, string> Commands(
        ToolchainCatalog tool, string package, SemVer version, NpmVersion facts, string content, string? companion)
    {
        var result = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (command, known) in tool.Commands)
        {
            var published = facts.Bin.GetValueOrDefault(command);
            var file = companion is not null ? (command == tool.Main ? companion : null)
                : new[] { known, published }.FirstOrDefault(f => f is not null && IsFileInside(content, f));
            if (file is not null)
            {
                result[command] = file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
            }
        }

        return result.ContainsKey(tool.Main)
            ? result
            : throw ToolchainProblems.MissingProgram(package, version.ToString(), tool.Commands[tool.Main]);
    }

    private static bool IsFileInside(string content, string file)
    {
        var slash = file.LastIndexOf('/');
        var parent = slash < 0 ? content : SourceFolders.Below(content, file[..slash]);
        var info = parent is null ? null : new FileInfo(Path.Combine(parent, file[(slash + 1)..]));
        return info is { Exists: true, LinkTarget: null };
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    /// <summary>Waits without blocking a thread in the kernel, so that Ctrl-C works while another build downloads.</summary>
    private static async Task<FileLock> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (FileLock.TryExclusive(path, out var taken))
            {
                return taken;
            }

            await Task.Delay(50, cancellationToken).ConfigureAwait(false);
        }
    }
}
