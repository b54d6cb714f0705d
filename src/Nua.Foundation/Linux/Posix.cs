using System.Runtime.InteropServices;
using System.Text;

namespace Nua.Foundation.Linux;

/// <summary>Turns a failed system call into a <see cref="ProblemException"/> or an <see cref="IOException"/> that names path and reason.</summary>
public static class Posix
{
    /// <summary>A path as the kernel takes it: UTF-8 with a final NUL. A <c>\udcXX</c> surrogate stands for the raw byte XX.</summary>
    public static byte[] Path(string path) => RawName.ToBytes(path, terminate: true);

    /// <summary>Throws when <paramref name="result"/> is negative.</summary>
    /// <exception cref="IOException">with the errno in <see cref="Exception.HResult"/>.</exception>
    public static int Check(int result, string what, string? path = null)
    {
        if (result < 0)
        {
            Throw(Marshal.GetLastPInvokeError(), what, path);
        }

        return result;
    }

    public static nint Check(nint result, string what, string? path = null)
    {
        if (result < 0)
        {
            Throw(Marshal.GetLastPInvokeError(), what, path);
        }

        return result;
    }

    /// <summary>Whether a write failed for want of room: the file system is full, or the user's quota is used up.</summary>
    public static bool IsDiskFull(Exception failure) =>
        failure is IOException && (failure.HResult & 0xFFFF) is Libc.ENoSpc or Libc.EDQuot;

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public static void Throw(int errno, string what, string? path = null)
    {
        var where = path is null ? "" : $" '{Printable.Escape(path, 300)}'";
        throw new IOException($"{what}{where}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})", errno);
    }

    public static int LastError => Marshal.GetLastPInvokeError();
}

/// <summary>
/// File names are bytes. Where .NET needs a string, a byte that is not UTF-8 becomes the lone surrogate U+DC00+byte
/// (as Python's "surrogateescape" does), so every name survives the round trip.
/// </summary>
public static class RawName
{
    private static readonly UTF8Encoding _strict = new(false, true);

    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _strict.GetString(bytes);
        }
        catch (ArgumentException)
        {
            return Escaping(bytes);
        }
    }

    public static byte[] ToBytes(string name, bool terminate = false)
    {
        var result = new List<byte>(name.Length + 8);
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (c is >= '\udc80' and <= '\udcff' && (i == 0 || !char.IsHighSurrogate(name[i - 1])))
            {
                result.Add((byte)(c - 0xdc00));
                continue;
            }

            System.Text.Rune.DecodeFromUtf16(name.AsSpan(i), out var rune, out var used);
            result.AddRange(buffer[..rune.EncodeToUtf8(buffer)]);
            i += used - 1;
        }

        if (terminate)
        {
            result.Add(0);
        }

        return [.. result];
    }

    private static string Escaping(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (System.Text.Rune.DecodeFromUtf8(bytes, out var rune, out var used) == System.Buffers.OperationStatus.Done)
            {
                text.Append(rune.ToString());
            }
            else
            {
                used = 1;
                text.Append((char)(0xdc00 + bytes[0]));
            }

            bytes = bytes[used..];
        }

        return text.ToString();
    }
}
