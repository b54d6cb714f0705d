using System.Text.Json;
using Nua.Foundation;
using Nua.Oci;
using Nua.Oci.Json;
using Nua.Registry.Http;
using Nua.Registry.Settings;

namespace Nua.Registry.Transfer;

/// <summary>Reads documents from a registry and finds out whether they are what they are said to be.</summary>
internal static class ManifestReading
{
    private static readonly string[] _genericTypes = ["application/json", "application/octet-stream", "text/plain"];

    public static async Task<RemoteManifest> GetAsync(
        RegistryHost host, RegistryRequest request, string tagOrDigest, NetworkOptions options, CancellationToken cancellation)
    {
        var patience = new Patience(options);
        while (true)
        {
            var answer = await ReadAsync(host, request, StrictJson.MaxBytes, options, cancellation);
            var digest = Digest.Sha256(answer.Bytes);
            if (WhyWrong(digest, tagOrDigest, answer.StatedDigest) is not { } why)
            {
                var kind = KindOf(host.Host, request.Subject, answer.Bytes, answer.MediaType);
                return new RemoteManifest(new Descriptor(kind, digest, answer.Bytes.Length), answer.Bytes, answer.ETag);
            }

            // Without a length a broken connection looks like the end.
            if (answer.HadLength || !await patience.WaitAsync(null, cancellation))
            {
                throw RegistryProblem.WrongContent(host.Host, request.Subject, why);
            }
        }
    }

    private static string? WhyWrong(Digest digest, string tagOrDigest, string? stated) =>
        Digest.TryParse(tagOrDigest, out var asked) && asked != digest ? $"its bytes have the digest {digest}"
        : stated is not null && stated != digest.ToString()
            ? $"it states the digest {Printable.Escape(stated, 120)}, the bytes have {digest}"
            : null;

    public static async Task<byte[]> GetBlobAsync(
        RegistryHost host, RegistryRequest request, Descriptor blob, int limit, NetworkOptions options, CancellationToken cancellation)
    {
        if (blob.Size > limit)
        {
            throw RegistryProblem.TooLong(host.Host, request.Subject, limit);
        }

        var (bytes, _, _, _, _) = await ReadAsync(host, request, (int)blob.Size, options, cancellation);
        var found = Digest.Sha256(bytes);
        return bytes.Length == blob.Size && found == blob.Digest
            ? bytes
            : throw RegistryProblem.WrongContent(host.Host, request.Subject, $"{bytes.Length} bytes with the digest {found}");
    }

    private static async Task<Document> ReadAsync(
        RegistryHost host, RegistryRequest request, int limit, NetworkOptions options, CancellationToken cancellation)
    {
        var patience = new Patience(options);
        while (true)
        {
            using var answer = await host.SendAsync(request, cancellation);
            if (answer.IsEncoded)
            {
                throw RegistryProblem.WrongContent(host.Host, request.Subject, "it comes with a Content-Encoding nobody asked for");
            }

            try
            {
                var bytes = await answer.ReadAsync(limit, cancellation);
                return new Document(bytes, answer.MediaType, answer.Header("Docker-Content-Digest"), answer.Header("ETag"), answer.Length is not null);
            }
            catch (TooLongException)
            {
                throw RegistryProblem.TooLong(host.Host, request.Subject, limit);
            }
            catch (IOException error)
            {
                if (!await patience.WaitAsync(null, cancellation))
                {
                    throw RegistryProblem.TryLater(host.Host, request.Subject, error.Message, null);
                }
            }
        }
    }

    /// <summary>The media type, on which header and body must agree (distribution-spec; CVE-2021-41190).</summary>
    private static string KindOf(string host, string subject, byte[] bytes, string? type)
    {
        using var document = StrictJson.Parse(bytes, subject);
        var stated = document.RootElement.ValueKind == JsonValueKind.Object
            && document.RootElement.TryGetProperty("mediaType", out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
        if (type is null || _genericTypes.Contains(type, StringComparer.Ordinal))
        {
            type = stated ?? (document.RootElement.TryGetProperty("manifests", out _) ? MediaTypes.Index : MediaTypes.Manifest);
        }

        if (stated is not null && stated != type)
        {
            throw RegistryProblem.WrongKind(
                host, subject, $"the registry calls it '{Printable.Escape(type, 100)}', the document itself '{Printable.Escape(stated, 100)}'");
        }

        if (!Oci.MediaTypes.IsWellFormed(type) || type.StartsWith("application/vnd.docker.distribution.manifest.v1", StringComparison.Ordinal))
        {
            throw RegistryProblem.WrongKind(
                host, subject, $"'{Printable.Escape(type, 100)}' is no form of manifest that can be trusted by its digest");
        }

        return type;
    }

    private sealed record Document(byte[] Bytes, string? MediaType, string? StatedDigest, string? ETag, bool HadLength);
}
