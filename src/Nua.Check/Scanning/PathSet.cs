using System.Buffers.Binary;
using System.Security.Cryptography;
using Nua.Foundation.Linux;

namespace Nua.Check.Scanning;

/// <summary>Which paths are in it, sixteen bytes each: taken from a hash, so that nobody can make two paths meet.</summary>
internal sealed class PathSet
{
    private const int Most = 500_000;

    private readonly HashSet<UInt128> _keys = [];

    /// <summary>Beyond half a million nothing is added: files are then judged as if no package had brought them.</summary>
    public void Add(ReadOnlySpan<byte> path)
    {
        if (_keys.Count < Most)
        {
            _keys.Add(KeyOf(path));
        }
    }

    public bool Contains(string path) => _keys.Contains(KeyOf(RawName.ToBytes(path)));

    private static UInt128 KeyOf(ReadOnlySpan<byte> path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(path, hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
