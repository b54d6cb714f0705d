using System.Text;

namespace Nua.Agent.Web;

/// <summary>What goes back: a head, then bytes of memory or a part of a file.</summary>
internal sealed record Answer(int Status, string Head)
{
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>-1: no file. The connection closes it.</summary>
    public int FileFd { get; init; } = -1;

    public ByteRange FilePart { get; init; }

    public bool Closes { get; init; }

    /// <summary>Length of the body in bytes, for the log.</summary>
    public long Length => FileFd >= 0 ? FilePart.Length : Body.Length;

    public static string Phrase(int status) => status switch
    {
        200 => "OK",
        206 => "Partial Content",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        412 => "Precondition Failed",
        414 => "URI Too Long",
        416 => "Range Not Satisfiable",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        505 => "HTTP Version Not Supported",
        _ => "Error",
    };

    /// <summary>A short text of the server's own.</summary>
    /// <param name="headers">Further header lines, each with its line end.</param>
    public static Answer Plain(int status, string date, bool isHead, bool closes, string headers = "")
    {
        var body = Encoding.ASCII.GetBytes($"{status} {Phrase(status)}\n");
        var head = Start(status, date, closes) + headers
            + $"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {body.Length}\r\n\r\n";
        return new Answer(status, head) { Body = isHead ? default : body, Closes = closes };
    }

    public static string Start(int status, string date, bool closes) =>
        $"HTTP/1.1 {status} {Phrase(status)}\r\nDate: {date}\r\nX-Content-Type-Options: nosniff\r\n"
            + (closes ? "Connection: close\r\n" : "");
}
