using System.Net;
using System.Text.Json;
using Nua.Foundation;
using Nua.Oci;
using Nua.Registry.Settings;

namespace Nua.Registry.Http;

/// <summary>A response whose body has not been read yet. Dispose it.</summary>
internal sealed class Answer(HttpResponseMessage response, Uri uri, NetworkOptions options) : IDisposable
{
    private const int MaxErrorBody = 64 << 10;

    public HttpStatusCode Status => response.StatusCode;

    public bool IsSuccess => response.IsSuccessStatusCode;

    /// <summary>Where the body comes from in the end, redirects followed.</summary>
    public Uri Uri => uri;

    /// <summary>Whose fault is it, may it pass: too many requests, or the server's own.</summary>
    public bool IsTemporary => Status is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError
        and not HttpStatusCode.NotImplemented;

    public long? Length => response.Content.Headers.ContentLength;

    /// <summary>Without its parameters; null when there is none.</summary>
    public string? MediaType => Header("Content-Type")?.Split(';')[0].Trim() is { Length: > 0 } type ? type : null;

    public TimeSpan? RetryAfter => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } when date > options.Time.GetUtcNow() => date - options.Time.GetUtcNow(),
        _ => null,
    };

    /// <summary>Content that a proxy compressed on the way is not the content that has the digest.</summary>
    public bool IsEncoded => response.Content.Headers.ContentEncoding.Any(encoding => encoding != "identity");

    public string? Header(string name) => Headers(name).FirstOrDefault();

    public IEnumerable<string> Headers(string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? values : [];

    public Task<Stream> OpenAsync(CancellationToken cancellation) => response.Content.ReadAsStreamAsync(cancellation);

    /// <summary>A whole body of at most <paramref name="limit"/> bytes.</summary>
    /// <exception cref="IOException">it was cut, stalled, or is longer; <see cref="TooLongException"/> for the last.</exception>
    public async Task<byte[]> ReadAsync(int limit, CancellationToken cancellation)
    {
        if (Length > limit)
        {
            throw new TooLongException(limit);
        }

        using var time = new Inactivity(options.Inactivity, options.SlowestRate, cancellation);
        using var total = CancellationTokenSource.CreateLinkedTokenSource(time.Token);
        total.CancelAfter(options.DocumentTime);
        try
        {
            await using var body = await OpenAsync(total.Token);
            using var result = new MemoryStream();
            var buffer = new byte[16 << 10];
            int read;
            while ((read = await body.ReadAsync(buffer, total.Token)) > 0)
            {
                time.Moved(read);
                result.Write(buffer, 0, read);
                if (result.Length > limit)
                {
                    throw new TooLongException(limit);
                }
            }

            return result.ToArray();
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException("the answer stopped coming");
        }
    }

    /// <summary>What a registry says went wrong (distribution-spec, error codes), bounded and escaped; empty when it says nothing.</summary>
    public async Task<string> ErrorTextAsync(CancellationToken cancellation)
    {
        try
        {
            return ErrorText(await ReadSomeAsync(cancellation));
        }
        catch (IOException)
        {
            return "";
        }
    }

    public void Dispose() => response.Dispose();

    internal static string ErrorText(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            if (document.RootElement.ValueKind == JsonValueKind.Object
                && document.RootElement.TryGetProperty("errors", out var errors) && errors.ValueKind == JsonValueKind.Array)
            {
                return string.Join("; ", errors.EnumerateArray().Take(5).Select(Describe).Where(text => text.Length > 0));
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // No JSON, or half of a surrogate pair in a string: shown as text.
        }

        return Printable.Escape(System.Text.Encoding.UTF8.GetString(body).Trim(), 300);
    }

    private static string Describe(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object)
        {
            return "";
        }

        var code = Text(error, "code");
        var message = Text(error, "message");
        return Printable.Escape(string.Join(": ", new[] { code, message }.Where(text => text.Length > 0)), 300);
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private async Task<byte[]> ReadSomeAsync(CancellationToken cancellation)
    {
        using var time = new Inactivity(options.Inactivity, options.SlowestRate, cancellation);
        using var total = CancellationTokenSource.CreateLinkedTokenSource(time.Token);
        total.CancelAfter(TimeSpan.FromSeconds(10));
        try
        {
            await using var body = await OpenAsync(total.Token);
            var buffer = new byte[MaxErrorBody];
            var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, total.Token);
            return buffer[..length];
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return [];
        }
    }
}

/// <summary>A body is longer than any honest one.</summary>
internal sealed class TooLongException(long limit) : IOException($"the answer is longer than {limit} bytes");
