using System.Globalization;
using System.Text;

namespace Nua.Testing.Registries;

/// <summary>Reads requests from a connection.</summary>
internal sealed class WireReader(Stream stream)
{
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    /// <summary>Null when the client is done.</summary>
    public async Task<TestRequest?> HeadAsync(CancellationToken cancellation)
    {
        var first = await LineAsync(cancellation);
        if (first is null || first.Split(' ') is not [var method, var target, _])
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await LineAsync(cancellation) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var name = line[..colon].ToLowerInvariant();
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {line[(colon + 1)..].Trim()}" : line[(colon + 1)..].Trim();
        }

        return new TestRequest(method, target, headers);
    }

    public async Task<TestRequest> BodyAsync(TestRequest head, int? limit, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var whole = true;
        if (head["transfer-encoding"] == "chunked")
        {
            while (whole && await LineAsync(cancellation) is { } line && int.Parse(line, NumberStyles.HexNumber) is > 0 and var length)
            {
                whole = await CopyAsync(body, length, limit, cancellation);
                await LineAsync(cancellation);
            }

            await LineAsync(cancellation);
        }
        else if (head["content-length"] is { } text)
        {
            whole = await CopyAsync(body, long.Parse(text), limit, cancellation);
        }

        return head with { Body = body.ToArray(), IsCut = !whole };
    }

    private async Task<bool> CopyAsync(MemoryStream body, long length, int? limit, CancellationToken cancellation)
    {
        while (length > 0)
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                return false;
            }

            var count = (int)Math.Min(length, _end - _start);
            count = limit is null ? count : (int)Math.Min(count, limit.Value - body.Length);
            body.Write(_buffer, _start, count);
            _start += count;
            length -= count;
            if (limit is not null && body.Length >= limit && length > 0)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<string?> LineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        while (true)
        {
            if (_start == _end && !await FillAsync(cancellation))
            {
                return null;
            }

            var value = _buffer[_start++];
            if (value == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)value);
        }
    }

    private async Task<bool> FillAsync(CancellationToken cancellation)
    {
        (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellation));
        return _end > 0;
    }
}
