using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Build.Packages;

/// <summary>
/// The host's apt, working in folders of ours: it knows which packages fit together, checks the mirror's signatures, and downloads.
/// It never installs; dpkg does that inside the sandbox. Nothing of the host's own package state is read or written.
/// </summary>
public sealed class Apt
{
    private static readonly TimeSpan _listsLife = TimeSpan.FromHours(24);

    private readonly string _folder;
    private readonly string _list;
    private readonly IReadOnlyList<string> _mirrors;
    private readonly string _architecture;
    private readonly TimeProvider _clock;

    private Apt(string folder, string list, IReadOnlyList<string> mirrors, string architecture, TimeProvider clock) =>
        (_folder, _list, _mirrors, _architecture, _clock) = (folder, list, mirrors, architecture, clock);

    /// <summary>Downloaded packages, each under the name of <see cref="DebianPackage.File"/>.</summary>
    public string Archives => Path.Combine(_folder, "archives");

    private string Lists => Path.Combine(_folder, "lists");

    /// <param name="caches">The store's <c>caches</c> folder.</param>
    /// <exception cref="ProblemException">NUA2202: apt or the Debian keyring is missing.</exception>
    public static Apt Open(string caches, IReadOnlyList<AptSource> sources, string architecture, TimeProvider clock)
    {
        var keyring = (string[])["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];
        if (!File.Exists("/usr/bin/apt-get") || !keyring.Any(File.Exists))
        {
            throw new ProblemException(new Problem("NUA2202", "apt or Debian's archive keys are missing on this machine")
            {
                Why = "the packages of an image are resolved and verified with them",
                Remedy = "apt-get install apt debian-archive-keyring",
            });
        }

        var lines = sources.Select(s =>
            $"deb [signed-by={keyring.First(File.Exists)}] {s.Uri} {s.Suite} {s.Components}");
        var list = string.Join('\n', lines) + "\n";
        var name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(architecture + "\n" + list)))[..16];
        var folder = Path.Combine(caches, "apt", name);
        return new Apt(folder, list, [.. sources.Select(s => s.Uri).Distinct()], architecture, clock);
    }

    /// <summary>Resolves names on top of an installed state. An earlier answer is kept until <paramref name="fresh"/>: the same build later is
    /// made of the same packages.</summary>
    /// <param name="status">Content of the root's <c>/var/lib/dpkg/status</c>; empty for a root with nothing.</param>
    /// <param name="fresh">Asks the mirror again.</param>
    public async Task<PackageSet> ResolveAsync(
        byte[] status, IReadOnlyList<string> names, bool fresh, CancellationToken cancel)
    {
        if (names.Count == 0)
        {
            return PackageSet.Empty;
        }

        foreach (var name in names)
        {
            RefuseOddName(name);
        }

        var key = Convert.ToHexStringLower(SHA256.HashData(
            [.. SHA256.HashData(status), .. Encoding.UTF8.GetBytes(string.Join('\n', names.Order(StringComparer.Ordinal)))]));
        var record = Path.Combine(_folder, "resolved", key + ".json");
        if (!fresh && TryRead(record) is { } kept)
        {
            return kept;
        }

        using var turn = TakeTurn();
        await UpdateAsync(fresh, cancel);
        var set = await AskAsync(status, names, cancel);
        DurableFile.Replace(record, JsonSerializer.SerializeToUtf8Bytes(set, PackageJson.Default.PackageSet));
        return set;
    }

    /// <summary>Has every package of a set in <see cref="Archives"/>, each checked against its hash.</summary>
    /// <param name="status">As it was for <see cref="ResolveAsync"/>.</param>
    public async Task FetchAsync(PackageSet set, byte[] status, IReadOnlyList<string> names, CancellationToken cancel)
    {
        using var turn = TakeTurn();
        await DownloadMissingAsync(set, status, names, cancel);
    }

    /// <summary>The packages that Debian marks as essential: what every other may rely on without saying so.</summary>
    public async Task<IReadOnlyList<string>> EssentialAsync(bool fresh, CancellationToken cancel)
    {
        var record = Path.Combine(_folder, "essential");
        if (!fresh && File.Exists(record))
        {
            return await File.ReadAllLinesAsync(record, cancel);
        }

        using var turn = TakeTurn();
        await UpdateAsync(fresh, cancel);
        var dump = await RunAsync("apt-cache", [], ["dumpavail"], cancel);
        var names = new SortedSet<string>(StringComparer.Ordinal);
        var current = "";
        foreach (var line in dump.Output.AsSpan().EnumerateLines())
        {
            if (line.StartsWith("Package: ", StringComparison.Ordinal))
            {
                current = line[9..].Trim().ToString();
            }
            else if (line.SequenceEqual("Essential: yes"))
            {
                names.Add(current);
            }
        }

        if (names.Count == 0)
        {
            throw new ProblemException(new Problem("NUA2212", "the mirror's package lists name no essential package")
            {
                Why = dump.ErrorTail(),
                Remedy = "run with --no-cache to fetch the lists anew, or take another mirror with --mirror URL",
            });
        }

        DurableFile.Replace(record, Encoding.ASCII.GetBytes(string.Join('\n', names) + "\n"));
        return [.. names];
    }

    /// <summary>One at a time per mirror: apt keeps its state in files.</summary>
    private FileLock TakeTurn()
    {
        foreach (var part in (string[])["lists/partial", "archives/partial", "empty/partial", "resolved"])
        {
            DurableFile.CreateDirectory(Path.Combine(_folder, part));
        }

        return FileLock.Exclusive(Path.Combine(_folder, "lock"));
    }

    private async Task UpdateAsync(bool force, CancellationToken cancel)
    {
        var stamp = Path.Combine(_folder, "updated");
        if (!force && File.Exists(stamp) && _clock.GetUtcNow() - File.GetLastWriteTimeUtc(stamp) < _listsLife)
        {
            return;
        }

        var result = await RunAsync("apt-get", [], ["-o", "APT::Update::Error-Mode=any", "update"], cancel);
        if (result.Status != 0)
        {
            throw new ProblemException(new Problem("NUA2203", "the Debian mirror did not answer as expected")
            {
                Where = string.Join(", ", _mirrors),
                Why = result.ErrorTail(),
                Remedy = "check the network, the proxy (Acquire::http::Proxy in apt's configuration) and the mirror; or give --mirror URL",
            });
        }

        File.WriteAllText(stamp, "");
    }

    private async Task<PackageSet> AskAsync(byte[] status, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var simulated = await InstallAsync(status, names, ["-s"], cancel);
        if (simulated.Status != 0)
        {
            throw Unresolvable(simulated, names);
        }

        var listed = await InstallAsync(
            status,
            names,
            ["--print-uris", "-o", "Acquire::ForceHash=sha256", "-o", $"Dir::Cache::archives={Path.Combine(_folder, "empty")}"],
            cancel);
        var files = AptOutput.ReadUris(listed.Output);
        return AptOutput.ReadSimulation(simulated.Output, files);
    }

    private async Task DownloadMissingAsync(
        PackageSet set, byte[] status, IReadOnlyList<string> names, CancellationToken cancel)
    {
        if (set.Packages.All(package => IsDownloaded(package)))
        {
            return;
        }

        var result = await InstallAsync(status, names, ["--download-only"], cancel);
        var missing = set.Packages.Where(package => !IsDownloaded(package)).ToList();
        if (missing.Count > 0)
        {
            throw new ProblemException(new Problem(
                "NUA2205", $"the package '{missing[0].Name}' {missing[0].Version} can no longer be downloaded")
            {
                Where = string.Join(", ", _mirrors),
                Why = result.Status == 0 ? "the mirror has another version by now" : result.ErrorTail(),
                Remedy = "build with --no-cache to resolve the packages anew",
            });
        }
    }

    private bool IsDownloaded(DebianPackage package)
    {
        var file = Path.Combine(Archives, package.File);
        if (!File.Exists(file) || new FileInfo(file).Length != package.Size)
        {
            return false;
        }

        using var stream = File.OpenRead(file);
        if (Convert.ToHexStringLower(SHA256.HashData(stream)) == package.Sha256)
        {
            return true;
        }

        File.Delete(file);
        return false;
    }

    private async Task<HostResult> InstallAsync(
        byte[] status, IReadOnlyList<string> names, string[] options, CancellationToken cancel)
    {
        var statusFile = Path.Combine(_folder, "status");
        await File.WriteAllBytesAsync(statusFile, status, cancel);
        return await RunAsync(
            "apt-get", options, ["-y", "--no-install-recommends", "install", "--", .. names], cancel);
    }

    private async Task<HostResult> RunAsync(string program, string[] options, string[] arguments, CancellationToken cancel)
    {
        var config = Path.Combine(_folder, "apt.conf");
        Keep(Path.Combine(_folder, "sources.list"), _list);
        // Written anew each time: the store may have been moved, and the host's way to its mirrors may be another.
        Keep(config, await ConfigAsync(cancel));
        return await new HostCommand(program, [.. options, .. arguments])
        {
            Environment = new Dictionary<string, string?>
            {
                ["APT_CONFIG"] = config,
                ["LC_ALL"] = "C.UTF-8",
                ["LANGUAGE"] = "C",
                ["DEBIAN_FRONTEND"] = "noninteractive",
            },
            TimeLimit = TimeSpan.FromMinutes(30),
        }.RunAsync(cancel);
    }

    private static void Keep(string file, string text)
    {
        if (!File.Exists(file) || File.ReadAllText(file) != text)
        {
            DurableFile.Replace(file, Encoding.UTF8.GetBytes(text));
        }
    }

    /// <summary>How the host reaches its mirrors (proxies, certificates, time-outs) is kept; everything else is ours.</summary>
    private async Task<string> ConfigAsync(CancellationToken cancel)
    {
        var dump = await new HostCommand("apt-config", "dump", "Acquire").RunAsync(cancel);
        var kept = dump.Output.Split('\n').Where(line =>
            line.StartsWith("Acquire::", StringComparison.Ordinal)
            && !line.StartsWith("Acquire::IndexTargets", StringComparison.Ordinal)
            && !line.StartsWith("Acquire::Languages", StringComparison.Ordinal)
            && !line.StartsWith("Acquire::Changelogs", StringComparison.Ordinal));
        return $"""
            Dir::Etc::main "/dev/null";
            Dir::Etc::parts "/dev/null";
            Dir::Etc::sourcelist "{_folder}/sources.list";
            Dir::Etc::sourceparts "/dev/null";
            Dir::Etc::preferences "/dev/null";
            Dir::Etc::preferencesparts "/dev/null";
            Dir::Etc::trusted "/dev/null";
            Dir::Etc::trustedparts "/dev/null";
            Dir::State::lists "{Lists}";
            Dir::State::status "{_folder}/status";
            Dir::State::extended_states "{_folder}/extended_states";
            Dir::Cache::archives "{Archives}";
            Dir::Cache::pkgcache "{_folder}/pkgcache.bin";
            Dir::Cache::srcpkgcache "{_folder}/srcpkgcache.bin";
            APT::Architecture "{_architecture}";
            APT::Architectures "{_architecture}";
            APT::Sandbox::User "root";
            Acquire::Languages "none";
            pkgCacheGen::ForceEssential ",";

            """ + string.Join('\n', kept) + "\n";
    }

    private static PackageSet? TryRead(string record)
    {
        try
        {
            return File.Exists(record)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(record), PackageJson.Default.PackageSet)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ProblemException Unresolvable(HostResult result, IReadOnlyList<string> names)
    {
        const string Unknown = "Unable to locate package ";
        var unknown = result.Error.Split('\n')
            .Where(line => line.Contains(Unknown, StringComparison.Ordinal))
            .Select(line => line[(line.IndexOf(Unknown, StringComparison.Ordinal) + Unknown.Length)..].Trim())
            .ToList();
        if (unknown.Count > 0)
        {
            return new ProblemException(unknown.ConvertAll(name =>
                new Problem("NUA2204", $"Debian {AptSources.Release} has no package '{Printable.Escape(name)}'")
                {
                    Where = "run.packages or build.packages",
                    Remedy = "look the name up with 'apt-cache search' or on the Debian package pages; names differ between releases",
                }));
        }

        return new ProblemException(new Problem(
            "NUA2206", $"apt finds no way to install {Printable.Escape(string.Join(", ", names), 200)} together")
        {
            Why = result.ErrorTail(12),
            Remedy = "leave out the package that conflicts, or take another base",
        });
    }

    /// <summary>apt takes <c>name-</c> as "remove" and options anywhere: only plain names get that far.</summary>
    private static void RefuseOddName(string name)
    {
        var plain = name.Length > 1 && char.IsAsciiLetterOrDigit(name[0])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.' or ':' or '=' or '~') && name[^1] is not '-';
        if (!plain)
        {
            throw new ProblemException(new Problem("NUA2207", $"'{Printable.Escape(name, 80)}' is not the name of a Debian package")
            {
                Where = "run.packages or build.packages",
                Remedy = "give one name per item, lower-case, without options",
            });
        }
    }
}
