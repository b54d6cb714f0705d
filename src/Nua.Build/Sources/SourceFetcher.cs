using Nua.Build.Planning;
using Nua.Foundation.Durable;

namespace Nua.Build.Sources;

/// <summary>
/// Brings a source to disk in two steps. <see cref="PinAsync"/> learns exactly which bytes it is (and has them in the cache then);
/// <see cref="UnpackAsync"/> lays them out. A build that finds nothing changed stops after the first.
/// </summary>
public sealed class SourceFetcher
{
    private readonly SourceLimits _limits;
    private readonly Downloader _downloader;
    private readonly SourceCache _cache;
    private readonly GitSource _git;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly TimeProvider _time;

    /// <param name="cacheFolder"><c>$NUA_HOME/caches/sources</c>; made when missing.</param>
    /// <param name="environment">Variables of the calling process: PATH, HOME, proxies.</param>
    public SourceFetcher(
        string cacheFolder, IReadOnlyDictionary<string, string> environment, Downloader downloader,
        SourceLimits? limits = null, TimeProvider? time = null)
    {
        _limits = limits ?? new SourceLimits();
        _environment = environment;
        _downloader = downloader;
        _time = time ?? TimeProvider.System;
        _cache = new SourceCache(cacheFolder);
        _git = new GitSource(Path.Combine(cacheFolder, "git"), environment, _limits);
    }

    /// <summary>Finds out which bytes the source is.</summary>
    /// <param name="projectFolder">Absolute; relative paths in <paramref name="spec"/> start here.</param>
    /// <exception cref="ProblemException">NUA2101–NUA2116.</exception>
    public async Task<PinnedSource> PinAsync(SourceSpec spec, string projectFolder, CancellationToken cancellationToken) => spec switch
    {
        SourceSpec.Archive archive => await PinArchiveAsync(archive, projectFolder, cancellationToken).ConfigureAwait(false),
        SourceSpec.Git git => await PinGitAsync(git, projectFolder, cancellationToken).ConfigureAwait(false),
        SourceSpec.Folder folder => new PinnedSource(new("folder", null, null, null, null), projectFolder, "", folder.Subfolder),
        _ => throw new ArgumentOutOfRangeException(nameof(spec)),
    };

    /// <summary>Lays the source out below <paramref name="workFolder"/> (a folder of the project is used where it is). On failure
    /// what was unpacked is removed.</summary>
    /// <exception cref="ProblemException">NUA2105–NUA2111, NUA2115, NUA2116.</exception>
    public async Task<FetchedSource> UnpackAsync(PinnedSource pinned, string workFolder, CancellationToken cancellationToken)
    {
        if (pinned.Facts.Kind == "folder")
        {
            return new FetchedSource(Below(pinned.Held, pinned.Subfolder), pinned.Facts);
        }

        var target = Path.Combine(workFolder, $"source-{Guid.NewGuid():N}");
        DurableFile.CreateDirectory(target, 0x1C0);
        try
        {
            var top = target;
            if (pinned.Facts.Kind == "git")
            {
                await _git.CheckOutAsync(pinned.Held, pinned.Facts.Commit!, pinned.Facts.Address!, target, cancellationToken)
                    .ConfigureAwait(false);
            }
            else
            {
                var unpacker = new ArchiveUnpacker(_limits, _environment, _time);
                await Task.Run(() => unpacker.Unpack(pinned.Held, pinned.Name, target, cancellationToken), cancellationToken)
                    .ConfigureAwait(false);
                top = SingleFolder(target) ?? target;
            }

            return new FetchedSource(Below(top, pinned.Subfolder), pinned.Facts);
        }
        catch
        {
            Directory.Delete(target, recursive: true);
            throw;
        }
    }

    /// <summary>Both steps.</summary>
    public async Task<FetchedSource> FetchAsync(
        SourceSpec spec, string projectFolder, string workFolder, CancellationToken cancellationToken)
    {
        var pinned = await PinAsync(spec, projectFolder, cancellationToken).ConfigureAwait(false);
        return await UnpackAsync(pinned, workFolder, cancellationToken).ConfigureAwait(false);
    }

    private static string Below(string top, string? subfolder) =>
        subfolder is null ? top : SourceFolders.Below(top, subfolder) ?? throw SourceProblems.NoSubfolder(subfolder);

    /// <summary>Nearly every archive holds one folder with everything in it.</summary>
    private static string? SingleFolder(string folder) =>
        Directory.EnumerateFileSystemEntries(folder).Take(2).ToArray() is [var only]
            && new DirectoryInfo(only) is { Exists: true, LinkTarget: null } ? only : null;

