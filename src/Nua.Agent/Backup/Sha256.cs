using System.Buffers.Binary;
using System.Numerics;

namespace Nua.Agent.Backup;

/// <summary>
/// SHA-256 (FIPS 180-4), fed piece by piece. .NET's own calls OpenSSL, which a static program cannot load.
/// </summary>
internal sealed class Sha256
{
    private const int _blockSize = 64;

    private static readonly uint[] _constants = Constants();

    private readonly uint[] _state =
    [
        0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
    ];

    private readonly byte[] _block = new byte[_blockSize];
    private readonly uint[] _schedule = new uint[_blockSize];
    private long _length;

    public static string Hex(ReadOnlySpan<byte> bytes)
    {
        var hash = new Sha256();
        hash.Append(bytes);
        return hash.FinishHex();
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        var filled = (int)(_length % _blockSize);
        _length += bytes.Length;
        if (filled > 0)
        {
            var taken = Math.Min(_blockSize - filled, bytes.Length);
            bytes[..taken].CopyTo(_block.AsSpan(filled));
            bytes = bytes[taken..];
            if (filled + taken < _blockSize)
            {
                return;
            }

            Compress(_block);
        }

        for (; bytes.Length >= _blockSize; bytes = bytes[_blockSize..])
        {
            Compress(bytes);
        }

        bytes.CopyTo(_block);
    }

    /// <summary>Ends the message. The object is of no use afterwards.</summary>
    public string FinishHex()
    {
        Span<byte> tail = stackalloc byte[2 * _blockSize];
        tail.Clear();
        tail[0] = 0x80;
        var filled = (int)(_length % _blockSize);
        var padding = (filled < _blockSize - 8 ? _blockSize : 2 * _blockSize) - filled;
        BinaryPrimitives.WriteInt64BigEndian(tail[(padding - 8)..], _length * 8);
        Append(tail[..padding]);
        Span<byte> digest = stackalloc byte[32];
        for (var i = 0; i < _state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * i)..], _state[i]);
        }

        return Convert.ToHexStringLower(digest);
    }

    private static uint Right(uint word, int bits) => BitOperations.RotateRight(word, bits);

    private void Compress(ReadOnlySpan<byte> block)
    {
        var w = _schedule;
        for (var i = 0; i < 16; i++)
        {
            w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * i)..]);
        }

        for (var i = 16; i < w.Length; i++)
        {
            var s0 = Right(w[i - 15], 7) ^ Right(w[i - 15], 18) ^ (w[i - 15] >> 3);
            var s1 = Right(w[i - 2], 17) ^ Right(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }

        var (a, b, c, d) = (_state[0], _state[1], _state[2], _state[3]);
        var (e, f, g, h) = (_state[4], _state[5], _state[6], _state[7]);
        for (var i = 0; i < w.Length; i++)
        {
            var s1 = Right(e, 6) ^ Right(e, 11) ^ Right(e, 25);
            var t1 = h + s1 + ((e & f) ^ (~e & g)) + _constants[i] + w[i];
            var s0 = Right(a, 2) ^ Right(a, 13) ^ Right(a, 22);
            var t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
            (h, g, f, e) = (g, f, e, d + t1);
            (d, c, b, a) = (c, b, a, t1 + t2);
        }

        _state[0] += a;
        _state[1] += b;
        _state[2] += c;
        _state[3] += d;
        _state[4] += e;
        _state[5] += f;
        _state[6] += g;
        _state[7] += h;
    }

    /// <summary>
    /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes, found with integers.
    /// </summary>
    private static uint[] Constants()
    {
        var constants = new uint[_blockSize];
        var found = 0;
        for (var candidate = 2u; found < constants.Length; candidate++)
        {
            if (IsPrime(candidate))
            {
                constants[found++] = CubeRootFraction(candidate);
            }
        }

        return constants;
    }

    private static bool IsPrime(uint number)
    {
        for (var divisor = 2u; divisor * divisor <= number; divisor++)
        {
            if (number % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The largest r with r³ ≤ number · 2⁹⁶; its low 32 bits are the fraction.</summary>
    private static uint CubeRootFraction(uint number)
    {
        var target = (UInt128)number << 96;
        UInt128 root = 0;
        for (var bit = 35; bit >= 0; bit--)
        {
            var trial = root | ((UInt128)1 << bit);
            if (trial * trial * trial <= target)
            {
                root = trial;
            }
        }

        return (uint)root;
    }
}
