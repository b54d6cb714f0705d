using System.Runtime.InteropServices;
using Nua.Foundation.Linux;

namespace Nua.Agent.Linux;

/// <summary>A NULL-terminated array of C strings outside the managed heap, as <c>execve</c> takes it.</summary>
internal sealed unsafe class ByteStrings : IDisposable
{
    private readonly byte** _items;
    private readonly int _count;

    public ByteStrings(IReadOnlyList<string> texts)
    {
        _count = texts.Count;
        _items = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < _count; i++)
        {
            var bytes = RawName.ToBytes(texts[i], terminate: true);
            _items[i] = (byte*)NativeMemory.Alloc((nuint)bytes.Length);
            bytes.CopyTo(new Span<byte>(_items[i], bytes.Length));
        }
    }

    public byte** Pointer => _items;

    public void Dispose()
    {
        for (var i = 0; i < _count; i++)
        {
            NativeMemory.Free(_items[i]);
        }

        NativeMemory.Free(_items);
    }
}
