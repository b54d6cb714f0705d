using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nua.Build.Sources;
using Nua.Foundation;
using Nua.Foundation.Durable;

namespace Nua.Build.Toolchains;

/// <summary>
/// Asks the machine's npm registry about packages and gets their tarballs. Answers are kept in <c>caches/npm-metadata/KEY/PACKAGE.json</c>
/// (KEY is the hash of the registry's address, or <c>default</c> when only an installed npm knows it) and asked for again with their ETag.
/// </summary>
public sealed class NpmRegistry
{
    private const int MaxDocumentBytes = 96 << 20;
    private const string Abbreviated = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

    private readonly NpmConfiguration _configuration;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly Downloader _downloader;
    private readonly string _cacheFolder;
    private readonly TimeProvider _time;
    private Uri? _asked;

    /// <param name="cacheFolder"><c>$NUA_HOME/caches/npm-metadata</c>; made when missing.</param>
    public NpmRegistry(
        NpmConfiguration configuration, IReadOnlyDictionary<string, string> environment, Downloader downloader,
        string cacheFolder, TimeProvider? time = null)
    {
        _configuration = configuration;
        _environment = environment;
        _downloader = downloader;
        _cacheFolder = cacheFolder;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>The last answer, however old; null when there is none. No network.</summary>
    public NpmPackage? Cached(string package)
    {
        try
        {
            return NpmPackageDocument.Read(File.ReadAllBytes(CacheFile(package)), package);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null; // a cache that cannot be read is an empty one
        }
    }

    /// <summary>Whether the registry said <paramref name="package"/>'s answer less than <paramref name="age"/> ago.</summary>
    public bool IsFresh(NpmPackage package, TimeSpan age) =>
        _time.GetUtcNow().ToUnixTimeSeconds() - package.Checked is >= 0 and var seconds && seconds < age.TotalSeconds;

    /// <summary>Asks the registry, or confirms what is cached.</summary>
    /// <exception cref="ProblemException">NUA2121–NUA2124, NUA2129.</exception>
    public async Task<NpmPackage> AskAsync(string package, CancellationToken cancellationToken)
    {
        var cached = Cached(package);
        var registry = await RegistryAsync(package, cancellationToken).ConfigureAwait(false);
        var file = CacheFile(package);
        DurableFile.CreateDirectory(Path.GetDirectoryName(file)!, 0x1C0);
        var temporary = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            var request = new DownloadRequest(new Uri(registry, package.Replace("/", "%2f", StringComparison.Ordinal)))
            {
                Accept = Abbreviated,
                Authorization = _configuration.AuthorizationFor,
                ETag = cached?.ETag,
                LastModified = cached?.LastModified,
                MaxBytes = MaxDocumentBytes,
            };
            var result = await _downloader.GetAsync(request, temporary, cancellationToken).ConfigureAwait(false);
            var now = _time.GetUtcNow().ToUnixTimeSeconds();
            var answer = result.IsUnchanged
                ? cached! with { Checked = now }
                : Read(package, temporary) with { ETag = result.ETag, LastModified = result.LastModified, Checked = now };
            DurableFile.Replace(file, NpmPackageDocument.Write(answer), 0x180);
            return answer;
        }
        catch (DownloadException e)
        {
            throw e.Status is HttpStatusCode.NotFound or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
                ? ToolchainProblems.NoSuchPackage(package, registry.Authority, e.Message)
                : ToolchainProblems.Unreachable(package, registry.Authority, e.Message);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    /// <summary>Downloads a version's tarball to the new file <paramref name="path"/> and checks it against its integrity.</summary>
    /// <exception cref="ProblemException">NUA2123, NUA2127.</exception>
    public async Task DownloadAsync(
        string package, SemVer version, NpmVersion facts, NpmIntegrity integrity, string path, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(facts.Tarball, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
        {
            throw ToolchainProblems.BadMetadata(package, "the address of a tarball is not http(s)");
        }

        var request = new DownloadRequest(address)
        {
            Authorization = _configuration.AuthorizationFor,
            MaxBytes = new SourceLimits().DownloadBytes,
        };
        try
        {
            await _downloader.GetAsync(request, path, cancellationToken).ConfigureAwait(false);
        }
        catch (DownloadException e)
        {
            throw ToolchainProblems.Unreachable($"{package} {version}", address.Authority, e.Message);
        }

        await using var content = new FileStream(path, FileMode.Open, FileAccess.Read);
        if (!await integrity.MatchesAsync(content, cancellationToken).ConfigureAwait(false))
        {
            File.Delete(path);
            throw ToolchainProblems.NotAsPublished(package, version.ToString());
        }
    }

    private async Task<Uri> RegistryAsync(string package, CancellationToken cancellationToken) =>
        _configuration.RegistryFor(package) ?? (_asked ??= await AskNpmAsync(package, cancellationToken).ConfigureAwait(false));

    /// <summary>npm's own default is data of an installed npm, not of nua.</summary>
    private async Task<Uri> AskNpmAsync(string package, CancellationToken cancellationToken)
    {
        var environment = HostProgram.Pick(_environment, "PATH", "HOME", "XDG_CONFIG_HOME", "NVM_BIN", "VOLTA_HOME");
        var npm = HostProgram.Find("npm", _environment, environment) ?? throw ToolchainProblems.NoRegistry(package);
        var result = await npm.RunAsync(["config", "get", "registry"], "/", TimeSpan.FromSeconds(20), cancellationToken)
            .ConfigureAwait(false);
        var text = result.Output.Trim();
        return result.ExitCode == 0 && SourceAddress.IsHttp(text)
            ? NpmConfiguration.ParseRegistry(text)
            : throw ToolchainProblems.NoRegistry(package);
    }

    private static NpmPackage Read(string package, string file)
    {
        try
        {
            return NpmPackageDocument.Read(ReadPlain(file), package);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            throw ToolchainProblems.BadMetadata(package, Printable.Escape(e.Message, 200));
        }
    }

    /// <summary>Some servers compress without having been asked to.</summary>
    private static byte[] ReadPlain(string file)
    {
        var bytes = File.ReadAllBytes(file);
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return bytes;
        }

        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = gzip.Read(buffer)) > 0)
        {
            plain.Write(buffer, 0, read);
            if (plain.Length > MaxDocumentBytes)
            {
                throw new InvalidDataException("the answer is too large");
            }
        }

        return plain.ToArray();
    }

    private string CacheFile(string package)
    {
        var registry = _configuration.RegistryFor(package)?.AbsoluteUri;
        var key = registry is null
            ? "default"
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(registry)))[..16];
        return Path.Combine(_cacheFolder, key, package.Replace('/', '+') + ".json");
    }
}
