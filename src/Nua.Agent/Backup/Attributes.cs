using Nua.Foundation.Linux;

namespace Nua.Agent.Backup;

/// <summary>Extended attributes, POSIX ACLs among them.</summary>
internal static unsafe class Attributes
{
    private const int _largest = 64 * 1024;

    /// <summary>All that can be read, in the order of their names; none on file systems without them.</summary>
    public static List<ExtendedAttribute> Read(string path)
    {
        var result = new List<ExtendedAttribute>();
        var name = Posix.Path(path);
        var size = Libc.LListXattr(name, null, 0);
        if (size <= 0)
        {
            return result;
        }

        var list = new byte[Math.Min((int)size, _largest)];
        fixed (byte* start = list)
        {
            size = Libc.LListXattr(name, start, list.Length);
        }

        var names = RawName.FromBytes(list.AsSpan(0, (int)Math.Max(size, 0)));
        foreach (var attribute in names.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Value(name, attribute) is { } value)
            {
                result.Add(new ExtendedAttribute(attribute, value));
            }
        }

        result.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return result;
    }

    /// <returns>false when the file system or the container's rights refuse it.</returns>
    public static bool TrySet(string path, ExtendedAttribute attribute)
    {
        fixed (byte* value = attribute.Value)
        {
            return Libc.LSetXattr(Posix.Path(path), Posix.Path(attribute.Name), value, attribute.Value.Length, 0) == 0;
        }
    }

    private static byte[]? Value(ReadOnlySpan<byte> path, string name)
    {
        var buffer = new byte[_largest];
        fixed (byte* start = buffer)
        {
            var size = Libc.LGetXattr(path, Posix.Path(name), start, buffer.Length);
            return size < 0 ? null : buffer[..(int)size];
        }
    }
}
