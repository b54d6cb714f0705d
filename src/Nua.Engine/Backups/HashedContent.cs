using System.Security.Cryptography;
using Nua.Oci;

namespace Nua.Engine.Backups;

/// <summary>Hashes what is read through it.</summary>
internal sealed class HashedContent(Stream content, IncrementalHash hash) : ReadOnlyStream
{
    public override int Read(Span<byte> buffer)
    {
        var count = content.Read(buffer);
        hash.AppendData(buffer[..count]);
        return count;
    }
}
