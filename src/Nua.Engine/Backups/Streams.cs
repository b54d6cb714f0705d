using Nua.Oci;

namespace Nua.Engine.Backups;

/// <summary>Streams one after the other. They stay open.</summary>
internal sealed class JoinedStreams(params IReadOnlyList<Stream> parts) : ReadOnlyStream
{
    private int _part;

    public override int Read(Span<byte> buffer)
    {
        while (_part < parts.Count)
        {
            var count = parts[_part].Read(buffer);
            if (count > 0 || buffer.IsEmpty)
            {
                return count;
            }

            _part++;
        }

        return 0;
    }
}

/// <summary>Counts what is written through it.</summary>
internal sealed class CountingStream(Stream output) : WriteOnlyStream
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        output.Write(buffer);
        Interlocked.Add(ref _count, buffer.Length);
    }
}

/// <summary>Copies what is read through it.</summary>
internal sealed class CopiedContent(Stream content, Stream copy) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer)
    {
        var count = content.Read(buffer);
        copy.Write(buffer[..count]);
        return count;
    }
}
