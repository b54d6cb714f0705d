using System.Text;

namespace Nua.Testing.Registries;

/// <summary>An answer, honest unless told otherwise.</summary>
public sealed record TestAnswer(int Status, byte[] Body)
{
    public TestAnswer(int status, string body = "")
        : this(status, Encoding.UTF8.GetBytes(body))
    {
    }

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    /// <summary>Bytes of the body after which the connection is cut; null for none.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Resets the connection instead of closing it, where it is cut.</summary>
    public bool IsReset { get; init; }

    /// <summary>What <c>Content-Length</c> says instead of the truth.</summary>
    public long? StatedLength { get; init; }

    /// <summary>In chunks, with no length.</summary>
    public bool IsChunked { get; init; }

    /// <summary>No length at all: the end of the connection is the end of the body.</summary>
    public bool EndsWithConnection { get; init; }

    /// <summary>Goes on with zeros for ever after the body.</summary>
    public bool IsEndless { get; init; }

    /// <summary>Pause before each byte of the body.</summary>
    public TimeSpan Drip { get; init; }

    /// <summary>Nothing more is sent after the head.</summary>
    public bool Hangs { get; init; }

    /// <summary>Sent instead of everything.</summary>
    public byte[]? Raw { get; init; }

    public TestAnswer With(string name, string value) => this with
    {
        Headers = [.. Headers.Where(header => !header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)), (name, value)],
    };

    public TestAnswer Without(string name) => this with
    {
        Headers = [.. Headers.Where(header => !header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))],
    };
}