    private async Task<PinnedSource> PinArchiveAsync(SourceSpec.Archive spec, string projectFolder, CancellationToken cancellationToken)
    {
        var wanted = ReadChecksum(spec.Sha256);
        if (!SourceAddress.IsHttp(spec.Address))
        {
            return await PinLocalAsync(spec, wanted, projectFolder, cancellationToken).ConfigureAwait(false);
        }

        var name = SourceAddress.FileName(spec.Address);
        _ = ArchiveFormats.Of(name) ?? throw SourceProblems.UnknownArchive(name);
        var held = wanted is null ? null : await _cache.FindAsync(wanted, cancellationToken).ConfigureAwait(false);
        var (path, sha256) = held is not null
            ? (held, wanted!)
            : await DownloadAsync(spec.Address, wanted, cancellationToken).ConfigureAwait(false);
        return new PinnedSource(Facts(spec.Address, sha256), path, name, spec.Subfolder);
    }

    private static async Task<PinnedSource> PinLocalAsync(
        SourceSpec.Archive spec, string? wanted, string projectFolder, CancellationToken cancellationToken)
    {
        var path = LocalPath(spec.Address, projectFolder);
        if (Directory.Exists(path))
        {
            return new PinnedSource(new("folder", spec.Address, null, null, null), path, "", spec.Subfolder);
        }

        var name = SourceAddress.FileName(spec.Address);
        _ = ArchiveFormats.Of(name) ?? throw SourceProblems.UnknownArchive(name);
        var found = await SourceCache.HashAsync(path, cancellationToken).ConfigureAwait(false);
        return wanted is null || wanted == found
            ? new PinnedSource(Facts(spec.Address, found), path, name, spec.Subfolder)
            : throw SourceProblems.ChecksumMismatch(spec.Address, wanted, found);
    }

    private async Task<PinnedSource> PinGitAsync(SourceSpec.Git spec, string projectFolder, CancellationToken cancellationToken)
    {
        var (repository, commit, time) =
            await _git.PinAsync(spec.Address, spec.Branch, projectFolder, cancellationToken).ConfigureAwait(false);
        var shown = GitAddress.Parse(spec.Address, projectFolder).Shown;
        return new PinnedSource(new("git", shown, null, commit, time), repository, "", spec.Subfolder);
    }

    private async Task<(string Path, string Sha256)> DownloadAsync(string address, string? wanted, CancellationToken cancellationToken)
    {
        var last = wanted is null ? _cache.LastAnswer(address) : null;
        var lastPath = last is null ? null : await _cache.FindAsync(last.Sha256, cancellationToken).ConfigureAwait(false);
        var request = new DownloadRequest(new Uri(address))
        {
            ETag = lastPath is null ? null : last!.ETag,
            LastModified = lastPath is null ? null : last!.LastModified,
            MaxBytes = _limits.DownloadBytes,
        };
        var temporary = _cache.Temporary();
        var shown = SourceAddress.WithoutCredentials(address);
        try
        {
            var result = await _downloader.GetAsync(request, temporary, cancellationToken).ConfigureAwait(false);
            if (result.IsUnchanged)
            {
                return (lastPath!, last!.Sha256);
            }

            var found = await SourceCache.HashAsync(temporary, cancellationToken).ConfigureAwait(false);
            if (wanted is not null && wanted != found)
            {
                throw SourceProblems.ChecksumMismatch(shown, wanted, found);
            }

            var kept = _cache.Keep(temporary, found);
            _cache.Remember(address, new(found, result.ETag, result.LastModified));
            return (kept, found);
        }
        catch (DownloadException e)
        {
            throw e.IsTooBig ? SourceProblems.OverLimit(shown, e.Message) : SourceProblems.NotDownloaded(shown, e.Message);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static SourceFacts Facts(string address, string sha256) =>
        new("archive", SourceAddress.WithoutCredentials(address), sha256, null, null);

    private static string? ReadChecksum(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var hex = text.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigit) ? hex.ToLowerInvariant() : throw SourceProblems.BadChecksum(text);
    }

    /// <summary>A path in the project: nothing else of the host may become part of an image because a configuration says so.</summary>
    private static string LocalPath(string address, string projectFolder)
    {
        var parts = address.Split('/').Where(p => p is not ("" or ".")).ToArray();
        var folder = parts.Length == 0 || address.StartsWith('/') || address.Contains("://", StringComparison.Ordinal)
            ? null
            : SourceFolders.Below(projectFolder, string.Join('/', parts[..^1]));
        if (folder is null || parts[^1] == "..")
        {
            throw SourceProblems.NotInProject(SourceAddress.WithoutCredentials(address));
        }

        var path = Path.Combine(folder, parts[^1]);
        FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        return info.Exists && info.LinkTarget is null ? path : throw SourceProblems.NotInProject(address);
    }
}
