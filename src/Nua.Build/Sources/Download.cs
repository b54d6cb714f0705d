using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Nua.Foundation;
using Nua.Foundation.Durable;
using Nua.Foundation.Linux;

namespace Nua.Build.Sources;

/// <summary>One file to get over http(s).</summary>
public sealed record DownloadRequest(Uri Address)
{
    /// <summary>The <c>Authorization</c> header for an address, or null. Asked again for every redirect, so that credentials
    /// reach only the host they are for.</summary>
    public Func<Uri, string?> Authorization { get; init; } = static _ => null;

    public string? ETag { get; init; }
    public string? LastModified { get; init; }
    public string? Accept { get; init; }

    /// <summary>Bytes after which the download is given up.</summary>
    public required long MaxBytes { get; init; }
}

/// <summary>What came of a download. Nothing was written when <see cref="IsUnchanged"/>.</summary>
public sealed record DownloadResult(bool IsUnchanged, string? ETag, string? LastModified);

/// <summary>Why a download failed; the caller says it in its own words. <see cref="Exception.Message"/> has no credentials.</summary>
public sealed class DownloadException(string why, HttpStatusCode? status, bool isTooBig = false, Exception? inner = null)
    : Exception(why, inner)
{
    public HttpStatusCode? Status { get; } = status;
    public bool IsTooBig { get; } = isTooBig;
}

/// <summary>
/// Gets files: bounded in size, silence, time, redirects (never from https to http) and tries. The proxy and certificate
/// variables of the process apply. Bytes are taken as they come; what is trusted is decided by their hash.
/// </summary>
public sealed class Downloader : IDisposable
{
    private const int MaxRedirects = 5;
    private const int Tries = 4;
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);

    private readonly HttpClient _client;
    private readonly SourceLimits _limits;
    private readonly TimeProvider _time;

    public Downloader(SourceLimits? limits = null, TimeProvider? time = null)
    {
        _limits = limits ?? new SourceLimits();
        _time = time ?? TimeProvider.System;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(20),
            MaxResponseHeadersLength = 64,
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("nua", null));
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Writes the answer to the new file <paramref name="path"/>. On failure nothing is left there.</summary>
    /// <exception cref="DownloadException">after the last try, or at once when another try cannot help.</exception>
    public async Task<DownloadResult> GetAsync(DownloadRequest request, string path, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_limits.Transfer, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            Failure failure;
            try
            {
                return await TryAsync(request, path, both.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or Failure)
            {
                File.Delete(path);
                cancellationToken.ThrowIfCancellationRequested();
                failure = Describe(e, request.Address);
            }

            if (!failure.CanRetry || attempt == Tries || deadline.IsCancellationRequested)
            {
                throw new DownloadException(failure.Message, failure.Status, failure.IsTooBig, failure);
            }

            var pause = failure.RetryAfter ?? TimeSpan.FromMilliseconds(250 << attempt);
            await Task.Delay(pause < _longestPause ? pause : _longestPause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<DownloadResult> TryAsync(DownloadRequest request, string path, CancellationToken cancellationToken)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        silence.CancelAfter(_limits.Inactivity);
        using var response = await FollowAsync(request, silence.Token).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotModified && request is not { ETag: null, LastModified: null })
        {
            return new DownloadResult(true, request.ETag, request.LastModified);
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw Failure.OfStatus(response);
        }

        if (response.Content.Headers.ContentLength > request.MaxBytes)
        {
            throw Failure.TooBig(request.MaxBytes);
        }

        var body = await response.Content.ReadAsStreamAsync(silence.Token).ConfigureAwait(false);
        using var file = new FileStream(DurableFile.Create(path), FileAccess.Write);
        var buffer = new byte[128 * 1024];
        long total = 0;
        int read;
        while ((read = await body.ReadAsync(buffer, silence.Token).ConfigureAwait(false)) > 0)
        {
            silence.CancelAfter(_limits.Inactivity);
            total += read;
            if (total > request.MaxBytes)
            {
                throw Failure.TooBig(request.MaxBytes);
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
        }

        return new DownloadResult(
            false, response.Headers.ETag?.ToString(), Header(response.Content.Headers, "Last-Modified"));
    }

    private async Task<HttpResponseMessage> FollowAsync(DownloadRequest request, CancellationToken cancellationToken)
    {
        var address = request.Address;
        for (var hop = 0; hop <= MaxRedirects; hop++)
        {
            using var message = Message(request, address);
            var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken)
                .ConfigureAwait(false);
            var isRedirect = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
                or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
            if (!isRedirect)
            {
                return response;
            }

            using (response)
            {
                var next = response.Headers.Location is { } location ? new Uri(address, location) : null;
                if (next is null || next.Scheme is not ("http" or "https") || (address.Scheme == "https" && next.Scheme == "http"))
                {
                    throw Failure.Final($"{Host(address)} redirects to somewhere that is not as safe");
                }

                address = next;
            }
        }

        throw Failure.Final($"more than {MaxRedirects} redirects");
    }

    private static HttpRequestMessage Message(DownloadRequest request, Uri address)
    {
        var bare = new UriBuilder(address) { UserName = "", Password = "", Fragment = "" }.Uri;
        var message = new HttpRequestMessage(HttpMethod.Get, bare);
        Add(message, "Accept", request.Accept);
        Add(message, "If-None-Match", request.ETag);
        Add(message, "If-Modified-Since", request.ETag is null ? request.LastModified : null);
        Add(message, "Authorization", FromUserInfo(address) ?? request.Authorization(bare));
        return message;
    }

    private static void Add(HttpRequestMessage message, string name, string? value)
    {
        if (value is not null)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static string? FromUserInfo(Uri address) => address.UserInfo.Length == 0
        ? null
        : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo)));

    private static string? Header(HttpHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.First() : null;

    private static string Host(Uri address) => Printable.Escape(address.Authority, 200);

    private Failure Describe(Exception exception, Uri address) => exception switch
    {
        Failure failure => failure,
        OperationCanceledException => new Failure(
            string.Create(CultureInfo.InvariantCulture, $"{Host(address)} was silent or slow for more than {_limits.Inactivity.TotalSeconds:0} s"), exception) { CanRetry = true },
        IOException full when Posix.IsDiskFull(full) => new Failure("the disk is full", exception),
        _ => new Failure($"{Host(address)}: {Printable.Escape(Innermost(exception).Message, 300)}", exception) { CanRetry = true },
    };

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner)
        {
            exception = inner;
        }

        return exception;
    }

    /// <summary>One failed try.</summary>
    private sealed class Failure(string message, Exception? inner = null) : Exception(message, inner)
    {
        public HttpStatusCode? Status { get; private init; }
        public bool IsTooBig { get; private init; }
        public bool CanRetry { get; init; }
        public TimeSpan? RetryAfter { get; private init; }

        public static Failure Final(string message) => new(message);

        public static Failure TooBig(long limit) => new($"it is larger than {limit >> 20} MiB") { IsTooBig = true };

        public static Failure OfStatus(HttpResponseMessage response)
        {
            var code = (int)response.StatusCode;
            return new Failure($"the server answered {code} {Printable.Escape(response.ReasonPhrase ?? "", 80)}".TrimEnd())
            {
                Status = response.StatusCode,
                CanRetry = code is 408 or 425 or 429 or >= 500,
                RetryAfter = response.Headers.RetryAfter?.Delta,
            };
        }
    }
}
