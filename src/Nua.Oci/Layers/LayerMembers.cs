using System.Buffers.Binary;
using System.Security.Cryptography;
using Nua.Foundation.Linux;

namespace Nua.Oci.Layers;

/// <summary>
/// Which paths the layer being applied has put in place itself: its own whiteouts spare them, and it must not put one
/// twice.
/// Sixteen bytes a path, taken from its hash, so that a layer of a million long names does not fill the memory and
/// nobody can make two paths meet.
/// </summary>
internal sealed class LayerMembers
{
    private readonly Dictionary<UInt128, Kind> _members = [];

    private enum Kind : byte
    {
        /// <summary>A parent of an entry, without an entry of its own so far.</summary>
        Implied,
        Directory,
        Other,
    }

    public void Clear() => _members.Clear();

    /// <summary>False when the layer has the path already, unless both are directories.</summary>
    public bool TryAdd(string path, bool isDirectory)
    {
        var key = KeyOf(path);
        if (_members.TryGetValue(key, out var old) && !(isDirectory && old is Kind.Implied or Kind.Directory))
        {
            return false;
        }

        _members[key] = isDirectory ? Kind.Directory : Kind.Other;
        for (var parent = LayerPath.Parent(path); parent.Length > 0 && _members.TryAdd(KeyOf(parent), Kind.Implied);)
        {
            parent = LayerPath.Parent(parent);
        }

        return true;
    }

    public bool Contains(string path) => _members.ContainsKey(KeyOf(path));

    /// <summary>A directory that is there only because of what is in it.</summary>
    public bool IsImplied(string path) => _members.TryGetValue(KeyOf(path), out var kind) && kind == Kind.Implied;

    private static UInt128 KeyOf(string path)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(RawName.ToBytes(path), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
