using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nua.Foundation.Durable;

namespace Nua.Build.Sources;

/// <summary>
/// Archives fetched before, in <c>caches/sources</c>: <c>sha256/HEX</c> holds the bytes; <c>addresses/HEX.json</c>, named by the hash of
/// the address, says <c>{"sha256":"…","etag":"…","last_modified":"…"}</c> of the last answer. Bytes are hashed again before every
/// use, so a damaged copy is fetched anew and never unpacked. Safe for concurrent builds: files appear by rename.
/// </summary>
internal sealed class SourceCache(string folder)
{
    private readonly string _blobs = Path.Combine(folder, "sha256");
    private readonly string _addresses = Path.Combine(folder, "addresses");

    /// <summary>The path of the bytes with this hash, checked; null when they are not there or not right any more.</summary>
    public async Task<string?> FindAsync(string sha256, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_blobs, sha256);
        if (!File.Exists(path))
        {
            return null;
        }

        if (await HashAsync(path, cancellationToken).ConfigureAwait(false) == sha256)
        {
            return path;
        }

        File.Delete(path);
        return null;
    }

    /// <summary>A new name to download to, in the cache's own file system.</summary>
    public string Temporary()
    {
        DurableFile.CreateDirectory(_blobs, 0x1C0);
        return Path.Combine(_blobs, $".{Guid.NewGuid():N}.tmp");
    }

    /// <summary>Keeps a downloaded file under its hash, durably.</summary>
    public string Keep(string temporary, string sha256)
    {
        using (var file = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite))
        {
            DurableFile.Sync(file, temporary);
        }

        var path = Path.Combine(_blobs, sha256);
        DurableFile.Rename(temporary, path);
        return path;
    }

    public Answer? LastAnswer(string address)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllBytes(AddressFile(address)))!.AsObject();
            var sha256 = (string?)json["sha256"];
            return sha256 is { Length: 64 } && sha256.All(char.IsAsciiHexDigitLower)
                ? new Answer(sha256, (string?)json["etag"], (string?)json["last_modified"])
                : null;
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException or NullReferenceException)
        {
            return null; // a cache that cannot be read is an empty one
        }
    }

    public void Remember(string address, Answer answer)
    {
        DurableFile.CreateDirectory(_addresses, 0x1C0);
        var json = new JsonObject
        {
            ["sha256"] = answer.Sha256,
            ["etag"] = answer.ETag,
            ["last_modified"] = answer.LastModified,
        };
        DurableFile.Replace(AddressFile(address), Encoding.UTF8.GetBytes(json.ToJsonString()), 0x180);
    }

    public static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 17);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false));
    }

    private string AddressFile(string address) =>
        Path.Combine(_addresses, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(address))) + ".json");

    internal sealed record Answer(string Sha256, string? ETag, string? LastModified);
}
