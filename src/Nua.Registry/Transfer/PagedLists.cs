using Nua.Oci;
using Nua.Oci.Json;
using Nua.Registry.Http;
using Nua.Registry.Settings;

namespace Nua.Registry.Transfer;

/// <summary>Lists that come in pages, each with a link to the next. A short page is not the end; a page without a link is.</summary>
internal sealed class PagedLists(RegistryHost host, NetworkOptions options)
{
    private const int MaxPages = 1000;
    private const int MaxEntries = 200_000;

    private static readonly string[] _tagKeys = ["name", "tags"];

    public async Task<IReadOnlyList<string>> TagsAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var tags = await ReadAsync(request, bytes =>
        {
            using var document = StrictJson.Parse(bytes, request.Subject);
            return JsonObjectReader.Open(document.RootElement, request.Subject, _tagKeys).OptionalStrings("tags") ?? [];
        }, cancellation) ?? [];
        return [.. tags.Where(ReferenceGrammar.IsTag).Distinct(StringComparer.Ordinal)];
    }

    /// <returns>Null when the registry has no such list.</returns>
    public async Task<IReadOnlyList<Descriptor>?> ReferrersAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var entries = await ReadAsync(request, bytes => ImageIndex.Parse(bytes, request.Subject, MediaTypes.Index).Manifests, cancellation);
        return entries is null ? null : [.. entries.DistinctBy(entry => entry.Digest)];
    }

    private async Task<IReadOnlyList<T>?> ReadAsync<T>(
        RegistryRequest request, Func<byte[], IReadOnlyList<T>> read, CancellationToken cancellation)
    {
        var all = new List<T>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var next = request.Target; next is not null && seen.Add(next);)
        {
            var (bytes, link) = await PageAsync(request with { Target = next }, cancellation);
            if (bytes is null)
            {
                return all.Count == 0 ? null : all;
            }

            all.AddRange(read(bytes));
            next = link;
            if (seen.Count > MaxPages || all.Count > MaxEntries)
            {
                throw RegistryProblem.TooLong(host.Host, request.Subject, MaxEntries);
            }
        }

        return all;
    }

    private async Task<(byte[]? Bytes, string? Next)> PageAsync(RegistryRequest request, CancellationToken cancellation)
    {
        var patience = new Patience(options);
        while (true)
        {
            using var answer = await host.SendAsync(request, cancellation);
            if (!answer.IsSuccess)
            {
                return (null, null);
            }

            try
            {
                var bytes = await answer.ReadAsync(StrictJson.MaxBytes, cancellation);
                return (bytes, NextOf(answer));
            }
            catch (TooLongException)
            {
                throw RegistryProblem.TooLong(host.Host, request.Subject, StrictJson.MaxBytes);
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

    /// <summary><c>Link: &lt;ADDRESS&gt;; rel="next"</c> (RFC 8288), resolved against the page's own address.</summary>
    private static string? NextOf(Answer answer)
    {
        var link = answer.Header("Link") ?? "";
        if (!link.Contains("rel=\"next\"", StringComparison.Ordinal) && !link.Contains("rel=next", StringComparison.Ordinal))
        {
            return null;
        }

        var (open, close) = (link.IndexOf('<', StringComparison.Ordinal), link.IndexOf('>', StringComparison.Ordinal));
        return open >= 0 && close > open && Uri.TryCreate(answer.Uri, link[(open + 1)..close], out var next) ? next.AbsoluteUri : null;
    }
}
